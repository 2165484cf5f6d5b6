"""A consultation and its signed record as FHIR R4: Encounter, Condition, MedicationRequest, CarePlan, next action."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from clinic.record.content import NextAction, Prescription, Timing
from clinic.record.events import Version
from clinic.record.record import Record

if TYPE_CHECKING:
    from clinic.holdings.dossier import Visit
    from clinic.holdings.fhir import Builder, Resource

LOINC: Final = "http://loinc.org"
ICD_10: Final = "http://hl7.org/fhir/sid/icd-10"
TERMINOLOGY: Final = "http://terminology.hl7.org/CodeSystem"

_STATUS: Final = {"in-progress": "in-progress", "ended": "finished"}
_SECTIONS: Final = {
    "reason": ("29299-5", "Motivo de la consulta"),
    "impressions": ("51848-0", "Impresión diagnóstica"),
    "prescriptions": ("57828-6", "Récipe"),
    "instructions": ("18776-5", "Indicaciones y próximo paso"),
}


def encounter(make: Builder, subject: Resource, visit: Visit) -> Iterator[Resource]:
    """Also of a call by voice or text: the class VR covers all care at a distance."""
    assert visit.consultation is not None
    state, record = visit.consultation, visit.record
    signed = record.signed if record else None
    treating = record.treating if record else visit.appointment.physician
    began = record.started_at if record else state.starts_at
    shape: dict[str, Any] = {
        "resourceType": "Encounter",
        "identifier": [make.identifier("consultation", state.id)],
        "status": _STATUS[state.status],
        "class": {"system": f"{TERMINOLOGY}/v3-ActCode", "code": "VR", "display": "virtual"},
        "subject": subject,
        "participant": [
            {
                "type": [{"coding": [{"system": f"{TERMINOLOGY}/v3-ParticipationType", "code": "PPRF"}]}],
                "individual": make.reference("Practitioner", "staff", treating),
            }
        ],
        "period": {"start": make.at(began)},
    }
    if record and record.closed_at:
        shape["period"]["end"] = make.at(record.closed_at)
    if signed:
        shape["reasonCode"] = [{"text": signed.content.reason}]
        shape["diagnosis"] = [
            {"condition": make.reference("Condition", "diagnosis", f"{state.id}.{each.id}"), "rank": rank}
            for rank, each in enumerate(signed.content.impressions, 1)
        ]
    yield {name: value for name, value in shape.items() if value != []}


def of_signed(make: Builder, subject: Resource, record: Record, version: Version) -> Iterator[Resource]:
    """What the newest signature stands under."""
    provisional = {"coding": [{"system": f"{TERMINOLOGY}/condition-ver-status", "code": "provisional"}]}
    about = {"subject": subject, "encounter": make.reference("Encounter", "consultation", record.consultation)}
    author = make.reference("Practitioner", "staff", version.signed_by)
    signed_at = make.at(version.signed_at)
    for impression in version.content.impressions:
        code: dict[str, Any] = {"text": impression.text}
        if impression.code:
            code["coding"] = [{"system": ICD_10, "code": impression.code}]
        yield {
            "resourceType": "Condition",
            "identifier": [make.identifier("diagnosis", f"{record.consultation}.{impression.id}")],
            "verificationStatus": provisional,
            "category": [{"coding": [{"system": f"{TERMINOLOGY}/condition-category", "code": "encounter-diagnosis"}]}],
            "code": code, **about, "recordedDate": signed_at, "asserter": author,
        }  # fmt: skip
    for each in version.content.prescriptions:
        yield {
            "resourceType": "MedicationRequest",
            "identifier": [make.identifier("prescription", f"{record.consultation}.{each.id}")],
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": {"text": each.medication}, **about, "authoredOn": signed_at,
            "requester": author, "dosageInstruction": [_dosage(each)],
        }  # fmt: skip
    if version.content.instructions.strip():
        yield {
            "resourceType": "CarePlan",
            "identifier": [make.identifier("instructions", record.consultation)],
            "status": "active",
            "intent": "plan", **about, "created": signed_at, "author": author,
            "description": version.content.instructions,
        }  # fmt: skip
    if version.content.next_action is not None:
        yield from _next(make, about, record, version, version.content.next_action)
    yield _composition(make, about, author, record, version)


def _dosage(prescription: Prescription) -> dict[str, Any]:
    shape: dict[str, Any] = {"text": prescription.dosage, "asNeededBoolean": prescription.as_needed}
    if prescription.note:
        shape["patientInstruction"] = prescription.note
    if prescription.route:
        shape["route"] = {"text": prescription.route}
    if prescription.timing:
        shape["timing"] = {"repeat": _repeat(prescription.timing)}
    return shape


def _repeat(timing: Timing) -> dict[str, Any]:
    shape: dict[str, Any] = {"frequency": timing.frequency, "period": timing.period, "periodUnit": timing.unit}
    if timing.bounds is not None:
        unit = timing.bounds_unit
        duration = {"value": timing.bounds, "system": "http://unitsofmeasure.org", "code": unit, "unit": unit}
        shape["boundsDuration"] = duration
    return shape


def _next(
    make: Builder, about: dict[str, Any], record: Record, version: Version, action: NextAction
) -> Iterator[Resource]:
    """A discharge is in the Composition's text alone."""
    identifier = [make.identifier("next-action", record.consultation)]
    if action.kind in ("lab", "referral"):
        shape: dict[str, Any] = {
            "resourceType": "ServiceRequest", "identifier": identifier, "status": "active", "intent": "order",
            "category": [{"text": {"lab": "laboratory"}.get(action.kind, action.kind)}],
            "code": {"text": action.details}, **about, "authoredOn": make.at(version.signed_at),
            "requester": make.reference("Practitioner", "staff", version.signed_by),
        }  # fmt: skip
        yield shape | ({"occurrenceDateTime": action.on.isoformat()} if action.on else {})
    if action.kind == "follow-up":
        shape = {
            "resourceType": "Appointment", "identifier": identifier, "status": "proposed",
            "participant": [{"actor": about["subject"], "status": "needs-action"}],
        }  # fmt: skip
        if action.details:
            shape["description"] = action.details
        if action.on:
            day = action.on.isoformat()
            shape["requestedPeriod"] = [{"start": day, "end": day}]
        yield shape


