"""How long packets wait in the link's queue, from send and arrival times of two clocks that share nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final

from adaptation.sample import Passage
from adaptation.windows import LowestOf

WINDOW_S: Final = 0.3
ENOUGH: Final = 3
"""Packets that a median is made of at least. Where fewer come, the newest speaks alone."""
OLD_S: Final = 2.0
BASE_S: Final = 30
"""The shortest way of so many seconds counts as the empty queue. A standing queue is forgiven after that."""
FLOOR_S: Final = 3
TREND_TICKS: Final = 2
RISE_S: Final = 0.01
OUTLIER_BELOW_S: Final = 1.0
OUTLIER_ABOVE_S: Final = 10.0
OUTLIERS_UNTIL_STEP: Final = 8
"""A way that is shorter or longer by more than a queue could make it is a mistake, until so many in a row agree: then a
clock was set."""


class QueueDelay:
    """`add` each tick's passages; then `queue_s`, `rise_s` and `rising` hold."""

    def __init__(self) -> None:
        self._base = LowestOf(BASE_S)
        self._floor = LowestOf(FLOOR_S)
        self._ways: deque[tuple[float, float]] = deque(maxlen=48)
        """(arrived, way) of the newest packets."""
        self._history: deque[float] = deque([0.0], maxlen=2 * TREND_TICKS + 1)
        self._outliers = 0
        self._stale_s = 0.0
        self.queue_s = 0.0
        self.newest_s = 0.0
        """The shortest wait of the last tick that brought packets: a jam shows here first, and so does jitter."""

    @property
    def base_s(self) -> float:
        return self._base.lowest()

    @property
    def floor_s(self) -> float:
        return self._floor.lowest()

    @property
    def rise_s(self) -> float:
        return self._history[-1] - self._history[0]

    @property
    def rising(self) -> bool:
        history = self._history
        if len(history) < history.maxlen:  # type: ignore[operator]
            return False
        middle = history[TREND_TICKS]
        return history[-1] - middle > RISE_S and middle - history[0] > RISE_S

    def add(self, passages: Sequence[Passage], now: float, dt_s: float) -> None:
        if passages:
            self._take(passages, now)
        if passages and self._ways:
            self._stale_s = 0.0
            self.queue_s = max(0.0, self._median() - self._base.lowest())
        else:
            self._stale_s += dt_s
            if self._stale_s > OLD_S:
                self.queue_s = self.newest_s = 0.0
        self._history.append(self.queue_s)

    def _take(self, passages: Sequence[Passage], now: float) -> None:
        base, shortest = self._base.lowest(), float("inf")
        for sent, arrived, _ in passages:
            way = arrived - sent
            if not -OUTLIER_BELOW_S <= way - base <= OUTLIER_ABOVE_S and base < float("inf"):
                self._outliers += 1
                if self._outliers < OUTLIERS_UNTIL_STEP:
                    continue
                self._forget()
                base = shortest = float("inf")
            self._outliers = 0
            self._ways.append((arrived, way))
            if way < shortest:
                shortest = way
            if base == float("inf"):
                base = way
        if shortest < float("inf"):
            self._base.add(shortest, now)
            self._floor.add(shortest, now)
            self.newest_s = shortest - self._base.lowest()

    def _forget(self) -> None:
        """A clock was set: nothing from before compares."""
        self._base.clear()
        self._floor.clear()
        self._ways.clear()

    def _median(self) -> float:
        newest = self._ways[-1][0]
        recent = [way for arrived, way in self._ways if newest - arrived < WINDOW_S]
        if len(recent) < ENOUGH:
            return self._ways[-1][1]
        recent.sort()
        return recent[len(recent) // 2]
