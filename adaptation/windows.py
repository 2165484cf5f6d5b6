"""Sums over the last ticks and seconds, kept up to date for a few additions a tick."""

from __future__ import annotations

from collections import deque
from typing import Final


class TickSums:
    """Running totals of two numbers, one entry a tick; a window is the difference of two entries."""

    __slots__ = ("_totals",)

    def __init__(self, ticks: int) -> None:
        self._totals: deque[tuple[int, int]] = deque([(0, 0)], maxlen=ticks + 1)

    def add(self, first: int, second: int) -> None:
        before = self._totals[-1]
        self._totals.append((before[0] + first, before[1] + second))

    def within(self, ticks: int) -> tuple[int, int]:
        """Sums of the last so many ticks, or of all there are."""
        totals = self._totals
        before = totals[-1 - ticks] if ticks < len(totals) else totals[0]
        last = totals[-1]
        return last[0] - before[0], last[1] - before[1]

    def clear(self) -> None:
        last = self._totals[-1]
        self._totals.clear()
        self._totals.append(last)


class LowestOf:
    """The lowest value of the last so many seconds, in whole seconds."""

    __slots__ = ("_buckets", "_current", "_second", "_seconds", "_settled")

    def __init__(self, seconds: int) -> None:
        self._seconds: Final = seconds
        self.clear()

    def clear(self) -> None:
        self._buckets: deque[tuple[int, float]] = deque()
        self._second = 0
        self._current = float("inf")
        self._settled = float("inf")

    def add(self, value: float, now: float) -> None:
        second = int(now)
        if second != self._second:
            self._turn(second)
        if value < self._current:
            self._current = value

    def lowest(self) -> float:
        """Infinite when nothing was added."""
        return self._current if self._current < self._settled else self._settled

    def _turn(self, second: int) -> None:
        if self._current < float("inf"):
            self._buckets.append((self._second, self._current))
        while self._buckets and self._buckets[0][0] <= second - self._seconds:
            self._buckets.popleft()
        self._settled = min((value for _, value in self._buckets), default=float("inf"))
        self._current = float("inf")
        self._second = second


class Flow:
    """Bytes by the receiver's clock: rates that do not mind that news of them comes late and in clumps."""

    __slots__ = ("_bytes", "_entries", "_latest", "_rates_bps")

    SPAN_S: Final = 2.0
    STEP_S: Final = 5.0
    """An arrival so long before the newest one, or so long after it, is of a clock that was set."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self._entries: deque[tuple[float, int]] = deque()
        self._bytes = 0
        self._latest = float("-inf")
        self._rates_bps: tuple[float, float, float] | None = None

    def add(self, arrived: float, size: int) -> None:
        if not -self.STEP_S < arrived - self._latest < 60.0 and self._entries:
            self.clear()
        self._rates_bps = None
        self._entries.append((arrived, size))
        self._bytes += size
        if arrived > self._latest:
            self._latest = arrived

    def rates_bps(self) -> tuple[float, float, float]:
        """Over the last 0.2, 0.5 and 2 s before the newest arrival.

        Of 0.5 s without the packet that begins it: between n packets are n - 1 gaps.
        """
        if self._rates_bps is None:
            self._rates_bps = self._measure()
        return self._rates_bps

    def _measure(self) -> tuple[float, float, float]:
        entries, oldest = self._entries, self._latest - self.SPAN_S
        while entries and entries[0][0] <= oldest:
            self._bytes -= entries.popleft()[1]
        now = recent = oldest_size = 0
        for arrived, size in reversed(entries):
            age = self._latest - arrived
            if age >= 0.5:
                break
            oldest_size = size
            recent += size
            if age < 0.2:
                now += size
        return now * 40.0, (recent - oldest_size) * 16.0, self._bytes * 8 / self.SPAN_S
