"""What a story is: who calls whom over which link, how the link changes, and what has to come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from netlab.profile import Path, Profile
from netlab.timeline import Timeline

if TYPE_CHECKING:
    from netlab.judgement import Judgement

Cast = Literal["two", "three", "two calls"]
"""`two`: a patient behind the link, a physician beside the server. `three`: the patient too is beside the server, and a
companion sits behind the link. `two calls`: another such pair, the second patient behind the same link."""

Measure = Callable[["Judgement"], float | None]
"""A number of a finished story; None where it cannot be had, which fails the target."""


@dataclass(frozen=True)
class Target:
    """A number to reach. Exactly one of the bounds is given."""

    name: str
    measure: Measure
    at_least: float | None = None
    at_most: float | None = None

    def reached(self, value: float | None) -> bool:
        if value is None:
            return False
        if self.at_least is not None:
            return value >= self.at_least
        return self.at_most is None or value <= self.at_most

    @property
    def words(self) -> str:
        return f">= {self.at_least:g}" if self.at_least is not None else f"<= {self.at_most:g}"


@dataclass(frozen=True)
class Story:
    """Its clock starts when the physician lets the patient in (with three: the companion)."""

    name: str
    says: str
    seconds: float
    link: Timeline
    targets: tuple[Target, ...]
    cast: Cast = "two"
    download: bool = False
    """The patient's side also fetches an endless file over TCP from the server's, from 10 s on."""
    chats: bool = False
    """Both write numbered messages all the time."""


DOWNLOAD_AT_S: Final = 10.0


def link(down_kbps: float, up_kbps: float, rtt_ms: float, loss: float = 0.0, queue_ms: float = 300.0) -> Profile:
    """A symmetric delay of half the round trip; the loss is that of each direction."""
    return Profile(
        down=Path(rate_bps=round(down_kbps * 1000), delay_ms=rtt_ms / 2, loss=loss, queue_ms=queue_ms),
        up=Path(rate_bps=round(up_kbps * 1000), delay_ms=rtt_ms / 2, loss=loss, queue_ms=queue_ms),
    )
