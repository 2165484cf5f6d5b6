"""The rungs of the ladder as data, best first: what a participant sends on each.

Until the estimator and the ladder move between them, everybody publishes on the top rung. Rates are codec payload; the
reference for the numbers is DESIGN section 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Video:
    width: int
    height: int
    frames_per_s: int
    bitrate_bps: int


@dataclass(frozen=True)
class Audio:
    bitrate_bps: int
    ptime_ms: int


@dataclass(frozen=True)
class Rung:
    """One step. No video: voice only; no audio either: text."""

    name: str
    video: Video | None
    audio: Audio | None


LADDER: Final = (
    Rung("V3", Video(640, 360, 15, 350_000), Audio(24_000, 20)),
    Rung("V2", Video(480, 270, 15, 180_000), Audio(20_000, 40)),
    Rung("V1", Video(320, 180, 10, 90_000), Audio(16_000, 60)),
    Rung("V0", Video(320, 180, 5, 45_000), Audio(16_000, 60)),
    Rung("A2", None, Audio(20_000, 60)),
    Rung("A1", None, Audio(12_000, 60)),
    Rung("A0", None, Audio(8_000, 60)),
    Rung("T", None, None),
)
TOP: Final = LADDER[0]
V3, V2, V1, V0, A2, A1, A0, T = range(len(LADDER))
"""Indices in LADDER by name."""


def start_rung(rtt_ms: int | None) -> int:
    """Index of the rung to start a session on, by the page's round trip to signaling."""
    if rtt_ms is None or not 0 <= rtt_ms < 450:
        return A2 if rtt_ms is None else A1
    return V1 if rtt_ms < 250 else A2
