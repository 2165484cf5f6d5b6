"""Consent at the door: what a seat still has to accept, and what it accepts, withdraws or is missing.

The record is clinic/intake/consents.py, per patient; the consultation's own event only opens the door. A consultation
that no patient of the diary has is asked the same text, and its timeline is the record.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from clinic.booking.appointment import Appointment
from clinic.booking.day import day_of
from clinic.consultation import Consultation, Seat
from clinic.intake.consent import (
    ByCompanion,
    ByGuardian,
    Consent,
    Entrance,
    Giver,
    Grant,
    Missing,
    Oneself,
    Refusal,
    in_force,
    may_enter,
)
from clinic.intake.consent_text import ConsentText
from clinic.people.identifiers import Cedula, Passport, parse_cedula, parse_passport
from clinic.people.patient import Demographics, Patient
from clinic.people.patients import ErasedPatient, UnknownPatient
from clinic.people.request import Request
from clinic.privacy.sealing import Shredded
from signaling import protocol as p
from signaling.office import Office
from signaling.texts import Lang

_PASSPORT: Final = re.compile(r"\s*([^\W\d_]{2,3})[\s.-]+(\S.*)")
_CODES: Final[dict[str, p.RefusedCode]] = {
    "text-changed": "stale-consent",
    "items-missing": "consent-items",
    "not-accepted": "consent-items",
    "guardian-needed": "guardian-needed",
    "name-missing": "guardian-needed",
    "guardian-is-patient": "guardian-wrong",
    "not-a-minor": "guardian-wrong",
}


@dataclass(frozen=True)
class Visit:
    """The appointment behind a consultation, and whom it is about."""

    appointment: Appointment
    patient: Patient


async def visit_of(office: Office, consultation: str) -> Visit | None:
    """None: the diary knows nothing of it, or its patient was erased. May raise `Unavailable`."""
    if await office.diary.agenda.find(consultation) is None:
        return None
    try:
        appointment = await office.diary.agenda.load(consultation)
        return Visit(appointment, await office.patients.load(appointment.patient))
    except (ErasedPatient, Shredded, UnknownPatient):
        return None


async def asked(office: Office, state: Consultation, seat: Seat, lang: Lang) -> p.ConsentText | None:
    """What the seat must accept before it may enter; None: nothing (any more). May raise `Unavailable`."""
    if seat.is_physician:
        return None
    visit = await visit_of(office, state.id)
    if visit is None and seat.may_enter:
        return None
    newest = await office.consent_texts.found(office.now())
    missing = await _missing(office, visit, seat, newest) if visit else Missing("never-given")
    if missing is None and seat.may_enter:
        return None
    person = visit.patient.demographics if visit else None
    return _shown(newest, lang, missing.code if missing else "never-given", _giver(office, seat, person))


async def accept(office: Office, state: Consultation, seat: Seat, command: p.Consent) -> p.RefusedCode | None:
    """Make what the page accepts part of the patient's record, once per command. May raise `Unavailable`."""
    visit = await visit_of(office, state.id)
    if visit is None:
        return await _accept_unrecorded(office, command)
    giver = _given_by(seat, command)
    if giver is None:
        return "guardian-document"
    given = await office.consents.give(
        visit.patient, _grant(state, seat, command, giver), _request(office, seat, command)
    )
    return _CODES.get(given.code, "not-allowed") if isinstance(given, Refusal) else None


async def withdraw(office: Office, state: Consultation, seat: Seat, command: p.Withdraw) -> None:
    """Take the seat's consent back, if one is in force. May raise `Unavailable`."""
    visit = await visit_of(office, state.id)
    if visit is None:
        return
    given = in_force(await office.consents.of(visit.patient.id), seat.id)
    if given is not None:
        await office.consents.withdraw(visit.patient.id, given.id, _request(office, seat, command))


async def _missing(office: Office, visit: Visit, seat: Seat, newest: ConsentText) -> Missing | None:
    person = visit.patient.demographics if seat.role == "patient" else None
    entrance = Entrance(seat.id, newest, person, entered=seat.generation > 0, zone=office.zone)
    found = may_enter(await office.consents.of(visit.patient.id), entrance, office.now())
    return None if isinstance(found, Consent) else found


async def _accept_unrecorded(office: Office, command: p.Consent) -> p.RefusedCode | None:
    newest = await office.consent_texts.found(office.now())
    current = (str(newest.version), newest.sha256(command.lang))
    return None if (command.text_version, command.text_sha256) == current else "stale-consent"


def _shown(text: ConsentText, lang: Lang, why: p.ConsentWhy, by: p.ConsentBy) -> p.ConsentText:
    items = tuple(
        p.ConsentItem(id=item.id, text=item.text.in_language(lang), optional=item.optional)
        for item in text.wording.items
    )
    return p.ConsentText(version=str(text.version), lang=lang, sha256=text.sha256(lang), items=items, why=why, by=by)


def _giver(office: Office, seat: Seat, person: Demographics | None) -> p.ConsentBy:
    if seat.role == "companion":
        return "companion"
    minor = person is not None and person.is_minor_on(day_of(office.now(), office.zone))
    return "guardian" if minor else "self"


def _given_by(seat: Seat, command: p.Consent) -> Giver | None:
    """None: the guardian's document cannot be read."""
    if seat.role == "companion":
        return ByCompanion()
    if command.guardian is None:
        return Oneself()
    document = _document(command.guardian.document)
    if document is None:
        return None
    return ByGuardian(command.guardian.name, document, command.guardian.relation, command.guardian.present)


def _document(typed: str) -> Cedula | Passport | None:
    """A cédula, or a passport as its country's code and its number: `COL AB123456`."""
    cedula = parse_cedula(typed)
    if isinstance(cedula, Cedula):
        return cedula
    match = _PASSPORT.fullmatch(typed)
    passport = parse_passport(match[1], match[2]) if match else None
    return passport if isinstance(passport, Passport) else None


def _grant(state: Consultation, seat: Seat, command: p.Consent, giver: Giver) -> Grant:
    by_name = isinstance(giver, ByGuardian)
    return Grant(
        appointment=state.id,
        seat=seat.id,
        seat_role="companion" if seat.role == "companion" else "patient",
        version=int(command.text_version) if command.text_version.isdecimal() else 0,
        sha256=command.text_sha256,
        language=command.lang,
        accepted=command.accepted,
        declined=command.declined,
        method="typed-name" if by_name else "click",
        giver=giver,
        typed_name=giver.name if isinstance(giver, ByGuardian) else "",
    )


def _request(office: Office, seat: Seat, command: p.Consent | p.Withdraw) -> Request:
    return Request(command.id, seat.id, seat.role, office.now())
