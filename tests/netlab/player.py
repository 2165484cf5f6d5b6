"""Applies a timeline to a link while something else runs, and writes down what was in force when."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event

from netlab.profile import Profile
from netlab.timeline import Timeline

SetProfile = Callable[[Profile], float]
"""`Link.set`: puts a profile in force and returns since when, by `time.monotonic()`."""


@dataclass(frozen=True)
class InForce:
    """A profile and when it really came into force."""

    at_s: float
    """Of `time.monotonic()`."""
    profile: Profile


class Player:
    """`started_at_s` is the timeline's zero by `time.monotonic()`."""

    def __init__(self, timeline: Timeline, set_profile: SetProfile, started_at_s: float) -> None:
        self._timeline = timeline
        self._set = set_profile
        self._stopped = Event()
        self._record: list[InForce] = []
        self.started_at_s = started_at_s

    @property
    def record(self) -> tuple[InForce, ...]:
        """What has been in force so far."""
        return tuple(self._record)

    def play(self) -> None:
        """To the last step, or until stopped."""
        for step in self._timeline.steps:
            if self._stopped.wait(max(0.0, self.started_at_s + step.at_s - time.monotonic())):
                return
            self._record.append(InForce(self._set(step.profile), step.profile))

    def stop(self) -> None:
        self._stopped.set()


@contextmanager
def playing(timeline: Timeline, set_profile: SetProfile, started_at_s: float | None = None) -> Iterator[Player]:
    """Plays in a thread of its own, so that a busy event loop does not delay it; its failure is raised at the end.

    `started_at_s`: zero of the timeline, if it is not now.
    """
    player = Player(timeline, set_profile, time.monotonic() if started_at_s is None else started_at_s)
    with ThreadPoolExecutor(1) as thread:
        played = thread.submit(player.play)
        try:
            yield player
        finally:
            player.stop()
        played.result()
