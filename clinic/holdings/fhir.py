"""A patient's data as a FHIR R4 Bundle (type collection), which other systems can read. Pure.

The physicians' private note is not in it: it is theirs. What a draft says is not either, before it is signed.
References inside are urn:uuid, made from our own identifiers: the same data gives the same Bundle.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from clinic.events import Chat
from clinic.holdings import fhir_record
from clinic.holdings.dossier import Dossier, Visit
from clinic.intake.consent import Consent, Withdrawal
from clinic.intake.fhir_shape import response_items
from clinic.people.identifiers import Identifier
from clinic.people.staff import Profile

Resource = dict[str, Any]

VERSION_SYSTEM: Final = "http://terminology.hl7.org/CodeSystem"
_SYSTEMS: Final = {"ve-cedula": "ve-cedula", "passport": "ve-pasaporte", "minor": "minor"}
_APPOINTMENT: Final = {
    "booked": "booked", "arrived": "arrived", "fulfilled": "fulfilled", "cancelled": "cancelled", "noshow": "noshow",
}  # fmt: skip


class Builder:
    """`base`: begins every identifier's system, as `https://clinic.example/fhir/sid`."""

    def __init__(self, base: str, zone: ZoneInfo) -> None:
        self.base = base
        self.zone = zone

    def bundle(self, dossier: Dossier, now: datetime) -> Resource:
        """Everything, the patient first."""
        resources = [*self._people(dossier), *self._consents(dossier)]
        for visit in dossier.visits:
            resources += self._visit(dossier, visit)
        entries = [{"fullUrl": self._url_of(each), "resource": each} for each in resources]
        return {"resourceType": "Bundle", "type": "collection", "timestamp": self.at(now), "entry": entries}

    def identifier(self, kind: str, value: str) -> Resource:
        return {"system": f"{self.base}/{kind}", "value": value}

    def reference(self, type: str, kind: str, value: str) -> Resource:
        return {"reference": self._url(kind, value), "type": type}

    def at(self, moment: datetime) -> str:
        """RFC 3339 in the clinic's zone."""
        return moment.astimezone(self.zone).isoformat(timespec="seconds")

    def _url(self, kind: str, value: str) -> str:
        return f"urn:uuid:{uuid5(NAMESPACE_URL, f'{self.base}/{kind}/{value}')}"

    def _url_of(self, resource: Resource) -> str:
        identifier = resource["identifier"]
        first = identifier[0] if isinstance(identifier, list) else identifier
        kind = first["system"].removeprefix(f"{self.base}/")
        return self._url(kind, first["value"])

    def _people(self, dossier: Dossier) -> Iterator[Resource]:
        yield self._patient(dossier)
        for id, profile in dossier.staff.items():
            yield self._practitioner(id, profile)

    def _patient(self, dossier: Dossier) -> Resource:
        person = dossier.patient.demographics
        shape: Resource = {
            "resourceType": "Patient",
            "identifier": [
                self.identifier("patient", dossier.patient.id),
                *(self._document(each) for each in person.identifiers),
            ],
            "name": [{"use": "official", "text": person.name}],
            "telecom": [{"system": "phone", "value": phone.e164} for phone in person.phones],
            "gender": person.sex,
            "birthDate": person.birth_date.isoformat(),
            "communication": [{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": person.language}]}}],
        }
        if person.guardian:
            relation = {"system": f"{VERSION_SYSTEM}/v3-RoleCode", "code": person.guardian.relation}
            phones = [{"system": "phone", "value": phone.e164} for phone in person.guardian.phones]
            shape["contact"] = [
                _full({"relationship": [{"coding": [relation]}], "name": {"text": person.guardian.name},
                       "telecom": phones})
            ]  # fmt: skip
        return _full(shape)

    def _document(self, identifier: Identifier) -> Resource:
        return self.identifier(_SYSTEMS[identifier.type], identifier.key)

    def _practitioner(self, id: str, profile: Profile) -> Resource:
        licence = [self.identifier("ve-mpps", profile.licence)] if profile.licence else []
        return {
            "resourceType": "Practitioner",
            "identifier": [self.identifier("staff", id), *licence],
            "name": [{"text": profile.name}],
        }

    def _consents(self, dossier: Dossier) -> Iterator[Resource]:
        withdrawn = {each.of for each in dossier.consents if isinstance(each, Withdrawal)}
        for each in dossier.consents:
            if isinstance(each, Consent):
                yield self._consent(dossier, each, withdrawn=each.id in withdrawn)

    def _consent(self, dossier: Dossier, consent: Consent, *, withdrawn: bool) -> Resource:
        """FHIR's hash is SHA-1 (R4 Attachment.hash): ours of the text is in the policy's URI."""
        grant = consent.grant
        policy = f"{self.base}/consent-text/{grant.version}/{grant.language}#sha256={grant.sha256}"
        return {
            "resourceType": "Consent",
            "identifier": [self.identifier("consent", consent.id)],
            "status": "inactive" if withdrawn else "active",
            "scope": {"coding": [{"system": f"{VERSION_SYSTEM}/consentscope", "code": "treatment"}]},
            "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
            "patient": self.reference("Patient", "patient", dossier.patient.id),
            "dateTime": self.at(consent.at),
            "policy": [{"uri": policy}],
            "provision": {"type": "permit"},
        }

    def _visit(self, dossier: Dossier, visit: Visit) -> Iterator[Resource]:
        subject = self.reference("Patient", "patient", dossier.patient.id)
        yield self._appointment(subject, visit)
        if visit.took_place:
            yield from fhir_record.encounter(self, subject, visit)
        if visit.record is not None and visit.record.signed is not None:
            yield from fhir_record.of_signed(self, subject, visit.record, visit.record.signed)
        if visit.answers is not None:
            yield self._answers(subject, visit)
        chat = [stored for stored in visit.events if isinstance(stored.event, Chat)]
        if chat:
            yield self._chat(subject, visit)

    def _appointment(self, subject: Resource, visit: Visit) -> Resource:
        appointment = visit.appointment
        physician = self.reference("Practitioner", "staff", appointment.physician)
        return _full(
            {
                "resourceType": "Appointment",
                "identifier": [self.identifier("appointment", appointment.id)],
                "status": _APPOINTMENT[appointment.status],
                "reasonCode": [{"text": appointment.reason.title}] if appointment.reason.title else [],
                "start": self.at(appointment.starts_at),
                "end": self.at(appointment.ends_at),
                "participant": [
                    {"actor": subject, "status": "accepted"},
                    {"actor": physician, "status": "accepted"},
                ],
            }
        )

    def _answers(self, subject: Resource, visit: Visit) -> Resource:
        assert visit.answers is not None
        response, questionnaire = visit.answers
        canonical = f"{self.base.removesuffix('/sid')}/Questionnaire/{questionnaire.name}|{questionnaire.version}"
        times = [each.at for each in response.answered]
        return _full(
            {
                "resourceType": "QuestionnaireResponse",
                "identifier": self.identifier("triage", response.appointment),
                "questionnaire": canonical,
                "status": response.status,
                "subject": subject,
                "authored": self.at(max(times)) if times else "",
                "item": response_items(questionnaire.questions, response.answers),
            }
        )

    def _chat(self, subject: Resource, visit: Visit) -> Resource:
        """One of all messages; who said each, and when, is in its text."""
        roles = {seat.id: seat.role for seat in visit.consultation.seats} if visit.consultation else {}
        said = []
        for stored in visit.events:
            if isinstance(stored.event, Chat):
                at = self.at(datetime.fromtimestamp(stored.at_ms / 1000, self.zone))
                said.append({"contentString": f"{at} {roles.get(stored.event.seat, '')}: {stored.event.text}"})
        return {
            "resourceType": "Communication",
            "identifier": [self.identifier("chat", visit.appointment.id)],
            "status": "completed",
            "subject": subject,
            "encounter": self.reference("Encounter", "consultation", visit.appointment.id),
            "payload": said,
        }


def _full(resource: Resource) -> Resource:
    """Without what is empty, which FHIR forbids."""
    return {name: value for name, value in resource.items() if value not in ("", [], {}, None)}
