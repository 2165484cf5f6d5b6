"""What silence means for a direction, and what its end means.

Up: nothing comes, so nothing is there. Down: a silent peer may still hear and see us, for its uplink may be the one
that died; so what flows is held, for a while and not above V1. After the end of a silence voice comes first, unless
what was sent meanwhile arrived.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from adaptation.decision import Reason
from adaptation.estimate import Estimate
from adaptation.rungs import A1, V1, T

SUSPECT_S: Final = 1.0
"""From here on nothing is judged: there is no news."""
SILENT_S: Final = 2.0
UP_TEXT_S: Final = 4.0
DOWN_TEXT_S: Final = 30.0
DEAD_TEXT_S: Final = 4.0
"""The page itself says for so long that nothing of ours comes, and no feedback says otherwise."""
DEAD_SHARE: Final = 0.02
ALL: Final = 0.98
JUDGE_RETURN_S: Final = 1.0
JUDGE_RETURN_PACKETS: Final = 4
ARRIVED: Final = 0.5


@dataclass(frozen=True, slots=True)
class Verdict:
    judge: bool
    """Whether there is news to judge by."""
    rung: int | None = None
    """Where to go, if anywhere."""
    reason: Reason = "silent"


NEWS: Final = Verdict(judge=True)
NO_NEWS: Final = Verdict(judge=False)


class Silence:
    def __init__(self, way: Literal["up", "down"]) -> None:
        self._down = way == "down"
        self._silent = False
        self._texted = False
        """T was entered by silence."""
        self._returning_s: float | None = None
        self._dead_s = 0.0

    def step(self, seen: Estimate, rung: int, dt_s: float) -> Verdict:
        if seen.silent_s >= SUSPECT_S:
            return self._quiet(seen, rung)
        if self._silent:
            self._silent = False
            self._returning_s = 0.0
        if self._returning_s is not None:
            return self._return(seen, rung, self._returning_s + dt_s)
        return self._dead(seen, rung, dt_s) if self._down else NEWS

    def _quiet(self, seen: Estimate, rung: int) -> Verdict:
        self._returning_s = None
        if seen.silent_s < SILENT_S:
            return NO_NEWS
        self._silent = True
        if seen.silent_s >= (DOWN_TEXT_S if self._down else UP_TEXT_S):
            return self._text(rung)
        return Verdict(False, V1) if self._down and rung < V1 else NO_NEWS

    def _text(self, rung: int) -> Verdict:
        if rung >= T:
            return NO_NEWS
        self._texted = True
        return Verdict(False, T)

    def _return(self, seen: Estimate, rung: int, for_s: float) -> Verdict:
        """Something came again. Downlink: first see whether what was sent meanwhile arrived."""
        self._returning_s = for_s
        if self._down and not self._texted:
            told = seen.told_2s >= JUDGE_RETURN_PACKETS
            if told and seen.loss < ARRIVED:
                self._returning_s = None
                return NEWS
            if not told and for_s < JUDGE_RETURN_S:
                return NO_NEWS
        self._returning_s = None
        return self._voice_first(rung)

    def _voice_first(self, rung: int) -> Verdict:
        to = A1 if self._texted or rung < A1 else rung
        self._texted = False
        return Verdict(True, to, "returned")

    def _dead(self, seen: Estimate, rung: int, dt_s: float) -> Verdict:
        """The peer speaks, but does it hear? Its page or its receiver reports say no, and no feedback is against it."""
        if seen.told_ago_s < SILENT_S:
            self._dead_s = 0.0
            return self._voice_first(rung) if self._texted else NEWS
        report = seen.report
        nothing = report is not None and (
            report.received_bytes * 8 < DEAD_SHARE * seen.sent_bps * report.interval_ms / 1000
        )
        if report is not None and report.received_bytes > 0 and not nothing:
            self._dead_s = 0.0
        elif seen.told_2s >= JUDGE_RETURN_PACKETS and seen.loss > ALL:
            self._dead_s += dt_s
        elif report is not None:
            self._dead_s = self._dead_s + report.interval_ms / 1000 if nothing else 0.0
        return self._text(rung) if self._dead_s >= DEAD_TEXT_S else NEWS
