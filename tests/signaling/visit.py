"""An appointment of the diary with its people, and the links of its seats: what a clinic's day begins with."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from clinic_under_test import Clinic

from clinic.booking.appointment import Appointment, Reason
from clinic.booking.request import Author, Wanted
from clinic.booking.step import Done
from clinic.people.identifiers import Cedula, Minor
from clinic.people.patient import Demographics, Guardian
from clinic.people.request import Request
from clinic.people.staff import Member, Profile
from signaling.office import Office

MOTHER = Guardian("Rosa Paz", Cedula("V", 11222333), "MTH")
ADULT = Demographics("Luis Paz", date(1980, 5, 17), "male", (Cedula("V", 12345678),))
CHILD = Demographics("Ana Paz", date(2020, 2, 29), "female", (Minor(MOTHER.identifier, 1),), (), MOTHER)


@dataclass(frozen=True)
class Booked:
    appointment: Appointment
    patient: str


async def book(place: Clinic, person: Demographics = ADULT, companions: tuple[str, ...] = ()) -> Booked:
    """From now on for 20 minutes; `place` then is about this consultation, and has its tokens."""
    office = place.services[0].office
    now = office.now()
    patient = await office.patients.create(person, Request(_key(), "clinic", "administrator", now))
    wanted = Wanted(
        patient.patient.id, await physician(office), now, now + timedelta(minutes=20), Reason("Control"), companions
    )
    author = Author("clinic", "administrator", _key())
    done = await office.diary.book(wanted, author, now, may_overbook=True)
    assert isinstance(done, Done)
    appointment = await office.diary.agenda.load(done.appointment)
    place.consultation = appointment.id
    place.seats = {"patient": appointment.patient_seat, "physician": appointment.physician_seat}
    place.seats |= {"companion": appointment.companions[0].seat} if companions else {}
    place.tokens = {role: await place.store.issue_link(appointment.id, seat) for role, seat in place.seats.items()}
    return Booked(appointment, patient.patient.id)


async def physician(office: Office) -> str:
    """The id of the clinic's one physician."""
    found = await office.roster.with_sign_in("carmen")
    if found is None:
        profile = Profile("Dra. Carmen Rojas", "carmen", ("physician",), "MPPS 45.678")
        made = await office.roster.add(profile, Request(_key(), "clinic", "administrator", office.now()))
        assert isinstance(made, Member)
        found = made
    return found.id


def _key() -> str:
    return secrets.token_hex(8)
