"""What one person saw of another: when the page showed live video, and when that stood still unannounced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

FRAMES_REMEMBERED: Final = 30
SLOW_FACTOR: Final = 3.0
SLOW_S: Final = 0.150

Span = tuple[float, float]
"""From, to; seconds."""


@dataclass(frozen=True)
class Viewing:
    """One direction of a call. All times are seconds since the story's start."""

    frames_s: NDArray[np.float64]
    """When frames were shown."""
    live: tuple[Span, ...]
    """When the page claimed to show live video; every other time is an announced pause."""
    freezes: tuple[Span, ...]
    """Within `live`."""

    def first_frame_s(self, since_s: float = 0.0) -> float | None:
        """The first frame from then on that the page showed as live."""
        shown = [at_s for at_s in self.frames_s[self.frames_s >= since_s] if _inside(float(at_s), self.live)]
        return float(shown[0]) if shown else None

    def live_share(self, since_s: float, until_s: float) -> float:
        """Of the time between the two: live and moving."""
        moving = _length(self.live, since_s, until_s) - _length(self.freezes, since_s, until_s)
        return moving / (until_s - since_s)

    def freeze_share(self, since_s: float, until_s: float) -> float:
        return _length(self.freezes, since_s, until_s) / (until_s - since_s)

    def longest_freeze_s(self, since_s: float, until_s: float) -> float:
        return max((min(last, until_s) - max(first, since_s) for first, last in self.freezes), default=0.0)


def view(frames_s: NDArray[np.float64], live: Sequence[Span]) -> Viewing:
    return Viewing(frames_s, tuple(live), tuple(_freezes(frames_s, live)))


def live_spans(looks: Sequence[dict[str, Any]], seat: str, end_s: float) -> list[Span] | None:
    """When the seat's tile said `live`; None when the page has no such tile."""
    states = [(look["at"], look["remotes"].get(seat, "off")) for look in looks]
    if not any(seat in look["remotes"] for look in looks):
        return None
    ends = [at for at, _ in states[1:]] + [end_s]
    return _joined([(at, end) for (at, state), end in zip(states, ends, strict=True) if state == "live"])


def _joined(spans: list[Span]) -> list[Span]:
    whole: list[Span] = []
    for first, last in spans:
        if whole and first <= whole[-1][1]:
            whole[-1] = (whole[-1][0], last)
        else:
            whole.append((first, last))
    return whole


def _freezes(frames_s: NDArray[np.float64], live: Sequence[Span]) -> list[Span]:
    """W3C webrtc-stats `freezeCount`: a gap of at least max(3 mean, mean + 150 ms), the mean of 30 frames before it.

    Other than there, a gap begins and ends with the claim to be live: what was announced in time is no freeze.
    """
    found = []
    for first, last in live:
        edges = np.concatenate(([first], frames_s[(frames_s > first) & (frames_s < last)], [last]))
        gaps = np.diff(edges)
        for index in np.flatnonzero(gaps > SLOW_S):
            usual = gaps[max(0, index - FRAMES_REMEMBERED) : index]
            mean = float(np.mean(usual)) if len(usual) else 1 / 15
            if gaps[index] >= max(SLOW_FACTOR * mean, mean + SLOW_S):
                found.append((float(edges[index]), float(edges[index + 1])))
    return found


def _inside(at_s: float, spans: Sequence[Span]) -> bool:
    return any(first <= at_s <= last for first, last in spans)


def _length(spans: Sequence[Span], since_s: float, until_s: float) -> float:
    return sum(max(0.0, min(last, until_s) - max(first, since_s)) for first, last in spans)
