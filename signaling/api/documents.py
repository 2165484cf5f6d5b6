"""What was signed, as a PDF: for staff any version, for a patient's link what counts now, and only of this visit."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from aiohttp import web

from clinic.people.patient import Patient
from clinic.record.events import Version
from clinic.record.paper import Document, Letterhead, PatientOnPaper, Signer, printed
from clinic.record.record import Record
from signaling.api import record_models as m
from signaling.api.fault import Fault
from signaling.api.record import names_of, telling
from signaling.api.route import Asked, Route
from signaling.office import Office
from signaling.texts import Lang

if TYPE_CHECKING:
    from signaling.api.gate import ApiGate

RENDERING: Final = asyncio.Semaphore(2)
"""Documents drawn at once: each takes a thread and a core for a moment."""

_FAULTS: Final = ("not-found", "record-unknown", "record-erased", "document-unknown")


def routes(gate: ApiGate) -> tuple[Route, ...]:
    """All of this file."""
    return (
        Route("GET", "/api/v1/consultations/{id}/record/versions/{number}/document", "record.document", "record.read",
              telling(_of_version), "A signed version on paper (PDF).", query=m.PrintedIn, faults=_FAULTS),
        Route("GET", "/api/v1/visit/documents", "visit.documents", "seat", telling(_listed),
              "What was signed for the patient in this visit.", answer=m.Documents, faults=("not-the-patient",)),
        Route("GET", "/api/v1/visit/documents/{number}", "visit.document", "seat", telling(_of_visit),
              "Prescription and instructions of this visit (PDF).", query=m.PrintedIn,
              faults=(*_FAULTS, "not-the-patient", "document-replaced")),
    )  # fmt: skip


async def _of_version(asked: Asked) -> web.Response:
    record = await asked.office.records.read(asked.path("id"), asked.actor, asked.role, asked.now)
    return await _printed(asked, record, _number(asked))


async def _listed(asked: Asked) -> m.Documents:
    """No words of it, so nothing is audited: a page may ask often."""
    await patients_only(asked)
    signed = await asked.office.records.signature(asked.seat.consultation)
    if signed is None:
        return m.Documents(documents=())
    name = (await names_of(asked.office, [signed.signed_by]))[signed.signed_by]
    return m.Documents(documents=(m.DocumentView(number=signed.number, signed_at=signed.signed_at, signed_by=name),))


async def _of_visit(asked: Asked) -> web.Response:
    """An older version that somebody takes to the pharmacy is a danger: only what counts is given out."""
    await patients_only(asked)
    record = await asked.office.records.read(asked.seat.consultation, asked.actor, "patient", asked.now)
    number = _number(asked)
    if record.signed is not None and 0 < number < record.signed.number:
        raise Fault(410, "document-replaced")
    return await _printed(asked, record, number)


async def patients_only(asked: Asked) -> None:
    """Raises Fault for a companion and a physician."""
    snapshot = await asked.office.store.load(asked.seat.consultation)
    seat = snapshot.consultation.seat(asked.seat.seat)
    if seat is None or seat.role != "patient":
        raise Fault(403, "not-the-patient")


def _number(asked: Asked) -> int:
    typed = asked.path("number")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0


async def _printed(asked: Asked, record: Record, number: int) -> web.Response:
    version = next((each for each in record.versions if each.number == number), None)
    if version is None:
        raise Fault(404, "document-unknown")
    patient = await asked.office.patients.load(record.patient)
    lang = asked.query(m.PrintedIn).lang or patient.demographics.language
    document = await document_of(asked.office, record, version, patient, lang)
    async with RENDERING:
        pdf = await asyncio.to_thread(printed, document)
    headers = {"Content-Disposition": f'attachment; filename="{_FILE[lang]}-{version.number}.pdf"'}
    headers["X-Content-Type-Options"] = "nosniff"
    return web.Response(body=pdf, content_type="application/pdf", headers=headers)


_FILE: Final[dict[Lang, str]] = {"es": "indicaciones", "en": "instructions"}
"""Of the file that is saved: no name and no date."""


async def document_of(office: Office, record: Record, version: Version, patient: Patient, lang: Lang) -> Document:
    """All that the paper says. Raises UnknownMember for a signature of nobody that works or worked here."""
    signer, person = (await office.roster.load(version.signed_by)).profile, patient.demographics
    identifier = str(person.identifiers[0]) if person.identifiers else ""
    return Document(
        letterhead=await letterhead(office),
        signer=Signer(signer.name, signer.licence, signer.specialty),
        patient=PatientOnPaper(person.name, identifier, person.birth_date),
        version=version, seen_at=record.started_at, zone=office.zone, lang=lang,
    )  # fmt: skip


async def letterhead(office: Office) -> Letterhead:
    """The clinic over each page."""
    profile = (await office.profiles.newest()).profile
    return Letterhead(profile.name, profile.lines)
