"""Times of day as people type them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.booking.csv_time import instant, parse_minutes, parse_time
from clinic.booking.day import CARACAS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("09:30", time(9, 30)),
        ("9:30", time(9, 30)),
        ("21:15", time(21, 15)),
        ("21.15", time(21, 15)),
        ("14h00", time(14)),
        ("09:30:00", time(9, 30)),
        ("09:30 a. m.", time(9, 30)),
        ("09:30\u00a0a.\u00a0m.", time(9, 30)),
        ("9:30 p.m.", time(21, 30)),
        ("9:30pm", time(21, 30)),
        ("9 PM", time(21)),
        ("12:00 m.", time(12)),
        ("12:05 p. m.", time(12, 5)),
        ("12:05 a. m.", time(0, 5)),
        ("9:30 hrs", time(9, 30)),
        (" 9:30 AM ", time(9, 30)),
        ("\uff10\uff19:30", time(9, 30)),
        ("9", None),
        ("24:00", None),
        ("13:30 p. m.", None),
        ("0:30 am", None),
        ("9:60", None),
        ("9:30:15", None),
        ("9:3", None),
        ("11:00 m.", None),
        ("mañana", None),
        ("", None),
    ],
)
def test_time_of_day(text: str, expected: time | None) -> None:
    assert parse_time(text) == expected


def test_minutes() -> None:
    assert [parse_minutes(text) for text in ("20", "20 min", "20 minutos", "20'", "1 h", "-5", "")] == [
        *[timedelta(minutes=20)] * 4,
        *[None] * 3,
    ]


def test_instants_of_the_clinic() -> None:
    assert instant(date(2026, 11, 25), time(9, 30), CARACAS) == datetime(2026, 11, 25, 13, 30, tzinfo=UTC)
    assert instant(date(2015, 11, 25), time(9, 30), CARACAS) == datetime(2015, 11, 25, 14, 0, tzinfo=UTC)
    assert instant(date(2016, 5, 1), time(2, 45), CARACAS) is None
    madrid = ZoneInfo("Europe/Madrid")
    assert instant(date(2026, 10, 25), time(2, 30), madrid) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
