"""What may happen to a call, as data: what is done, when the watch starts, and what was promised."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from chaos.resume.scene import Scene

Act = Callable[[Scene, int, int], Awaitable[float]]
"""(scene, the pair's number, the run's number) -> when the watch starts: seconds since 1970."""
Measure = Literal["back", "hole", "words"]
"""Seconds until both hear each other for good; the longest hole in either's sound; seconds until all words are read."""


@dataclass(frozen=True)
class Target:
    """At most so many seconds, without and with a distance of 400 ms."""

    measure: Measure
    near_s: float
    far_s: float

    def at_most_s(self, rtt_ms: float) -> float:
        return self.near_s if rtt_ms < FAR_MS else self.far_s


FAR_MS = 200.0
"""From this round trip on, what was promised for 400 ms counts."""


@dataclass(frozen=True)
class Event:
    """`act` writes messages where it matters most."""

    name: str
    words: str
    act: Act
    targets: tuple[Target, ...]
    pairs: int = 1
    """How many pairs meet it in one run, for events that take long."""
