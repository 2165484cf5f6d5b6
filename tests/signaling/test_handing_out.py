"""What a patient takes with them: a valid FHIR Bundle, the signed papers, and who has seen what."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from html import unescape
from importlib import import_module
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from clinic_day import SAID, Day, asked, day_of
from pypdf import PdfReader
from redis.asyncio import Redis

from clinic.booking.day import CARACAS
from clinic.holdings.fhir import Builder
from clinic.holdings.processing import ProcessingRecord, as_html, processing_record, span_words
from clinic.privacy.retention import Policy, Span
from signaling.handing_out import dossier_of, hand_out, register
from signaling.office import Office, open_office
from signaling.settings import Settings
from throwaway import data_dir

NOW = datetime(2037, 11, 23, 14, 0, tzinfo=UTC)
BASE = "https://clinic.example/fhir/sid"


@pytest.fixture
async def office(redis: Redis) -> AsyncIterator[Office]:
    made = open_office(Settings(data_dir=data_dir()), redis, lambda: NOW)
    yield made
    made.hasher.close()


@pytest.fixture
async def day(office: Office) -> Day:
    return await day_of(office)


async def archive(office: Office, day: Day) -> ZipFile:
    handed = await hand_out(office, day.patient, asked(office, day.physician, "physician"), BASE)
    assert day.patient in handed.filename
    return ZipFile(BytesIO(handed.content))


def of_type(bundle: Any, kind: str) -> list[Any]:
    return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind]


def references(shape: Any) -> Iterator[str]:
    if isinstance(shape, dict):
        if isinstance(shape.get("reference"), str):
            yield shape["reference"]
        for value in shape.values():
            yield from references(value)
    elif isinstance(shape, list):
        for value in shape:
            yield from references(value)


async def test_every_resource_is_valid_and_every_reference_leads_somewhere(office: Office, day: Day) -> None:
    bundle = json.loads((await archive(office, day)).read("fhir-bundle.json"))
    kinds = {entry["resource"]["resourceType"] for entry in bundle["entry"]}
    assert kinds == {
        "Patient", "Practitioner", "Consent", "Appointment", "Encounter", "Condition", "MedicationRequest", "CarePlan",
        "ServiceRequest", "Composition", "QuestionnaireResponse", "Communication",
    }  # fmt: skip
    import_module("fhir.resources.R4B.bundle").Bundle.model_validate(bundle)
    urls = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(set(urls)) == len(urls)
    assert set(references(bundle)) <= set(urls)


async def test_the_required_codes_are_those_of_r4(office: Office, day: Day) -> None:
    bundle = json.loads((await archive(office, day)).read("fhir-bundle.json"))
    [encounter] = of_type(bundle, "Encounter")
    assert encounter["status"] == "finished"
    assert encounter["class"]["code"] == "VR"
    assert encounter["participant"][0]["type"][0]["coding"][0]["code"] == "PPRF"
    assert encounter["period"]["start"].endswith("-04:00")
    [condition] = of_type(bundle, "Condition")
    assert condition["code"] == {
        "text": SAID["impression"], "coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "N39.0"}]
    }  # fmt: skip
    [medication] = of_type(bundle, "MedicationRequest")
    assert (medication["status"], medication["intent"]) == ("active", "order")
    assert medication["dosageInstruction"][0]["text"] == "1 cápsula, oral, cada 12 h, 5 días"
    [consent] = of_type(bundle, "Consent")
    assert consent["policy"][0]["uri"].startswith(f"{BASE}/consent-text/1/es#sha256=")
    [answers] = of_type(bundle, "QuestionnaireResponse")
    assert isinstance(answers["identifier"], dict)
    assert answers["questionnaire"].endswith("/Questionnaire/triage|1")
    assert sorted(each["status"] for each in of_type(bundle, "Appointment")) == ["booked", "cancelled"]
    [composition] = of_type(bundle, "Composition")
    assert composition["attester"][0]["mode"] == "legal"
    codes = [section["code"]["coding"][0]["code"] for section in composition["section"]]
    assert codes == ["29299-5", "51848-0", "57828-6", "18776-5"]


async def test_all_that_was_said_is_in_it_but_the_physicians_note(office: Office, day: Day) -> None:
    text = (await archive(office, day)).read("fhir-bundle.json").decode()
    left_out = {what for what, said in SAID.items() if json.dumps(said, ensure_ascii=False)[1:-1] not in text}
    assert left_out == {
        "note", "companion", "sign-in", "queue message", "cancellation", "address", "guardian's cedula"
    }  # fmt: skip


async def test_the_papers_are_the_signed_versions(office: Office, day: Day) -> None:
    opened = await archive(office, day)
    [paper] = [name for name in opened.namelist() if name.endswith(".pdf")]
    assert paper == f"papers/{day.consultation}-1.pdf"
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(opened.read(paper))).pages)
    assert SAID["medication"] in text
    assert SAID["patient"] in text


async def test_the_record_of_processing_says_who_has_seen_it(office: Office, day: Day) -> None:
    await office.records.read(day.consultation, day.physician, "physician", NOW)
    opened = await archive(office, day)
    record = ProcessingRecord.model_validate_json(opened.read("processing.json"))
    first = record.accesses[0]
    assert (first.who, first.what) == (SAID["physician"], "record")
    assert record.accesses[-1].what.startswith("demographics appointments")
    assert {each.category: each.count for each in record.processed} == {
        "identity": 1, "appointments": 2, "clinical": 1, "chat": 1, "consents": 1,
        "accesses": len(record.accesses),
    }  # fmt: skip
    page = opened.read("processing.html").decode()
    assert SAID["physician"] in page
    assert "src=" not in page
    assert "href=" not in page


async def test_that_it_was_handed_out_is_in_the_audit_before_anything_is_read(office: Office, day: Day) -> None:
    await archive(office, day)
    entries = (await office.audit.page(patient=day.patient, action="read")).entries
    assert entries[-1].fields["purpose"] == "PATRQT"
    assert await office.audit.verify() == ()


async def test_the_same_data_gives_the_same_bundle(office: Office, day: Day) -> None:
    reader = asked(office, day.physician, "physician")
    dossier = await dossier_of(office, day.patient, reader)
    make = Builder(BASE, CARACAS)
    assert make.bundle(dossier, NOW) == make.bundle(dossier, NOW)


async def test_the_clinic_has_a_register_of_its_own(office: Office) -> None:
    record, page = await register(office, asked(office, "chief", "administrator"), "en")
    assert record.patient is None
    assert "10 years after the clinic's own system has it" in unescape(page)
    assert "Nobody has seen" not in page


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (Span("exported", days=90), "90 días desde que el sistema de la clínica lo tiene"),
        (Span("made", years=10), "10 años desde que se dio"),
    ],
)
def test_spans_in_words(span: Span, words: str) -> None:
    assert span_words(span, "es") == words


def test_what_is_printed_cannot_be_markup() -> None:
    record = processing_record("<script>", Policy(), NOW, "es")
    assert "<script>" not in as_html(record, CARACAS)
