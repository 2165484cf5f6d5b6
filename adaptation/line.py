"""What the link's line can carry at most, read from packets that pass anyway: large ones take longer than small ones.

On an empty queue a packet's way is longer than another's by its extra bits over the bottleneck's rate (pathchar,
Jacobson 1997). The shortest ways of some seconds by size tell that rate within a few percent, where the line is serial.
It is a bound, not a promise: others may be using the line, and some radios delay large packets for their own reasons.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from adaptation.sample import Passage

SIZES: Final = (110, 150, 200, 280, 450, 800)
"""Upper ends of the classes of size, in bytes."""
GENERATION_S: Final = 5.0
"""The shortest ways of the last one to two generations count."""
LEAST_EXTRA_BYTES: Final = 40
MUCH_EXTRA_BYTES: Final = 300
"""Where there are pictures, sound alone says little: it often stands behind one, and a difference of 50 bytes is noise
(330 kbit/s were taken for 1.8 Mbit/s)."""
LEAST_EXTRA_S: Final = 0.0003
"""Below this a line is as good as endless, measured with clocks of 0.25 ms."""

Shortest = dict[int, tuple[float, int]]
"""By class: way in seconds, bytes."""


class Line:
    def __init__(self) -> None:
        self._current: Shortest = {}
        self._before: Shortest = {}
        self._turned_at = 0.0

    def add(self, passages: Sequence[Passage], now: float) -> None:
        if now - self._turned_at >= GENERATION_S:
            self._turned_at = now
            self._before, self._current = self._current, {}
        current = self._current
        for sent, arrived, size in passages:
            index = 0
            for limit in SIZES:
                if size < limit:
                    break
                index += 1
            way = arrived - sent
            known = current.get(index)
            if known is None or way < known[0]:
                current[index] = (way, size)

    def rate_bps(self) -> float | None:
        """None while packets of one size only were seen; infinite when size makes no difference."""
        shortest = [min(pair) for pair in self._pairs()]
        if not shortest:
            return None
        way_s, size = min(shortest)
        larger = [(other - way_s, bigger - size) for other, bigger in shortest if bigger - size >= LEAST_EXTRA_BYTES]
        much = [each for each in larger if each[1] >= MUCH_EXTRA_BYTES]
        return max([_rate_bps(extra_s, extra) for extra_s, extra in much or larger], default=None)

    def _pairs(self) -> list[list[tuple[float, int]]]:
        """Per class what either generation knows."""
        classes = self._current.keys() | self._before.keys()
        return [[known[c] for known in (self._current, self._before) if c in known] for c in sorted(classes)]


def _rate_bps(extra_s: float, extra_bytes: int) -> float:
    return extra_bytes * 8 / extra_s if extra_s > LEAST_EXTRA_S else float("inf")
