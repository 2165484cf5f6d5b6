"""Another's queue: sound goes twice without proof that there is room for it, and does not yield, where a queue stands
whatever we do.

A download fills the queue of a link of 400 kbit/s to the brim; a voice of 20 kbit/s loses a tenth of its packets in it,
and yields for nothing. Where copies make it worse, the link is thin: then they rest.
"""

from __future__ import annotations

from typing import Final

from adaptation.estimate import Estimate

SETTLED_S: Final = 3.0
QUEUE_S: Final = 0.12
QUEUED_S: Final = 2.0
MOST_LOSS: Final = 0.4
HARM: Final = 0.35
ENOUGH_PACKETS: Final = 20
TRIAL_S: Final = 4.0
REST_S: Final = 30.0


class Insistence:
    def __init__(self) -> None:
        self.is_so = False
        self._for_s = 0.0
        self._rest_s = 0.0
        self._queued_s = 0.0

    def step(self, seen: Estimate, dt_s: float, *, settled_s: float, wanted: bool) -> bool:
        """`settled_s`: since the last fall or trial. `wanted`: a voice flows, and the link carried far more before."""
        self._rest_s -= dt_s
        self._queued_s = self._queued_s + dt_s if seen.queue_s > QUEUE_S else 0.0
        if self.is_so:
            self._for_s += dt_s
            told = seen.told_4s >= ENOUGH_PACKETS  # a few beacons are chance
            harms = told and self._for_s > TRIAL_S and seen.loss_4s > HARM
            self.is_so = wanted and not harms
            self._rest_s = REST_S if harms else 0.0
        elif wanted and settled_s > SETTLED_S and self._rest_s <= 0.0:
            self.is_so = self._queued_s > QUEUED_S and seen.loss_4s < MOST_LOSS
            self._for_s = 0.0
        return self.is_so
