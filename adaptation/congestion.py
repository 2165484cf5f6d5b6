"""Says in each tick whether the link carries less than what is sent, by queue and by loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from adaptation.estimate import Estimate

HIGH_S: Final = 0.15
"""A queue above this that still grows."""
FULL_S: Final = 0.4
FULL_FOR_S: Final = 0.6
"""Longer than the way from one beacon to the next: a single late packet is no queue."""
NOTABLE_S: Final = 0.1
NOTABLE_FOR_S: Final = 0.8
FLASH_LOSS: Final = 0.2
LOSS_WITH_QUEUE: Final = 0.06
"""Beyond what is usual on this link."""
HEAVY_LOSS: Final = 0.35
HEAVY_FOR_S: Final = 3.0
HEAVY_PACKETS: Final = 20
COLLAPSE: Final = 0.35
"""Of what came within 2 s comes this share now, and it comes late: the link fell to a fraction, and its queue fills
within half a second."""
STEADY_S: Final = 2.0
"""Where less was sent lately, less comes, too."""
AFTER_QUEUE_S: Final = 2.0
"""What a full queue dropped is still told of for a while."""
DRAINING_S: Final = -0.015
"""The queue shrinks by this within 0.4 s: what was done helps, wait for it."""


@dataclass(slots=True)
class Stress:
    queue: bool = False
    """The queue speaks: less is carried than sent."""
    loss: bool = False
    """So much is lost, without a queue, that it must be treated the same."""
    collapse: bool = False
    """The link fell to a fraction of what it was, so that what is under way already fills its queue."""

    def __bool__(self) -> bool:
        return self.queue or self.loss


NO_STRESS: Final = Stress()


class Congestion:
    def __init__(self) -> None:
        self.full_s = 0.0
        """How long the queue has been full."""
        self._leaky_s = 0.0
        self._heavy_s = 0.0
        self._without_queue_s = 0.0
        self._newest_s = 0.0

    def judge(self, seen: Estimate, usual_loss: float, dt_s: float, *, picture_s: float = 0.0) -> Stress:
        """`picture_s`: for so long a picture has flown without a fall."""
        queue = seen.queue_s
        leaky = queue > NOTABLE_S and seen.loss > max(0.08, usual_loss + LOSS_WITH_QUEUE)
        self.full_s = self.full_s + dt_s if queue > FULL_S else 0.0
        self._leaky_s = self._leaky_s + dt_s if leaky else 0.0
        self._without_queue_s = self._without_queue_s + dt_s if queue <= NOTABLE_S else 0.0
        heavy = seen.loss_4s > HEAVY_LOSS and seen.told_4s >= HEAVY_PACKETS and self._without_queue_s > AFTER_QUEUE_S
        self._heavy_s = self._heavy_s + dt_s if heavy else 0.0
        if self._collapses(seen, picture_s):
            return Stress(queue=True, collapse=True)
        if queue <= NOTABLE_S and not heavy:
            return NO_STRESS
        return Stress(queue=self._queue_speaks(seen, usual_loss), loss=self._heavy_s >= HEAVY_FOR_S)

    def _collapses(self, seen: Estimate, picture_s: float) -> bool:
        before, self._newest_s = self._newest_s, seen.newest_s
        grows = seen.told > 0 and seen.newest_s > max(HIGH_S, before)
        return picture_s > STEADY_S and grows and seen.received_now_bps < COLLAPSE * seen.received_long_bps

    def _queue_speaks(self, seen: Estimate, usual_loss: float) -> bool:
        if seen.queue_s > NOTABLE_S and seen.loss_flash > max(FLASH_LOSS, usual_loss + FLASH_LOSS):
            return True  # the tail of the queue is dropped
        if seen.rise_s < DRAINING_S:
            return False
        return (seen.queue_s > HIGH_S and seen.rising) or self.full_s >= FULL_FOR_S or self._leaky_s >= NOTABLE_FOR_S
