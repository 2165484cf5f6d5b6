"""How losses are hidden: repair where the round trip allows it, copies where there is room, patience in the buffers.

Measured (20 % loss): repair with a buffer of 1.5 RTT + 100 ms leaves 1-2 % concealed; without such a buffer, at 400 ms
and more, nothing is won. A copy 60 ms later leaves 4 % at any round trip. Bursts take requests and repairs, too: with
15 % in bursts of four packets 4-5 % stay concealed at 1.5 RTT + 100 ms; with copies beside repair 1.5 %.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from adaptation.decision import Protection
from adaptation.estimate import Estimate
from adaptation.insistence import Insistence
from adaptation.rungs import LADDER, audio_bps, need_bps

LOSSY: Final = 0.03
CLEAN: Final = 0.015
CLEAN_FOR_S: Final = 30.0
VERY_LOSSY: Final = 0.08
"""From here on repairs are lost, too, and are asked for again."""
HURT: Final = 0.007
"""From here on a picture freezes at each lost packet, and a voice is chopped now and then."""
HEALED: Final = 0.003
ENOUGH_PACKETS: Final = 20
LONG_RTT_S: Final = 0.35
LONGEST_REPAIR_RTT_S: Final = 0.45
"""Hysteresis above `LONG_RTT_S` while a buffer waits."""
LAST_RESORT_RTT_S: Final = 0.55
"""The same where copies have no room: repairs in the longest buffer still come in time, and nothing else helps."""
JITTER_MS: Final = (120, 600)
FIRST_MS: Final = 200
COPY_JITTER_MS: Final = 120
"""A copy comes a packet later."""
PICTURE_MS: Final = (120, 800)
STEP_MS: Final = 50
"""Waits are multiples of it, and stay until they are off by more than one: each change is a command to the page."""
RAISE_PER_S: Final = 100.0
"""A buffer fills by slowing what is played: a faster rise costs words, and a picture stands still."""
LOWER_AFTER_S: Final = 10.0
"""A wait that became too long is cut only then: queues come and go."""


class Guard:
    """Keeps the protection of a direction; `step` returns the same object while nothing changes."""

    def __init__(self) -> None:
        self.now = Protection()
        self.insistence = Insistence()
        self._lossy = Lasting(LOSSY, CLEAN)
        self._hurt = Lasting(HURT, HEALED)
        self._sound = Wait(*JITTER_MS, first_ms=FIRST_MS)
        self._picture = Wait(*PICTURE_MS, first_ms=PICTURE_MS[1])

    def step(
        self,
        seen: Estimate,
        rung: int,
        capacity_bps: float,
        voices: int,
        dt_s: float,
        *,
        jammed: bool = False,
        settled_s: float = 0.0,
        ample: bool = False,
    ) -> Protection:
        """`jammed`: the direction was cut a moment ago; `settled_s`: so long ago; `ample`: it carried far more before.

        What is sent again then comes too late, and keeps the queue full (600 to 60 kbit/s: for two seconds).
        """
        if seen.told_4s >= ENOUGH_PACKETS // 4 and not jammed:
            recent = seen.loss_4s if seen.told_4s >= 3 * ENOUGH_PACKETS else 0.0
            self._lossy.note(max(seen.loss_20s, recent), dt_s)
            self._hurt.note(seen.loss_20s, dt_s)
        sounds = LADDER[rung].video is None and audio_bps(rung) > 0
        insists = self.insistence.step(seen, dt_s, settled_s=settled_s, wanted=sounds and ample)
        quiet = not (self._hurt.is_so or insists or jammed)
        if quiet and self.now == QUIET and (seen.rtt_s or 0.0) <= LONG_RTT_S:
            return self.now
        wanted = self._wanted(seen, rung, capacity_bps, voices, dt_s)
        if jammed:
            wanted = replace(wanted, nack=False, duplicate=False)
        if wanted != self.now:
            self.now = wanted
        return self.now

    def spare(self, seen: Estimate) -> float:
        """Which part of a picture's rate is the picture's, when what is lost of it is sent again."""
        return 1.0 - min(seen.loss_20s, 0.3) if self._lossy.is_so else 1.0

    def _wanted(self, seen: Estimate, rung: int, capacity_bps: float, voices: int, dt_s: float) -> Protection:
        rtt_s = seen.rtt_s or 0.2
        picture = LADDER[rung].video is not None
        affordable = (
            picture or self.insistence.is_so or capacity_bps >= need_bps(rung, voices) + voices * audio_bps(rung)
        )
        copies = (self._hurt.is_so or self.insistence.is_so) and audio_bps(rung) > 0 and affordable
        longest_s = LONGEST_REPAIR_RTT_S if copies else LAST_RESORT_RTT_S
        insists = self.insistence.is_so
        repairable = rtt_s <= (longest_s if self.now.waits or insists else LONG_RTT_S)
        jitter_ms = COPY_JITTER_MS if copies else None
        if (self._lossy.is_so or insists) and repairable:  # another's queue swings by as much as it is long
            tries = 2.5 if seen.loss_20s > VERY_LOSSY else 1.5
            jitter_ms = self._sound.step(tries * 1000 * rtt_s + 100, dt_s)
        picture_ms = None
        if not picture:
            self._picture.end()
        elif self._hurt.is_so:
            picture_ms = max(self._picture.step(1300 * rtt_s + 80, dt_s), jitter_ms or 0)
        return Protection(nack=repairable, duplicate=copies, jitter_ms=jitter_ms, picture_ms=picture_ms)


class Lasting:
    """True from `high` on, until it was below `low` for long."""

    def __init__(self, high: float, low: float) -> None:
        self.is_so = False
        self._high, self._low = high, low
        self._low_s = 0.0

    def note(self, value: float, dt_s: float) -> None:
        if value > self._high:
            self.is_so, self._low_s = True, 0.0
        elif value < self._low:
            self._low_s += dt_s
            self.is_so = self.is_so and self._low_s < CLEAN_FOR_S


class Wait:
    """What a buffer shall wait, ms: longer step by step, shorter after a while."""

    def __init__(self, least_ms: int, most_ms: int, first_ms: int) -> None:
        """`first_ms`: the most to begin with."""
        self._least_ms, self._most_ms, self._first_ms = least_ms, most_ms, first_ms
        self._rises = False
        self._due_ms = 0.0
        self._held_ms: int | None = None
        self._too_long_s = 0.0

    def step(self, ideal_ms: float, dt_s: float) -> int:
        ideal_ms = min(self._most_ms, max(self._least_ms, ideal_ms))
        wanted_ms = min(self._most_ms, -int(-ideal_ms // STEP_MS) * STEP_MS)
        held_ms = self._held_ms
        too_long = held_ms is not None and ideal_ms < held_ms - STEP_MS
        self._too_long_s = self._too_long_s + dt_s if too_long else 0.0
        if held_ms is None:
            self._held_ms = held_ms = min(wanted_ms, self._first_ms)
            self._rises = held_ms < wanted_ms
        elif wanted_ms > held_ms and (ideal_ms > held_ms + STEP_MS or self._rises):
            self._rise(wanted_ms, held_ms, dt_s)
        elif self._too_long_s > LOWER_AFTER_S:
            self._held_ms = wanted_ms
            self._too_long_s = 0.0
        else:
            self._rises = False
        return self._held_ms or held_ms

    def end(self) -> None:
        """Nothing is played any more: what comes next waits from the start."""
        self._held_ms = None

    def _rise(self, wanted_ms: int, held_ms: int, dt_s: float) -> None:
        """Step by step."""
        self._rises = True
        self._due_ms += RAISE_PER_S * dt_s
        if self._due_ms >= STEP_MS:
            self._due_ms = 0.0
            self._held_ms = min(wanted_ms, held_ms + STEP_MS)


QUIET: Final = Protection()
