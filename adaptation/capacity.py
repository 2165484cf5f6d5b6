"""What a direction is believed to carry: cut by congestion, raised by what got through, stretched by trials."""

from __future__ import annotations

from typing import Final

from adaptation.estimate import Estimate

LEAST_BPS: Final = 8_000.0
MOST_BPS: Final = 700_000.0
CUT: Final = 0.85
"""Of what arrives while a queue grows: below it, so that the queue drains (as in Google's congestion control)."""
COLLAPSE_LOSS: Final = 0.4
COLLAPSE: Final = 0.75
BUSY_S: Final = 0.15
"""With so much loss, or with a queue and a rate that falls, the newest rate counts: half a second ago the link was
another one."""
GROWTH_PER_S: Final = 0.08
TRIAL_GROWTH_PER_S: Final = 0.3
FAST_GROWTH_PER_S: Final = 0.5


class Capacity:
    """`bps` on the wire."""

    def __init__(self, start_bps: float) -> None:
        self.bps = _clamp(start_bps)

    def cut(self, seen: Estimate) -> None:
        """A queue grew: what arrived is all that the link carries."""
        busy = max(seen.queue_s, seen.newest_s) > BUSY_S and seen.received_now_bps < COLLAPSE * seen.received_bps
        collapsed = busy or seen.loss_flash > COLLAPSE_LOSS
        arrives_bps = min(seen.received_now_bps, seen.received_bps) if collapsed else seen.received_bps
        self.bps = _clamp(min(self.bps, CUT * arrives_bps))

    def scale(self, factor: float) -> None:
        self.bps = _clamp(self.bps * factor)

    def lower(self, bps: float) -> None:
        self.bps = _clamp(min(self.bps, bps))

    def prove(self, bps: float) -> None:
        """So much got through without harm."""
        self.bps = _clamp(max(self.bps, bps))

    def grow(self, towards_bps: float, per_s: float, dt_s: float) -> None:
        """What is in use may be used in full: nothing speaks against it."""
        if self.bps < towards_bps:
            self.bps = _clamp(min(towards_bps, self.bps * (1.0 + per_s * min(dt_s, 1.0))))


def _clamp(bps: float) -> float:
    return min(max(bps, LEAST_BPS), MOST_BPS)
