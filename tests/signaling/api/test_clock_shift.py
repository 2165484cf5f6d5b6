"""Appointments about the night in which a clinic's clock is put forward: the next one of New York."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from api_under_test import api as serving
from booking_desk import ana, wanted

from clinic.booking.day import day_span

NEW_YORK = ZoneInfo("America/New_York")


def next_short_day(today: date) -> date:
    """The next day of 23 hours: at 2:00 the clock shows 3:00."""
    days = (today + timedelta(days=ahead) for ahead in range(1, 400))
    spans = ((day, day_span(day, NEW_YORK)) for day in days)
    return next(day for day, span in spans if span.ends_at - span.starts_at == timedelta(hours=23))


async def test_the_wall_clock_counts_and_a_time_that_it_skips_is_told(redis_url: str) -> None:
    async with serving(redis_url, time_zone="America/New_York") as api:
        person = api.staff["coordinator"]
        patient = await ana(person)
        day = next_short_day(api.office.now().astimezone(NEW_YORK).date())

        skipped = wanted(api, patient, starts_at=f"{day}T02:30")
        told = await person.ask("POST", "/api/v1/appointments", skipped, status=422)
        assert [(each["field"], each["code"]) for each in told["fields"]] == [("starts_at", "no-such-time")]
        assert "reloj" in told["fields"][0]["message"]

        night = wanted(api, patient, starts_at=f"{day}T01:50", minutes=20)
        first = await person.ask("POST", "/api/v1/appointments", night, status=201)
        assert (first["starts_at"], first["ends_at"]) == (f"{day}T01:50:00-05:00", f"{day}T03:10:00-04:00")
        shown = await person.ask("GET", f"/api/v1/appointments?day={day}")
        length = datetime.fromisoformat(shown["ends_at"]) - datetime.fromisoformat(shown["starts_at"])
        assert length == timedelta(hours=23)
        assert [each["id"] for each in shown["appointments"]] == [first["id"]]

        path = f"/api/v1/appointments/{first['id']}/reschedule"
        moved = await person.ask("POST", path, {"starts_at": f"{day}T09:00", "minutes": 20})
        assert moved["starts_at"] == f"{day}T09:00:00-04:00"
        told = await person.ask("POST", path, {"starts_at": f"{day}T02:59", "minutes": 20}, status=422)
        assert told["fields"][0]["code"] == "no-such-time"
