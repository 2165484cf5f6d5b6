"""Patients: who is here already, taking in, correcting, finding. Whoever books may do it; nothing clinical is in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from clinic.booking.agenda import Query
from clinic.booking.day import Span, day_of
from clinic.people import claims
from clinic.people.faults import Fault as TypedFault
from clinic.people.patient import Demographics, Patient
from clinic.people.patients import Changed, ErasedPatient, Exists, Saved, UnknownPatient
from clinic.people.registration import Registration, read, read_correction
from clinic.people.request import Request
from clinic.people.search import read_search
from signaling.api.fault import Fault, unprocessable
from signaling.api.patient_view import (
    Alike,
    Correction,
    Found,
    NewPatient,
    PatientSheet,
    Recognised,
    Wanted,
    sheet,
    view,
)
from signaling.api.route import Asked, Route

if TYPE_CHECKING:
    from signaling.api.gate import ApiGate

ABOUT_NOW: Final = timedelta(days=7)
"""Whose appointment is this near to now is looked at first when a name is sought."""


def routes(gate: ApiGate) -> tuple[Route, ...]:
    """All of this file."""
    path = "/api/v1/patients"
    return (
        Route("POST", path, "patients.create", "patients.write", create, "Take in a new patient.",
              body=NewPatient, answer=PatientSheet, status=201, keys=True, needs_key=True,
              faults=("patient-known", "patient-alike", "patient-erased", "idempotency-key-reused")),
        Route("POST", f"{path}/recognise", "patients.recognise", "patients.read", recognise,
              "Who is, or may be, this person already?", body=Registration, answer=Recognised, keys=True),
        Route("POST", f"{path}/find", "patients.find", "patients.read", find,
              "Find patients by a document, a phone or a name.", body=Wanted, answer=Found, keys=True),
        Route("GET", f"{path}/{{id}}", "patients.read", "patients.read", read_one, "All that is known of a patient.",
              answer=PatientSheet, keys=True, faults=("patient-erased",)),
        Route("PUT", f"{path}/{{id}}", "patients.correct", "patients.write", correct, "Correct a patient.",
              body=Correction, answer=PatientSheet, keys=True,
              faults=("changed", "patient-known", "patient-erased")),
    )  # fmt: skip


async def create(asked: Asked) -> PatientSheet:
    """An identifier that somebody has decides by itself; who is only alike must have been looked at."""
    typed, office = asked.body(NewPatient), asked.office
    person, request = _read(read(typed, today(asked))), request_of(asked)
    try:
        alike = [each for each in await office.patients.like(person) if each.patient not in typed.not_these]
        if alike and not any(each.reason == "identifier" for each in alike):
            raise Fault(409, "patient-alike", more={"patients": " ".join(each.patient for each in alike)})
        await office.claims.claim(request.id, typed.model_dump_json())
        made = await office.patients.create(person, request)
    except claims.KeyReused:
        raise Fault(422, "idempotency-key-reused") from None
    except ErasedPatient:
        raise Fault(410, "patient-erased") from None
    return sheet(_own(made), today(asked))


async def recognise(asked: Asked) -> Recognised:
    person = _read(read(asked.body(Registration), today(asked)))
    alike = await asked.office.patients.like(person)
    known = await asked.office.patients.some(each.patient for each in alike)
    await _audited(asked, known)
    return Recognised(
        alike=tuple(
            Alike(patient=view(known[each.patient], today(asked)), reason=each.reason, differences=each.differences,
                  sure=each.sure)
            for each in alike if each.patient in known
        )
    )  # fmt: skip


async def find(asked: Asked) -> Found:
    search = read_search(asked.body(Wanted).text)
    if isinstance(search, TypedFault):
        raise unprocessable([search])
    among = await _about_now(asked) if search.name else ()
    found = await asked.office.patients.found(search, among)
    await _audited(asked, (patient.id for patient in found))
    return Found(patients=tuple(view(patient, today(asked)) for patient in found))


async def read_one(asked: Asked) -> PatientSheet:
    patient = await load(asked, asked.path("id"))
    await _audited(asked, [patient.id])
    return sheet(patient, today(asked))


async def correct(asked: Asked) -> PatientSheet:
    typed, patient_id = asked.body(Correction), asked.path("id")
    person = _read(read_correction(typed, today(asked)))
    try:
        saved = await asked.office.patients.correct(patient_id, typed.version, person, request_of(asked))
    except UnknownPatient:
        raise Fault(404, "not-found") from None
    except ErasedPatient:
        raise Fault(410, "patient-erased") from None
    return sheet(_own(saved), today(asked))


async def load(asked: Asked, patient_id: str) -> Patient:
    """Raises Fault."""
    try:
        return await asked.office.patients.load(patient_id)
    except UnknownPatient:
        raise Fault(404, "not-found") from None
    except ErasedPatient:
        raise Fault(410, "patient-erased") from None


def today(asked: Asked) -> date:
    """By the clinic's calendar."""
    return day_of(asked.now, asked.office.zone)


def request_of(asked: Asked) -> Request:
    """Its id is the author's own: two clients may send the same idempotency key."""
    return Request(asked.as_author.key_sha256, asked.actor, asked.role, asked.now)


def _read(person: Demographics | tuple[TypedFault, ...]) -> Demographics:
    if isinstance(person, tuple):
        raise unprocessable(person)
    return person


def _own(outcome: Saved | Exists | Changed) -> Patient:
    """What was written. Raises Fault where nothing was."""
    match outcome:
        case Exists(patient):
            raise Fault(409, "patient-known", more={"patient": patient.id})
        case Changed(patient):
            raise Fault(409, "changed", more={"version": str(patient.version)})
        case Saved(patient):
            return patient


async def _about_now(asked: Asked) -> tuple[str, ...]:
    span = Span(asked.now - ABOUT_NOW, asked.now + ABOUT_NOW)
    page = await asked.office.diary.agenda.page(Query(span, limit=200))
    return tuple(appointment.patient for appointment in page.appointments)


async def _audited(asked: Asked, patients: Iterable[str]) -> None:
    for patient in patients:
        await asked.office.audit.record_read(
            asked.actor, asked.role, patient, ["demographics"], asked.now, purpose="PATADMIN", request=asked.id
        )
