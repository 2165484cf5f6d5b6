"""Days and weeks in the clinic's time zone, as spans of UTC. Pure; the offsets of each year come from tzdata."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

CARACAS: Final = ZoneInfo("America/Caracas")
"""-04:00; -04:30 from December 2007 to April 2016."""

WEEK: Final = timedelta(days=7)


@dataclass(frozen=True)
class Span:
    """From `starts_at` to before `ends_at`, aware and in UTC."""

    starts_at: datetime
    ends_at: datetime


def day_of(at: datetime, zone: ZoneInfo) -> date:
    """The date that the clinic's wall calendar shows. `at` is aware."""
    return at.astimezone(zone).date()


def day_span(day: date, zone: ZoneInfo) -> Span:
    """From midnight to midnight; 23 or 25 hours, or anything else, where the clock is shifted that day."""
    return Span(_midnight(day, zone), _midnight(day + timedelta(days=1), zone))


def week_span(day: date, zone: ZoneInfo) -> Span:
    """The week of this day, from Monday's midnight (ISO 8601, as in Venezuela)."""
    monday = day - timedelta(days=day.weekday())
    return Span(_midnight(monday, zone), _midnight(monday + WEEK, zone))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """The day's first instant, also where the clock jumps over midnight (the offset of before then gives the jump)."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
