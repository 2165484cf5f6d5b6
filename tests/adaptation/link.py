"""A link as arithmetic: when a packet that is sent now arrives, or that it never does. All chance is seeded."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Rate = Callable[[float], float]


def steps(*points: tuple[float, float]) -> Rate:
    """A rate in bit/s that changes at times: steps((0, 600_000), (10, 60_000)). Zero: an outage."""

    def rate(at: float) -> float:
        return next(value for since, value in reversed(points) if since <= at or since == points[0][0])

    return rate


def walk(seed: int, low: float, high: float, until_s: float) -> Rate:
    """A new rate each 3 to 5 s."""
    chance = random.Random(seed)
    points, at = [], 0.0
    while at < until_s:
        points.append((at, chance.uniform(low, high)))
        at += chance.uniform(3, 5)
    return steps(*points)


@dataclass(frozen=True)
class Loss:
    share: float = 0.0
    mean_burst: float = 1.0
    """Packets; 1: each on its own."""


class Link:
    """One direction: drop-tail queue, bottleneck, loss, delay."""

    def __init__(self, rate: Rate, delay_s: float, queue_s: float = 0.2, loss: Loss = Loss(), seed: int = 1,
                 jitter_s: float = 0.0) -> None:  # fmt: skip
        self.rate = rate
        self.delay_s = delay_s
        self._queue_s = queue_s
        self._loss = loss
        self._jitter_s = jitter_s
        self._chance = random.Random(seed)
        self._bad = False
        self._free_at = 0.0
        self._last_arrival = 0.0

    def send(self, size: int, at: float) -> float | None:
        """When it arrives; None: lost. Call in the order of time."""
        rate = self.rate(at)
        wait = max(0.0, self._free_at - at)
        if rate <= 0 or wait > self._queue_s:
            return None
        self._free_at = at + wait + size * 8 / rate
        if self._is_lost():
            return None
        jitter = abs(self._chance.gauss(0, self._jitter_s)) if self._jitter_s else 0.0
        self._last_arrival = max(self._last_arrival, self._free_at + self.delay_s + jitter)
        return self._last_arrival

    def _is_lost(self) -> bool:
        share, mean = self._loss.share, self._loss.mean_burst
        if share <= 0:
            return False
        if mean <= 1:
            return self._chance.random() < share
        leave_bad = 1 / mean
        enter_bad = leave_bad * share / (1 - share)
        self._bad = self._chance.random() < ((1 - leave_bad) if self._bad else enter_bad)
        return self._bad


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