def _composition(make: Builder, about: dict[str, Any], author: Resource, record: Record, version: Version) -> Resource:
    texts = {
        "reason": version.content.reason,
        "impressions": "\n".join(f"{each.text} {each.code}".strip() for each in version.content.impressions),
        "prescriptions": "\n".join(f"{each.medication}: {each.dosage}" for each in version.content.prescriptions),
        "instructions": "\n".join(filter(None, (version.content.instructions, _said(version.content.next_action)))),
    }
    return {
        "resourceType": "Composition",
        "identifier": make.identifier("note", record.consultation),
        "status": "final" if version.number == 1 else "amended",
        "type": {"coding": [{"system": LOINC, "code": "11488-4"}]}, **about,
        "date": make.at(version.signed_at),
        "author": [author],
        "title": "Consulta a distancia",
        "attester": [{"mode": "legal", "time": make.at(version.signed_at), "party": author}],
        "section": [_section(*_SECTIONS[name], text) for name, text in texts.items() if text],
    }  # fmt: skip


def _section(code: str, title: str, text: str) -> dict[str, Any]:
    lines = "<br/>".join(_escaped(line) for line in text.splitlines())
    narrative = f'<div xmlns="http://www.w3.org/1999/xhtml">{lines}</div>'
    return {
        "title": title,
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "text": {"status": "additional", "div": narrative},
    }


def _said(action: NextAction | None) -> str:
    if action is None:
        return ""
    words = {"follow-up": "Control", "lab": "Laboratorio", "referral": "Referencia", "discharge": "Alta"}
    when = action.on.strftime("%d/%m/%Y") if action.on else ""
    return " ".join(part for part in (f"{words[action.kind]}:", action.details, when) if part).rstrip(":")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
