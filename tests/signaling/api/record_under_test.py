"""What tests of the record share: a booked visit, its record's fields as a page writes them, and its patient's link."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from api_under_test import Api, Person

from clinic.booking.appointment import Reason
from clinic.booking.request import Author, Wanted
from clinic.booking.step import Done
from clinic.people.patient import Demographics
from clinic.people.patients import Saved
from clinic.people.registration import Registration, read
from clinic.people.request import Request

FULL: dict[str, Any] = {
    "reason": "Cefalea desde hace tres días",
    "impressions": [{"id": "i1", "text": "Migraña sin aura", "code": "G43.0"}],
    "prescriptions": [
        {"id": "p1", "medication": "Paracetamol 500 mg", "dose": "1 tableta", "route": "oral",
         "frequency": "cada 8 h", "duration": "3 días"},
    ],
    "instructions": "Reposo y mucha agua",
    "next_action": {"kind": "follow-up", "on": "2026-12-15"},
}  # fmt: skip


@dataclass
class Visit:
    """One appointment of the API's physician, which is a consultation too."""

    api: Api
    id: str
    patient: str
    token: str
    """Of the patient's join link."""
    edits: Any = field(default_factory=lambda: itertools.count(1))

    @property
    def physician(self) -> Person:
        return self.api.staff["physician"]

    async def do(self, act: str, body: object = None, *, by: Person | None = None, status: int = 200) -> Any:
        return await (by or self.physician).ask(
            "POST", f"/api/v1/consultations/{self.id}/record{act}", body, status=status
        )

    async def read(self, what: str = "", *, by: Person | None = None, status: int = 200) -> Any:
        return await (by or self.physician).ask("GET", f"/api/v1/consultations/{self.id}/record{what}", status=status)

    async def save(
        self, name: str, value: object, base: int = 0, client: str = "page-a", status: int = 200, **more: Any
    ) -> Any:
        body = {"field": name, "value": value, "base": base, "client": client, "edit": next(self.edits)}
        return await self.physician.ask(
            "POST", f"/api/v1/consultations/{self.id}/record/fields", body, status=status, **more
        )

    async def fill(self, **changes: object) -> None:
        for name, value in {**FULL, **changes}.items():
            await self.save(name, value)

    async def sign(self) -> Any:
        """From an empty record to a signed one."""
        await self.do("")
        await self.fill()
        await self.do("/complete")
        return await self.do("/sign", {})

    async def with_link(self, path: str, *, token: str = "", status: int = 200, **more: Any) -> Any:
        headers = {"Authorization": f"Join {token or self.token}"}
        return await self.api.stranger.ask("GET", path, status=status, headers=headers, **more)


async def booked(api: Api, name: str = "Ana Peña", cedula: str = "V-12345678", minutes: int = 30) -> Visit:
    """A visit that begins soon, with a companion."""
    office = api.office
    now = office.now()
    person = read(Registration(name=name, cedula=cedula, birth_date="1984-03-07"), now.date())
    assert isinstance(person, Demographics), person
    saved = await office.patients.create(person, Request(f"new-{cedula}", "clinic", "coordinator", now))
    assert isinstance(saved, Saved)
    physician = api.staff["physician"].member
    assert physician is not None
    start = now + timedelta(minutes=minutes)
    wanted = Wanted(saved.patient.id, physician.id, start, start + timedelta(minutes=20), Reason("Dolor"), ("Eva",))
    done = await office.diary.book(wanted, Author("clinic", "coordinator", f"book-{cedula}"), now)
    assert isinstance(done, Done), done
    appointment = await office.diary.agenda.load(done.appointment)
    token = await office.store.issue_link(appointment.id, appointment.patient_seat)
    return Visit(api, appointment.id, saved.patient.id, token)
