"""Tells random loss from congestion where no queue shows it: send 3/4 of the picture's rate; is less lost?

A policer drops what is above its rate, a bad radio drops a share of anything. What a trial finds random becomes the
usual loss of the link, is answered by protection and not by rate.
"""

from __future__ import annotations

from typing import Final

from adaptation.estimate import Estimate

THRESHOLD: Final = 0.10
BEYOND_USUAL: Final = 0.08
LASTS_S: Final = 2.0
"""Loss lasts so long before a trial: bursts come and go."""
TRIAL_S: Final = 4.0
FACTOR: Final = 0.75
FALL: Final = 0.7
"""A trial's loss below this share of the loss before: rate was the reason."""
ENOUGH_PACKETS: Final = 60
REST_S: Final = (20.0, 40.0, 60.0)
"""Between trials, after the first, second and later ones that found chance."""
FORGET_PER_S: Final = 0.02
AFTER_QUEUE_S: Final = 6.0


class Randomness:
    def __init__(self) -> None:
        self.usual_loss = 0.0
        self._lossy_s = 0.0
        self._before = 0.0
        self._left_s = 0.0
        self._rest_s = 0.0
        self._found_random = 0

    @property
    def factor(self) -> float:
        """What the picture's rate is multiplied with."""
        return FACTOR if self._left_s > 0.0 else 1.0

    def step(self, seen: Estimate, with_picture: bool, dt_s: float) -> bool:
        """Whether a trial just showed that the rate was too high."""
        self._rest_s -= dt_s
        self._learn(seen, dt_s)
        if self._left_s > 0.0:
            self._left_s -= dt_s
            return self._left_s <= 0.0 and self._conclude(seen)
        lossy = (
            self._rest_s <= 0.0
            and seen.loss_4s > max(THRESHOLD, self.usual_loss + BEYOND_USUAL)
            and seen.told_4s >= ENOUGH_PACKETS
        )
        self._lossy_s = self._lossy_s + dt_s if lossy else 0.0
        if with_picture and self._lossy_s >= LASTS_S:
            self._before = (seen.loss_4s + seen.loss_20s) / 2
            self._left_s = TRIAL_S + (seen.rtt_s or 0.2) + 0.5
        return False

    def stop(self) -> None:
        """A queue made the question pointless, and its losses are still in the windows."""
        self._left_s = self._lossy_s = 0.0
        self._rest_s = max(self._rest_s, AFTER_QUEUE_S)

    def _learn(self, seen: Estimate, dt_s: float) -> None:
        """Loss without a queue and without a picture to blame is usual; what is not lost any more is not."""
        if seen.loss_20s < self.usual_loss:
            self.usual_loss += (seen.loss_20s - self.usual_loss) * min(1.0, FORGET_PER_S * dt_s)

    def _conclude(self, seen: Estimate) -> bool:
        self._lossy_s = 0.0
        if seen.loss_4s < FALL * self._before:
            self._rest_s = REST_S[0]
            return True
        self.usual_loss = max(self.usual_loss, min(seen.loss_20s, 0.35))
        self._rest_s = REST_S[min(self._found_random, len(REST_S) - 1)]
        self._found_random += 1
        return False
