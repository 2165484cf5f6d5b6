"""Days and weeks by the clinic's calendar, also where its clock is shifted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.booking.day import CARACAS, day_of, day_span, week_span

ZONES = ["America/Caracas", "America/Havana", "America/Santiago", "Europe/Madrid", "Asia/Kathmandu"]


@pytest.mark.parametrize(
    ("zone", "day", "starts_at", "hours"),
    [
        ("America/Caracas", date(2026, 11, 23), datetime(2026, 11, 23, 4, 0, tzinfo=UTC), 24),
        ("America/Caracas", date(2015, 11, 23), datetime(2015, 11, 23, 4, 30, tzinfo=UTC), 24),
        ("America/Caracas", date(2016, 5, 1), datetime(2016, 5, 1, 4, 30, tzinfo=UTC), 23.5),
        ("America/Caracas", date(2007, 12, 9), datetime(2007, 12, 9, 4, 0, tzinfo=UTC), 24.5),
        ("Europe/Madrid", date(2026, 3, 29), datetime(2026, 3, 28, 23, 0, tzinfo=UTC), 23),
        ("America/Havana", date(2026, 3, 8), datetime(2026, 3, 8, 5, 0, tzinfo=UTC), 23),  # 00:00 does not exist
        ("America/Havana", date(2026, 11, 1), datetime(2026, 11, 1, 4, 0, tzinfo=UTC), 25),  # 00:00 comes twice
    ],
)
def test_day(zone: str, day: date, starts_at: datetime, hours: float) -> None:
    span = day_span(day, ZoneInfo(zone))
    assert span.starts_at == starts_at
    assert span.ends_at - span.starts_at == timedelta(hours=hours)


def test_week_begins_on_monday() -> None:
    for day in (date(2026, 11, 23), date(2026, 11, 26), date(2026, 11, 29)):
        assert week_span(day, CARACAS).starts_at == datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
        assert week_span(day, CARACAS).ends_at == datetime(2026, 11, 30, 4, 0, tzinfo=UTC)


@settings(deadline=None)
@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(ZONES),
)
def test_every_instant_is_in_the_day_that_the_calendar_shows(at: datetime, zone: str) -> None:
    span = day_span(day_of(at, ZoneInfo(zone)), ZoneInfo(zone))
    assert span.starts_at <= at < span.ends_at
