"""Times of day and lengths as people type them in Venezuela and elsewhere, and the instants that they mean."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_TIME: Final = re.compile(r"(\d{1,2})(?:[:.h](\d{2})(?::00)?)? ?(?:(a|p)\.? ?m\.?|(m)\.?|h(?:rs?)?\.?)?", re.ASCII)
_MINUTES: Final = re.compile(r"(\d{1,3}) ?(?:min(?:uto|ute)?s?\.?|['′])?", re.ASCII)


def parse_time(text: str) -> time | None:
    """24 hours (21:15, 9.30, 14h00) or 12 (9:30 a. m., 9 PM, 12:00 m. for noon); None for anything else.

    A bare hour (`9`) is refused: it may be morning or evening.
    """
    match = _TIME.fullmatch(_plain(text))
    if match is None or not (match[2] or match[3] or match[4]):
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3] or match[4]:
        if not 1 <= hour <= 12 or (match[4] and hour != 12):
            return None
        hour = hour % 12 + (12 if match[3] == "p" or match[4] else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def parse_minutes(text: str) -> timedelta | None:
    """`20`, `20 min`."""
    match = _MINUTES.fullmatch(_plain(text))
    return timedelta(minutes=int(match[1])) if match else None


def instant(day: date, at: time, zone: ZoneInfo) -> datetime | None:
    """In UTC; None where the clock jumps over this time. Of a time that comes twice, the first."""
    local = datetime.combine(day, at, tzinfo=zone)
    moment = local.astimezone(UTC)
    return moment if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None) else None


def _plain(text: str) -> str:
    """Excel writes `a. m.` with no-break spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
