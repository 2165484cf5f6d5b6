"""When sound does not get through any more: reasons for text that a queue alone never is."""

from __future__ import annotations

from typing import Final

from adaptation.decision import Reason
from adaptation.estimate import Estimate
from adaptation.rungs import A0, V0, T, audio_bps

STARVED_S: Final = 2.2
STARVED_SHARE: Final = 0.85
"""Of the lowest sound arrives less than this, and a queue stands."""
QUEUE_S: Final = 0.3
DRAINING_S: Final = -0.05
CONCEALED: Final = 0.35
CONCEALED_FOR_S: Final = 6.0
LOST: Final = 0.6
LOST_FOR_S: Final = 6.0
CORROBORATING_LOSS: Final = 0.1
CORROBORATING_QUEUE_S: Final = 0.2
"""A page's word alone moves nothing: the link must show some reason for it."""


class Hardship:
    def __init__(self) -> None:
        self._starved_s = 0.0
        self._lost_s = 0.0
        self._concealed_s = 0.0

    def step(self, seen: Estimate, flowing: int, dt_s: float) -> Reason | None:
        """Why what flows should be given up, if so; once, then counting starts anew."""
        if flowing >= T:
            self._starved_s = self._lost_s = self._concealed_s = 0.0
            return None
        self._count(seen, flowing, dt_s)
        if self._starved_s >= STARVED_S:
            self._starved_s = 0.0
            return "congested"
        if self._lost_s >= LOST_FOR_S or self._concealed_s >= CONCEALED_FOR_S:
            self._lost_s = self._concealed_s = 0.0
            return "lossy"
        return None

    def _count(self, seen: Estimate, flowing: int, dt_s: float) -> None:
        starved = (
            flowing > V0
            and seen.queue_s > QUEUE_S
            and seen.rise_s > DRAINING_S
            and seen.received_bps < STARVED_SHARE * audio_bps(A0)
        )
        self._starved_s = self._starved_s + dt_s if starved else max(0.0, self._starved_s - 2 * dt_s)
        lost = flowing >= A0 and seen.loss_4s > LOST
        self._lost_s = self._lost_s + dt_s if lost else 0.0
        report = seen.report
        if report is not None and report.played_ms > 0:
            bad = report.concealed_ms > CONCEALED * report.played_ms and (
                seen.loss_20s > CORROBORATING_LOSS or seen.queue_s > CORROBORATING_QUEUE_S
            )
            self._concealed_s = self._concealed_s + report.interval_ms / 1000 if bad else 0.0
