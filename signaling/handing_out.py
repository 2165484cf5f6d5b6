"""A patient's data, handed out: one zip with all of it as FHIR, the signed papers, and the record of processing.

The audit tells before anything is read. For routes, which say who may ask.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from io import BytesIO
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile

from clinic.booking.appointment import Appointment
from clinic.consultation import Consultation
from clinic.events import Chat
from clinic.holdings.dossier import Dossier, Visit
from clinic.holdings.erasing import appointments_of
from clinic.holdings.fhir import Builder
from clinic.holdings.processing import Access, Category, ProcessingRecord, as_html, processing_record
from clinic.intake.triage import UnknownTriage
from clinic.people.patient import Language
from clinic.people.request import Request
from clinic.people.roster import UnknownMember
from clinic.people.staff import Profile
from clinic.record.paper import printed
from clinic.record.record import Record
from clinic.record.records import UnknownRecord
from clinic.records import Stored
from clinic.store import UnknownConsultation
from signaling.api.documents import document_of
from signaling.office import Office

PAGE: Final = 500
CLASSES: Final = ("demographics", "appointments", "record", "triage", "chat", "consents", "accesses")


@dataclass(frozen=True)
class HandOut:
    """`content`: of `filename`, a zip."""

    filename: str
    content: bytes


async def hand_out(office: Office, patient: str, reader: Request, fhir_base: str) -> HandOut:
    """Everything. `fhir_base`: of identifiers, as `https://clinic.example/fhir/sid`. Raises UnknownPatient,
    ErasedPatient and Unavailable."""
    person = await office.patients.load(patient)
    await office.audit.record_read(
        reader.actor, reader.role, patient, CLASSES, reader.at, purpose="PATRQT", request=reader.id
    )
    accesses = await _accesses(office, patient)
    dossier = await dossier_of(office, patient, reader)
    language = person.demographics.language
    processing = await _processing(office, dossier, accesses, reader, language)
    bundle = Builder(fhir_base, office.zone).bundle(dossier, reader.at)
    papers = [paper async for paper in _papers(office, dossier, language)]
    return await asyncio.to_thread(_zipped, office, patient, bundle, processing, papers)


async def register(office: Office, reader: Request, language: Language) -> tuple[ProcessingRecord, str]:
    """The clinic's own register of processing, without any patient: as it is, and as a page to read and print."""
    name = (await office.profiles.newest()).profile.name
    record = processing_record(name, office.policy, reader.at, language)
    return record, as_html(record, office.zone)


async def dossier_of(office: Office, patient: str, reader: Request) -> Dossier:
    """All that is stored of the patient, opened. Tell the audit before. Raises as `hand_out`."""
    async with aclosing(appointments_of(office.diary.agenda, patient)) as appointments:
        visits = [await _visit(office, appointment, reader) async for appointment in appointments]
    person, consents = await office.patients.load(patient), await office.consents.of(patient)
    staff = {id: profile for id in _staff_in(visits) if (profile := await _profile(office, id)) is not None}
    return Dossier(person, tuple(visits), consents, staff)


async def _visit(office: Office, appointment: Appointment, reader: Request) -> Visit:
    state, events = await _consultation(office, appointment.id)
    record = await _record(office, appointment.id, reader)
    try:
        response = await office.triage.load(appointment.id)
        answers = response, await office.triage.questionnaire(response)
    except UnknownTriage:
        return Visit(appointment, state, events, record)
    return Visit(appointment, state, events, record, answers)


async def _consultation(office: Office, id: str) -> tuple[Consultation | None, tuple[Stored, ...]]:
    try:
        state = (await office.store.load(id)).consultation
    except UnknownConsultation:
        return None, ()
    events: list[Stored] = []
    more = True
    while more:
        page = await office.store.events_after(id, events[-1].id if events else None, PAGE)
        events += page.events
        more = page.more
    return state, tuple(events)


async def _record(office: Office, consultation: str, reader: Request) -> Record | None:
    try:
        return await office.records.read(consultation, reader.actor, reader.role, reader.at)
    except UnknownRecord:
        return None


async def _profile(office: Office, id: str) -> Profile | None:
    try:
        return (await office.roster.load(id)).profile
    except UnknownMember:
        return None


async def _accesses(office: Office, patient: str) -> tuple[Access, ...]:
    """All reads of the patient's data, oldest first, this one too."""
    found: list[Access] = []
    before: str | None = None
    while True:
        page = await office.audit.page(before, PAGE, patient=patient, action="read")
        for entry in page.entries:
            fields = entry.fields
            member = await _profile(office, fields["actor"])
            found.append(
                Access.model_validate(
                    {
                        "at": fields["at"], "who": member.name if member else fields["actor"], "role": fields["role"],
                        "what": fields["facts"], "consultation": fields["consultation"],
                    }
                )
            )  # fmt: skip
        before = page.before
        if before is None:
            return tuple(reversed(found))


async def _processing(
    office: Office, dossier: Dossier, accesses: tuple[Access, ...], reader: Request, language: Language
) -> ProcessingRecord:
    visits = dossier.visits
    counts: Counter[Category] = Counter(
        {
            "identity": 1,
            "appointments": len(visits),
            "clinical": sum(visit.record is not None or visit.answers is not None for visit in visits),
            "chat": sum(isinstance(stored.event, Chat) for visit in visits for stored in visit.events),
            "consents": len(dossier.consents),
            "accesses": len(accesses),
        }
    )
    name = (await office.profiles.newest()).profile.name
    return processing_record(name, office.policy, reader.at, language, dossier.patient.id, dict(counts), accesses)


async def _papers(office: Office, dossier: Dossier, language: Language) -> AsyncIterator[tuple[str, bytes]]:
    """A PDF of every signed version."""
    for visit in dossier.visits:
        for version in visit.record.versions if visit.record else ():
            assert visit.record is not None
            document = await document_of(office, visit.record, version, dossier.patient, language)
            yield f"papers/{visit.appointment.id}-{version.number}.pdf", await asyncio.to_thread(printed, document)


def _staff_in(visits: list[Visit]) -> dict[str, None]:
    treating = (tenure.physician for visit in visits if visit.record for tenure in visit.record.physicians)
    return dict.fromkeys([*(visit.appointment.physician for visit in visits), *treating])


def _zipped(
    office: Office, patient: str, bundle: object, processing: ProcessingRecord, papers: list[tuple[str, bytes]]
) -> HandOut:
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as archive:
        archive.writestr("fhir-bundle.json", json.dumps(bundle, ensure_ascii=False, indent=1))
        archive.writestr("processing.json", processing.model_dump_json(indent=1))
        archive.writestr("processing.html", as_html(processing, office.zone))
        for name, pdf in papers:
            archive.writestr(name, pdf)
    return HandOut(f"hilo-{patient}.zip", content.getvalue())
