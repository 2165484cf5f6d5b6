"""When else: the free times about one that is taken. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from clinic.booking.appointment import Slot
from clinic.booking.day import Span

STEP: Final = timedelta(minutes=5)
OFFERED: Final = 4


def free_about(wanted: Slot, taken: Iterable[Slot], day: Span, now: datetime) -> tuple[datetime, ...]:
    """Starts of the nearest times of the same length in which both people are free, earliest first. They do not meet
    each other, lie on the day whole, and none has begun. `taken`: what takes time of either person on that day."""
    busy = [slot for slot in taken if slot.appointment != wanted.appointment]
    offered: list[Slot] = []
    for start in _nearest_first(wanted.starts_at, day):
        other = replace(wanted, starts_at=start, ends_at=start + (wanted.ends_at - wanted.starts_at))
        if start >= now and other.ends_at <= day.ends_at and not any(map(other.meets, (*busy, *offered))):
            offered.append(other)
        if len(offered) == OFFERED:
            break
    return tuple(sorted(slot.starts_at for slot in offered))


def _nearest_first(around: datetime, day: Span) -> Iterable[datetime]:
    for steps in range(1, timedelta(days=1) // STEP):
        for start in (around + steps * STEP, around - steps * STEP):
            if day.starts_at <= start < day.ends_at:
                yield start
