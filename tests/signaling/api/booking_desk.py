"""What tests of booking share: patients to take in and times to book, as the office's page sends them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from api_under_test import Api, Person

ANA = {
    "name": "Ana María Paz", "cedula": "V-12.345.678", "birth_date": "17/05/1980", "sex": "female",
    "phones": ["0412-1234567"],
}  # fmt: skip
SECRET = "sangrado desde hace tres días"


async def ana(person: Person, **changes: Any) -> str:
    """A patient's id."""
    sheet = await person.ask("POST", "/api/v1/patients", {**ANA, **changes}, status=201)
    return str(sheet["id"])


def physician(api: Api) -> str:
    member = api.staff["physician"].member
    assert member is not None
    return member.id


def tomorrow(api: Api, hour: int = 9, minute: int = 0) -> str:
    """On the clinic's wall clock: without an offset."""
    day = api.office.now().astimezone(api.office.zone) + timedelta(days=1)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0, tzinfo=None).isoformat()


def wanted(api: Api, of: str, **changes: Any) -> dict[str, Any]:
    body = {"patient": of, "physician": physician(api), "starts_at": tomorrow(api), "minutes": 20}
    return {**body, "reason": SECRET, **changes}


async def booked(api: Api, **changes: Any) -> dict[str, Any]:
    """An appointment of a new patient, by the coordinator."""
    person = api.staff["coordinator"]
    patient = await ana(person)
    sheet: dict[str, Any] = await person.ask(
        "POST", "/api/v1/appointments", wanted(api, patient, **changes), status=201
    )
    return sheet


async def at(api: Api, appointment: str) -> datetime:
    found = await api.office.diary.agenda.load(appointment)
    return found.starts_at
