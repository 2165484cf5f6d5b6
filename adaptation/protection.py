"""How losses are hidden: repair where the round trip allows it, copies where there is room, patience in the buffer.

Measured (20 % loss): repair with a buffer of 1.5 RTT + 100 ms leaves 1-2 % concealed; without such a buffer, at 400 ms
and more, nothing is won. A copy 60 ms later leaves 4 % at any round trip.
"""

from __future__ import annotations

from typing import Final, Literal

from adaptation.decision import Protection
from adaptation.estimate import Estimate
from adaptation.rungs import audio_bps, need_bps

LOSSY: Final = 0.03
CLEAN: Final = 0.015
CLEAN_FOR_S: Final = 30.0
VERY_LOSSY: Final = 0.15
ENOUGH_PACKETS: Final = 20
LONG_RTT_S: Final = 0.35
LONGEST_REPAIR_RTT_S: Final = 0.45
"""Hysteresis above `LONG_RTT_S` while a buffer waits."""
JITTER_MS: Final = (120, 600)
JITTER_STEP_MS: Final = 50
"""Values are multiples of it, and stay until they are off by more than one: each change is a command to the page."""


class Guard:
    """Keeps the protection of a direction; `step` returns the same object while nothing changes."""

    def __init__(self, way: Literal["up", "down"]) -> None:
        self._down = way == "down"
        self._now = Protection()
        self._lossy = False
        self._clean_s = 0.0

    def step(self, seen: Estimate, rung: int, capacity_bps: float, voices: int, dt_s: float) -> Protection:
        self._note(seen, dt_s)
        if not self._lossy and self._now == QUIET and (seen.rtt_s or 0.0) <= LONG_RTT_S:
            return self._now
        wanted = self._wanted(seen, rung, capacity_bps, voices)
        if wanted != self._now:
            self._now = wanted
        return self._now

    def _note(self, seen: Estimate, dt_s: float) -> None:
        loss = max(seen.loss_20s, seen.loss_4s if seen.told_4s >= 3 * ENOUGH_PACKETS else 0.0)
        if loss > LOSSY and seen.told_4s >= ENOUGH_PACKETS // 4:
            self._lossy, self._clean_s = True, 0.0
        elif loss < CLEAN:
            self._clean_s += dt_s
            self._lossy = self._lossy and self._clean_s < CLEAN_FOR_S

    def _wanted(self, seen: Estimate, rung: int, capacity_bps: float, voices: int) -> Protection:
        rtt_s = seen.rtt_s or 0.2
        waiting = self._now.jitter_ms is not None
        repairable = rtt_s <= (LONGEST_REPAIR_RTT_S if waiting else LONG_RTT_S)
        if not self._lossy:
            return Protection(nack=repairable)
        room = capacity_bps >= need_bps(rung, voices) + voices * audio_bps(rung)
        copies = self._down and room and audio_bps(rung) > 0 and (not repairable or seen.loss_20s > VERY_LOSSY)
        return Protection(nack=repairable, duplicate=copies, jitter_ms=self._jitter_ms(rtt_s) if repairable else None)

    def _jitter_ms(self, rtt_s: float) -> int:
        least, most = JITTER_MS
        ideal = min(most, max(least, 1500 * rtt_s + 100))
        held = self._now.jitter_ms
        if held is not None and abs(held - ideal) <= JITTER_STEP_MS:
            return held
        return min(most, -int(-ideal // JITTER_STEP_MS) * JITTER_STEP_MS)


QUIET: Final = Protection()
