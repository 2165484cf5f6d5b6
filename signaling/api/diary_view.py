"""From the diary's appointments to what the API shows: names are opened for it, clinical words only for who treats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from clinic.booking.appointment import Appointment
from clinic.consultation import Consultation, Role
from clinic.people.patient import Patient
from clinic.people.roster import UnknownMember
from clinic.people.staff import may
from signaling.api.appointment_view import (
    AppointmentSheet,
    AppointmentView,
    CompanionView,
    LinkView,
    StaffName,
)
from signaling.api.patient_view import view
from signaling.api.patients import today
from signaling.api.route import Asked


async def views_of(asked: Asked, appointments: Iterable[Appointment]) -> tuple[AppointmentView, ...]:
    """As lists show them."""
    wanted = tuple(appointments)
    patients = await asked.office.patients.some(each.patient for each in wanted)
    names = await _names(asked, (who for each in wanted for who in (each.physician, each.created_by)))
    return tuple(AppointmentView(**_fields(asked, each, patients, names)) for each in wanted)


async def sheet_of(asked: Asked, appointment: Appointment) -> AppointmentSheet:
    """Alone, with its links. A clinical read is in the audit before it is given out."""
    patients = await asked.office.patients.some([appointment.patient])
    names = await _names(asked, (appointment.physician, appointment.created_by))
    clinical = asked.member is not None and may(asked.member, "record.read")
    if clinical:
        await asked.office.audit.record_read(
            asked.actor, asked.role, appointment.patient, ["reason"], asked.now,
            consultation=appointment.id, request=asked.id,
        )  # fmt: skip
    state = (await asked.office.store.load(appointment.id)).consultation
    why = appointment.cancellation.why if appointment.cancellation else ""
    return AppointmentSheet(
        **_fields(asked, appointment, patients, names),
        links=await _links(asked, appointment, patients.get(appointment.patient), state),
        links_until=state.closes_at.astimezone(asked.office.zone),
        reason=appointment.reason.title if clinical else None,
        reason_code=appointment.reason.code if clinical else None,
        cancelled_why=why if clinical else None,
    )


def linkable(appointment: Appointment, patient: Patient | None, state: Consultation) -> dict[str, tuple[Role, str]]:
    """Seats that get a link from whoever books, with role and name. The physician's is not among them: who has it is in
    the call as the physician."""
    there = {seat.id for seat in state.held}
    seats: dict[str, tuple[Role, str]] = {
        appointment.patient_seat: ("patient", patient.demographics.name if patient else "")
    }
    return seats | {each.seat: ("companion", each.name) for each in appointment.companions if each.seat in there}


async def _links(
    asked: Asked, appointment: Appointment, patient: Patient | None, state: Consultation
) -> tuple[LinkView, ...]:
    sent = await asked.office.store.linked_seats(appointment.id)
    over = state.status == "ended" or state.closes_at <= asked.now
    return tuple(
        LinkView(seat=seat, role=role, name=name, state=("expired" if over else "sent") if seat in sent else "none")
        for seat, (role, name) in linkable(appointment, patient, state).items()
    )


async def _names(asked: Asked, staff: Iterable[str]) -> dict[str, StaffName]:
    """Whoever is no member of staff, an API key, has no name here."""
    names: dict[str, StaffName] = {}
    for each in dict.fromkeys(staff):
        try:
            names[each] = StaffName(id=each, name=(await asked.office.roster.load(each)).profile.name)
        except UnknownMember:
            names[each] = StaffName(id=each, name="")
    return names


def _fields(
    asked: Asked, appointment: Appointment, patients: Mapping[str, Patient], names: Mapping[str, StaffName]
) -> dict[str, object]:
    patient, zone = patients.get(appointment.patient), asked.office.zone
    return {
        "id": appointment.id,
        "patient": view(patient, today(asked)) if patient else None,
        "patient_id": appointment.patient,
        "physician": names[appointment.physician],
        "starts_at": appointment.starts_at.astimezone(zone),
        "ends_at": appointment.ends_at.astimezone(zone),
        "status": appointment.status,
        "absence": appointment.absence,
        "cancelled_by": appointment.cancellation.party if appointment.cancellation else None,
        "overbooked": appointment.overbooked,
        "source": appointment.source,
        "booked_by": names[appointment.created_by],
        "companions": tuple(CompanionView(seat=each.seat, name=each.name) for each in appointment.companions),
    }
