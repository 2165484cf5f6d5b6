"""The clinic that `hilo demo` serves: its staff, its patients, and today's first appointment. Nobody in it is real."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from clinic.booking.appointment import Reason
from clinic.booking.request import Author, Wanted
from clinic.booking.step import Done
from clinic.people.identifiers import Cedula
from clinic.people.patient import Demographics, Sex
from clinic.people.phones import Phone, parse_phone
from clinic.people.request import Request
from clinic.people.staff import Member, Profile
from signaling.office import Office

PATIENT: Final = "María González"
PHYSICIAN: Final = "Dra. Carmen Rojas"
COMPANION: Final = "Luis González"
REASON: Final = "Control de presión arterial y dolor de cabeza desde hace una semana"
LENGTH: Final = timedelta(minutes=60)
STAFF: Final = (
    Profile(PHYSICIAN, "carmen", ("physician", "administrator"), "MPPS 45.678", "Medicina interna"),
    Profile("Dr. Andrés Blanco", "andres", ("physician",), "MPPS 51.220", "Medicina familiar"),
    Profile("Yelitza Marcano", "yelitza", ("coordinator",)),
)
_LATER: Final[tuple[tuple[str, Cedula, date, Sex, str, str], ...]] = (
    ("José Ramírez", Cedula("V", 8123456), date(1958, 7, 2), "male", "0414-5550102", "Resultados de laboratorio"),
    ("Ana Peña", Cedula("V", 21456789), date(1994, 3, 19), "female", "0424-5550103", "Fiebre y dolor de garganta"),
)  # fmt: skip


@dataclass(frozen=True)
class Made:
    """What the demo shows: the appointment's join tokens by role, and how to sign in."""

    tokens: dict[str, str] = field(repr=False)
    password: str = field(repr=False)
    """Of all staff, new at each start."""


async def make(office: Office, now: datetime, companion: bool) -> Made:
    """The clinic, as far as it is not there from a start before, with a new appointment from now on."""
    await office.vault.claim()
    password = " ".join(secrets.token_hex(2) for _ in range(4))
    carmen, *_ = [await _member(office, profile, password, now) for profile in STAFF]
    maria = await _patient(office, PATIENT, Cedula("V", 12345678), date(1979, 5, 14), "female", "0412-5550101", now)
    companions = (COMPANION,) if companion else ()
    id = await _booked(office, Wanted(maria, carmen, now, now + LENGTH, Reason(REASON), companions), now)
    for number, (name, cedula, born, sex, phone, why) in enumerate(_LATER):
        patient = await _patient(office, name, cedula, born, sex, phone, now)
        starts_at = now + LENGTH + timedelta(minutes=20 * number)
        await _booked(office, Wanted(patient, carmen, starts_at, starts_at + timedelta(minutes=20), Reason(why)), now)
    seats = (await office.store.load(id)).consultation.seats
    return Made({seat.role: await office.store.issue_link(id, seat.id) for seat in seats}, password)


async def _member(office: Office, profile: Profile, password: str, now: datetime) -> str:
    request = _request(now)
    member = await office.roster.with_sign_in(profile.sign_in) or await office.roster.add(profile, request)
    if not isinstance(member, Member):
        raise RuntimeError(f"the demo cannot add its staff: {member}")
    before = await office.credentials.load(member.id)
    await office.credentials.set_password(member.id, before, await office.hasher.hash(password), request)
    return member.id


async def _patient(office: Office, name: str, cedula: Cedula, born: date, sex: Sex, phone: str, now: datetime) -> str:
    number = parse_phone(phone)
    phones = (number,) if isinstance(number, Phone) else ()
    person = Demographics(name, born, sex, (cedula,), phones)
    return (await office.patients.create(person, _request(now))).patient.id


async def _booked(office: Office, wanted: Wanted, now: datetime) -> str:
    author = Author("clinic", "administrator", secrets.token_hex(8))
    done = await office.diary.book(wanted, author, now, may_overbook=True)
    if not isinstance(done, Done):
        raise RuntimeError(f"the demo cannot book its appointment: {done.code}")
    return done.appointment


def _request(now: datetime) -> Request:
    return Request(secrets.token_hex(8), "clinic", "administrator", now)
