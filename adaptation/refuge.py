"""Where a direction goes whose link carries less than what is sent: what fits, and what lets the queue drain."""

from __future__ import annotations

from typing import Final

from adaptation.congestion import HEAVY_LOSS
from adaptation.estimate import Estimate
from adaptation.rungs import A0, A1, A2, V0, fitting, leave_bps

UNDELIVERED: Final = 0.25
UNDELIVERED_QUEUE_S: Final = 0.3
UNDELIVERED_FOR_S: Final = 2.5
"""After a fall, what was lost before it is told of for a while."""
LONG_QUEUE_S: Final = 0.3
STANDING_S: Final = 2.0


def refuge(rung: int, capacity_bps: float, voices: int, *, undelivered: bool, queue_s: float, full_s: float) -> int:
    """`full_s`: for so long the queue has been full. The rung itself where it still fits."""
    to = _fitting(rung, capacity_bps, voices, undelivered)
    if full_s > STANDING_S and rung == A2:
        return max(to, A1)  # it does not drain beside what flows
    if to > V0 >= rung and queue_s > LONG_QUEUE_S:
        return max(to, A1)  # it drains sooner
    return to


def undelivered(seen: Estimate, usual_loss: float, since_fall_s: float) -> bool:
    """Whether so much is lost, more than usual, that a queue is not just another's."""
    if since_fall_s < UNDELIVERED_FOR_S:
        return False
    queued = seen.queue_s > UNDELIVERED_QUEUE_S and min(seen.loss_4s, seen.loss) > usual_loss + UNDELIVERED
    return seen.loss_4s > HEAVY_LOSS or queued


def _fitting(rung: int, capacity_bps: float, voices: int, is_undelivered: bool) -> int:
    """Below A1 only if what is sent does not get through: a queue alone may be another's."""
    if capacity_bps >= leave_bps(rung, voices):
        return rung
    return max(rung, min(fitting(capacity_bps, voices), A0 if is_undelivered else A1))
