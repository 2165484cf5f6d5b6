"""Who sits in the seats of a consultation, and why they meet: read from the diary and from people, where it is sealed.

A consultation that the diary planned holds ids only. One that was made without the diary has its names itself.
"""

from __future__ import annotations

from dataclasses import replace

from clinic.booking.appointment import Appointment
from clinic.consultation import Consultation
from clinic.people.patients import ErasedPatient, UnknownPatient
from clinic.people.roster import UnknownMember
from clinic.privacy.sealing import Shredded
from signaling.office import Office


async def named(office: Office, state: Consultation) -> Consultation:
    """The same with every name and the reason in it; empty where a person was erased. May raise `Unavailable`."""
    if all(seat.name for seat in state.seats):
        return state
    found = await office.diary.agenda.find(state.id)
    if found is None:
        return state
    try:
        appointment = await office.diary.agenda.load(state.id)
    except Shredded:
        return state
    names = await _names(office, appointment)
    seats = tuple(replace(seat, name=seat.name or names.get(seat.id, "")) for seat in state.seats)
    return replace(state, seats=seats, reason=state.reason or appointment.reason.title)


async def _names(office: Office, appointment: Appointment) -> dict[str, str]:
    companions = {companion.seat: companion.name for companion in appointment.companions}
    earlier = {before.seat: await _physician(office, before.physician) for before in appointment.handed}
    return (
        companions
        | earlier
        | {
            appointment.patient_seat: await _patient(office, appointment.patient),
            appointment.physician_seat: await _physician(office, appointment.physician),
        }
    )


async def _patient(office: Office, patient: str) -> str:
    try:
        return (await office.patients.load(patient)).demographics.name
    except (ErasedPatient, UnknownPatient):
        return ""


async def _physician(office: Office, physician: str) -> str:
    try:
        return (await office.roster.load(physician)).profile.name
    except UnknownMember:
        return ""
