"""What a call's sound went through in a stretch of time: pure, from when each packet was sent and when it came."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from pydantic import BaseModel, ConfigDict

from bench.description import AUDIO_PT
from bench.sink import Window

Stretch = tuple[int, int]
"""From and to, Unix ns."""


class Ear(Window):
    """Remembers every timed voice packet from now on: when it was sent and when the kernel had it, Unix ns."""

    def __init__(self) -> None:
        super().__init__()
        self.begin_ns = 0
        self.heard: list[tuple[int, int]] = []

    def take(self, payload_type: int, stamp_ns: int, arrived_ns: int) -> None:
        if payload_type == AUDIO_PT:
            self.heard.append((stamp_ns, arrived_ns))


class Voice(BaseModel):
    """One direction of one call."""

    model_config = ConfigDict(frozen=True)

    sent: list[int]
    """A moment before the stamp of each packet."""
    heard: list[tuple[int, int]]


class Disturbance(BaseModel):
    """Of all voices together. Gaps are between packets that follow each other, and to the ends of the stretch."""

    model_config = ConfigDict(frozen=True)

    voices: int
    sent: int
    lost: int
    longest_gap_ms: float
    longest_sent_gap_ms: float
    """What of the gaps is the load's own."""
    p99_ms: float
    worst_ms: float
    """The latency, one way."""


def disturbance(voices: Sequence[Voice], stretch: Stretch) -> Disturbance:
    sent = [packets(voice, stretch) for voice in voices]
    latencies = sorted(arrived - at for each in sent for at, arrived in each.items() if arrived is not None)
    return Disturbance(
        voices=len(voices),
        sent=sum(map(len, sent)),
        lost=sum(arrived is None for each in sent for arrived in each.values()),
        longest_gap_ms=max((_gap_ms([a for a in each.values() if a is not None], stretch) for each in sent), default=0),
        longest_sent_gap_ms=max((_gap_ms(list(each), stretch) for each in sent), default=0),
        p99_ms=latencies[int(0.99 * len(latencies))] / 1e6 if latencies else 0,
        worst_ms=latencies[-1] / 1e6 if latencies else 0,
    )


def packets(voice: Voice, stretch: Stretch) -> dict[int, int | None]:
    """Each packet sent in the stretch, and when it first came; None: never."""
    begin, end = stretch
    first: dict[int, int] = {}
    for stamp, arrived in sorted(voice.heard):
        first.setdefault(stamp, arrived)
    stamps = list(first)
    found: dict[int, int | None] = {}
    for at, following in pairwise([*voice.sent, 1 << 62]):
        if begin <= at < end:
            index = bisect_left(stamps, at)
            came = index < len(stamps) and stamps[index] < following
            found[at] = first[stamps[index]] if came else None
    return found


def _gap_ms(times: list[int], stretch: Stretch) -> float:
    begin, end = stretch
    inside = sorted(min(max(at, begin), end) for at in times)
    return max(after - before for before, after in pairwise([begin, *inside, end])) / 1e6
