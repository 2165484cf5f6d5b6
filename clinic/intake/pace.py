"""How long a physician's consultations really take today, beside what was planned. Pure.

A pace is a factor on planned lengths: the median of real to planned of the last few finished today, pulled towards 1
while there are few. The median keeps one consultation that took three hours, or two minutes, from moving the line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final

COUNTED: Final = 7
"""The last ones that were finished; a morning changes its pace."""

TRUST_PLAN: Final = 3
"""The plan weighs as much as this many finished consultations."""

SPREAD: Final = 0.3
"""Of a typical consultation, to both sides; about where half of them lie [choice, not measured]."""

SLOWEST: Final = 4.0
FASTEST: Final = 0.25
SHORTEST_PLAN: Final = timedelta(minutes=5)


@dataclass(frozen=True)
class Finished:
    """A consultation of today that was completed, not interrupted or missed."""

    planned: timedelta
    began_at: datetime
    ended_at: datetime


@dataclass(frozen=True)
class Pace:
    """Factors on planned lengths: `short <= typical <= long`."""

    short: float
    typical: float
    long: float


def pace_of(finished: Sequence[Finished]) -> Pace:
    """Today's, in any order; with none it is as planned."""
    last = sorted(finished, key=lambda each: each.ended_at)[-COUNTED:]
    ratios = [_ratio(each) for each in last]
    typical = (len(ratios) * median(ratios) + TRUST_PLAN) / (len(ratios) + TRUST_PLAN) if ratios else 1.0
    return Pace(typical * (1 - SPREAD), typical, typical * (1 + SPREAD))


def _ratio(finished: Finished) -> float:
    planned = max(finished.planned, SHORTEST_PLAN)
    return min(max((finished.ended_at - finished.began_at) / planned, FASTEST), SLOWEST)
