"""Which rungs flowed, and how fast they changed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from adaptation.rungs import leave_bps
from netlab.judgement import NAMES, Judgement, Way, level_at
from netlab.measures.over import ALL, Over, worst
from netlab.story import Measure


def share_at_least(level: str, over: Over = ALL) -> Measure:
    """Of the time: what flows is this level or better."""

    def one(judged: Judgement, way: Way) -> float | None:
        levels = judged.carried(*way)
        since_s, until_s = over.bounds(judged)
        if not levels:
            return None
        grid = np.arange(since_s, until_s, 0.1)
        return float(np.mean([NAMES.index(level_at(levels, float(at_s))) <= NAMES.index(level) for at_s in grid]))

    return worst(min, one, over)


def reaches_s(level: str, after_s: float, over: Over = ALL) -> Measure:
    """How long after that moment what flows is this level or better."""
    return _reaches(after_s, over, lambda now: NAMES.index(now) <= NAMES.index(level))


def falls_to_s(level: str, after_s: float, over: Over = ALL) -> Measure:
    """How long after that moment what flows is this level or lower."""
    return _reaches(after_s, over, lambda now: NAMES.index(now) >= NAMES.index(level))


def fits_s(rate_bps: float, after_s: float, over: Over = ALL) -> Measure:
    """How long after that moment what flows fits into a link of that rate."""
    return _reaches(after_s, over, lambda now: leave_bps(NAMES.index(now)) <= rate_bps)


def changes_per_minute(over: Over = ALL) -> Measure:
    """Rung changes of the ladder that moves most."""

    def measure(judged: Judgement) -> float | None:
        since_s, until_s = over.bounds(judged)
        ladders = [judged.levels(name, way) for name in judged.take.records for way in ("up", "down")]
        counts = [sum(since_s <= at_s < until_s for at_s, _ in levels[1:]) for levels in ladders if levels]
        return max(counts) / (until_s - since_s) * 60 if counts else None

    return measure


def _reaches(after_s: float, over: Over, right: Callable[[str], bool]) -> Measure:
    def one(judged: Judgement, way: Way) -> float | None:
        levels = judged.carried(*way)
        if not levels:
            return None
        if right(level_at(levels, after_s)):
            return 0.0
        return next((at_s - after_s for at_s, level in levels if at_s > after_s and right(level)), None)

    return worst(max, one, over)
