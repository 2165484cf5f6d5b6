"""A downlink whose news stays away: the way back stands in the same jam, so that what is known comes too late.

600 to 60 kbit/s both ways: the first word of the jam would come after two seconds.
"""

from __future__ import annotations

from typing import Final

from adaptation.estimate import Estimate
from adaptation.rungs import A0, A1, V0, T
from adaptation.sample import Demand

HEARD: Final = 0.1
HEARD_IN_DOUBT: Final = 0.7
"""When the participant's uplink was cut just now. Less where feedback is lost as sound and pictures are."""
DOUBT_FOR_S: Final = 0.05
BLIND_FOR_S: Final = 0.8
"""Feedback is lost in bursts, too."""
UNHEARD_S: Final = 2.2
UNHEARD_IN_DOUBT_S: Final = 0.7
UNHEARD_STEP_S: Final = 1.2
ALIVE_S: Final = 0.25
ALIVE_FOR_S: Final = 1.5
"""After a silence the news of what was sent in it comes first."""


class Jam:
    def __init__(self) -> None:
        self._alive_s = 0.0
        self._blind_s = 0.0
        self._unheard_s = 0.0

    def step(self, seen: Estimate, demand: Demand, rung: int, usual_loss: float, dt_s: float) -> int | None:
        """The lower rung to go to without waiting for news."""
        self._alive_s = self._alive_s + dt_s if seen.silent_s < ALIVE_S else 0.0
        if self._is_blind(seen, demand, rung, usual_loss, dt_s):
            return A1
        if not self._is_unheard(seen, demand, rung, dt_s):
            return None
        return max(rung + 1, A0) if demand.jammed else rung + 1

    def _is_blind(self, seen: Estimate, demand: Demand, rung: int, usual_loss: float, dt_s: float) -> bool:
        """A picture goes out, the participant is there, and hardly a word of it comes back."""
        in_doubt = max(HEARD, HEARD_IN_DOUBT - 2 * max(seen.loss_20s, usual_loss))
        enough, for_s = (in_doubt, DOUBT_FOR_S) if demand.jammed else (HEARD, BLIND_FOR_S)
        unheard = rung <= V0 and seen.heard < enough and self._alive_s > ALIVE_FOR_S
        self._blind_s = self._blind_s + dt_s if unheard else 0.0
        if self._blind_s < for_s:
            return False
        self._blind_s = 0.0
        return True

    def _is_unheard(self, seen: Estimate, demand: Demand, rung: int, dt_s: float) -> bool:
        """On voice: beacon after beacon stays unanswered while the participant is heard; step by step."""
        mute_s = min(seen.told_ago_s, self._alive_s) if seen.answers and V0 < rung < T else 0.0
        patience_s = UNHEARD_IN_DOUBT_S if demand.jammed else UNHEARD_S
        self._unheard_s = self._unheard_s + dt_s if mute_s > patience_s + (seen.rtt_s or 0.0) else 0.0
        return self._unheard_s >= dt_s > 0.0
