"""Join links of an appointment: made for a seat and told once, sent again as a new one, revoked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from clinic.booking.appointment import Appointment
from clinic.consultation import Consultation
from clinic.people.patient import Patient
from clinic.people.patients import ErasedPatient
from clinic.people.second_check import Question
from signaling.api.appointment_view import NewLink, Revoked
from signaling.api.appointments import load
from signaling.api.diary_view import linkable
from signaling.api.fault import Fault
from signaling.api.invitation import invitation
from signaling.api.route import Asked, Route

if TYPE_CHECKING:
    from signaling.api.gate import ApiGate


class Asking(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    check: Question | Literal["none"] | None = None
    """What a patient's link asks first; absent: what the clinic has set (`HILO_JOIN_CHECK`)."""


def routes(gate: ApiGate) -> tuple[Route, ...]:
    """All of this file."""
    path = "/api/v1/appointments/{id}/links/{seat}"
    return (
        Route("POST", path, "links.issue", "appointments.write", issue,
              "A new join link of a patient or companion; earlier ones stay good.", query=Asking, answer=NewLink,
              status=201, keys=True, faults=("closed", "patient-erased")),
        Route("DELETE", path, "links.revoke", "appointments.write", revoke,
              "Make all join links of a seat worthless.", answer=Revoked, keys=True),
    )  # fmt: skip


async def issue(asked: Asked) -> NewLink:
    """Not of an appointment that is over or called off: such a link would open nothing."""
    appointment, seat, state = await _seat(asked)
    if not appointment.occupies or state.status == "ended":
        raise Fault(409, "closed")
    patient = await _patient(asked, appointment)
    role, name = linkable(appointment, patient, state)[seat]
    token = await asked.office.store.issue_link(appointment.id, seat, asked.as_actor)
    profile = (await asked.office.profiles.newest()).profile
    check = asked.query(Asking).check or profile.second_check or asked.office.join_check
    if role == "patient" and check != "none":
        await asked.office.join_checks.demand(token, check, state.closes_at)
    url = f"{asked.office.base_url}/join/{token}"
    person, zone = patient.demographics, asked.office.zone
    return NewLink(
        seat=seat,
        url=url,
        message=invitation(person.language, name, appointment.starts_at.astimezone(zone), url),
        phones=tuple(phone.e164 for phone in person.reachable_at) if role == "patient" else (),
        expires_at=state.closes_at.astimezone(zone),
    )


async def revoke(asked: Asked) -> Revoked:
    appointment, seat, _ = await _seat(asked)
    return Revoked(links=await asked.office.store.revoke(appointment.id, seat, asked.as_actor))


async def _seat(asked: Asked) -> tuple[Appointment, str, Consultation]:
    """Raises Fault."""
    appointment, seat = await load(asked, asked.path("id")), asked.path("seat")
    state = (await asked.office.store.load(appointment.id)).consultation
    if seat not in linkable(appointment, None, state):
        raise Fault(404, "not-found")
    return appointment, seat, state


async def _patient(asked: Asked, appointment: Appointment) -> Patient:
    try:
        return await asked.office.patients.load(appointment.patient)
    except ErasedPatient:
        raise Fault(410, "patient-erased") from None
