"""When the next climb may be tried: soon at the start and after an outage, later each time that one failed."""

from __future__ import annotations

from collections import deque
from typing import Final

from adaptation.estimate import Estimate
from adaptation.rungs import A1, A2, T, need_bps

FAST_S: Final = 1.5
RETURNED_S: Final = 3.0
CALM_S: Final = 3.0
RESTLESS_S: Final = 14.0
AFTER_FALL_S: Final = 8.0
RESTLESS_AFTER_FALL_S: Final = 20.0
LONGEST_S: Final = {T - 1: 20.0, A1: 60.0, A2: 60.0}
"""By rung, between trials that fail; others `LONGEST_OTHER_S`. Voice on a thin link: a better link shows by itself, see
`look`. From text nothing shows, and a trial costs little."""
LONGEST_OTHER_S: Final = 24.0
FIRST_WAIT_S: Final = 8.0
VOID_WAIT_S: Final = 3.0
HOPELESS_S: Final = 120.0
"""Such a trial harms a thin link for seconds; that the link became another one shows without it, see `look`."""
EPISODE_S: Final = 10.0
"""Falls closer together than this are one."""
RESTLESS_WITHIN_S: Final = 180.0
RESTLESS_FALLS: Final = 3
TWO_CHANGES_S: Final = 44.0
"""On a restless link the change before the last one is at least so long ago when a climb begins: four a minute."""
BETTER_WAY_S: Final = 0.015
"""The shortest way became shorter by this: the same bytes pass faster, so the link is another one."""
LOOK_AFTER_S: Final = 5.0
BETTER_LINE: Final = 1.3
"""Of a rung's need."""
DOUBT_S: Final = 40.0
DOUBT_AGAIN_S: Final = 160.0


class Patience:
    def __init__(self, now: float) -> None:
        self.fast = True
        """Short waits: until the first congestion, and again when the link has become another one."""
        self.bold = True
        """Until the first congestion, and after an outage: rungs without a look before."""
        self._last_change = now
        self._interval_s = FAST_S
        self._not_before: dict[int, float] = {}
        self._waits: dict[int, float] = {}
        self._changes: deque[float] = deque(maxlen=2)
        self._falls: deque[float] = deque(maxlen=RESTLESS_FALLS)
        self._failed_at: float | None = None
        self._failed_base_s = 0.0
        self._failed_rung = T
        self._failed_for_line = False
        self._line_reset = T
        self._doubted_since: dict[int, float] = {}
        self._line_lies = False
        """A trial showed more than the line seemed to carry."""

    def may_climb(self, rung: int, now: float, *, mute: bool = False) -> bool:
        """`mute`: from text or hardly more, where waiting for the sake of calm costs more than a change."""
        interval_s = self._interval_s if mute else self._interval(now)
        if now - self._last_change < interval_s or now < self._not_before.get(rung, 0.0):
            return False
        return mute or not self._restless(now) or now - self._changes[0] >= TWO_CHANGES_S

    def doubts(self, rung: int, needed_bps: float, seen: Estimate) -> bool:
        """Whether the line says that a trial would only harm. It may be wrong, so some trials are made all the same."""
        if self._line_lies or seen.line_bps is None or seen.line_bps >= needed_bps:
            self._doubted_since.pop(rung, None)
            return False
        self.bold = False
        return seen.now - self._doubted_since.setdefault(rung, seen.now) < DOUBT_S

    def climbed(self, now: float) -> None:
        self._changed(now)

    def proved(self, rung: int) -> None:
        """A trial showed room for the rung; had one failed before, then the link is another one now."""
        self._line_lies = self._line_lies or rung in self._doubted_since
        if self._waits.pop(rung, None) is not None:
            self._begin_anew()

    def fell(self, seen: Estimate) -> None:
        now = seen.now
        if not self._falls or now - self._falls[-1] > EPISODE_S:
            self._falls.append(now)
        self._changed(now)
        self._interval_s = AFTER_FALL_S
        self.fast = self.bold = False

    def went_back(self, now: float) -> None:
        self._changed(now)

    def failed(self, rung: int, seen: Estimate, *, hopeless: bool = False, at_least_s: float = 0.0) -> None:
        """A climb to `rung` was tried and did not hold; `hopeless`: by far."""
        wait = max(self._waits.get(rung, FIRST_WAIT_S), HOPELESS_S if hopeless else at_least_s)
        self._not_before[rung] = seen.now + wait
        self._waits[rung] = min(HOPELESS_S if hopeless else LONGEST_S.get(rung, LONGEST_OTHER_S), wait * 2)
        self._failed_at = seen.now
        self._failed_base_s = seen.base_s
        self._failed_for_line = seen.line_bps is not None and seen.line_bps < BETTER_LINE * need_bps(rung)
        self._failed_rung = rung
        if self._line_reset == rung:
            self._line_lies = True
        if rung in self._doubted_since:
            self._doubted_since[rung] = seen.now + DOUBT_AGAIN_S - DOUBT_S
        self.fast = self.bold = False

    def put_off(self, rung: int, now: float) -> None:
        """A trial that showed nothing: the next one a little later."""
        self._not_before[rung] = now + VOID_WAIT_S

    def excluded(self, rung: int, seen: Estimate) -> None:
        """What was just measured is less than the rung needs: as good as a trial that failed twice."""
        self._waits[rung] = max(self._waits.get(rung, 0.0), 2 * FIRST_WAIT_S)
        self.failed(rung, seen)

    def returned(self, now: float) -> None:
        """The link was away: what failed before says nothing now."""
        self._begin_anew()
        self.bold = self.fast
        self._changed(now)
        self._interval_s = RETURNED_S

    def look(self, seen: Estimate) -> None:
        """Try at once what failed when the link visibly became another one. That may be chance, on a link with losses:
        if it fails again, the wait is longer than before."""
        if self._failed_at is None or seen.now - self._failed_at < LOOK_AFTER_S:
            return
        shorter = seen.told_ago_s < 1.0 and seen.floor_s < self._failed_base_s - BETTER_WAY_S
        if shorter or self._line_is_better(seen):
            self._forgive()

    def _line_is_better(self, seen: Estimate) -> bool:
        """It now seems to carry what failed. If that fails again, the line is not believed any more."""
        line_bps = seen.line_bps
        if not self._failed_for_line or line_bps is None or line_bps < BETTER_LINE * need_bps(self._failed_rung):
            return False
        self._line_reset = self._failed_rung
        return not self._line_lies

    def _interval(self, now: float) -> float:
        if not self._restless(now):
            return self._interval_s
        return RESTLESS_AFTER_FALL_S if self._interval_s == AFTER_FALL_S else RESTLESS_S

    def _changed(self, now: float) -> None:
        self._last_change = now
        self._changes.append(now)
        self._interval_s = FAST_S if self.fast else CALM_S

    def _begin_anew(self) -> None:
        self._forgive()
        self._waits.clear()

    def _forgive(self) -> None:
        self.fast = not self._restless(self._last_change)
        self._not_before.clear()
        self._failed_at = None

    def _restless(self, now: float) -> bool:
        return len(self._falls) == RESTLESS_FALLS and now - self._falls[0] < RESTLESS_WITHIN_S
