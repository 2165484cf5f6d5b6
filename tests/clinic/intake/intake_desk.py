"""What tests of the intake share: a desk over a real Valkey, an adult and a child, and consents to give."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final

from redis.asyncio import Redis

from clinic.intake.consent import ByGuardian, Grant, Oneself
from clinic.intake.consent_default import DEFAULT
from clinic.intake.consent_text import ConsentText
from clinic.intake.consent_texts import ConsentTexts
from clinic.intake.consents import Consents
from clinic.people.identifiers import Cedula, Minor
from clinic.people.patient import Demographics, Guardian, Patient
from clinic.people.request import Request
from clinic.privacy.audit import Audit
from clinic.privacy.audit_entry import AuditKeys
from clinic.privacy.master_key import MasterKey
from clinic.privacy.vault import Vault

NOW: Final = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
MASTER: Final = MasterKey((b"i" * 32,))
TEXT: Final = ConsentText(1, NOW, DEFAULT)
MOTHER: Final = Guardian("Ana Paz", Cedula("V", 12345678), "MTH")
ANA: Final = Demographics("Ana Paz", date(1980, 5, 17), "female", (MOTHER.identifier,))
LUIS: Final = Demographics("Luis Paz", date(2020, 2, 29), "male", (Minor(Cedula("V", 12345678), 1),), (), MOTHER)
BY_MOTHER: Final = ByGuardian("Ana Paz", Cedula("V", 12345678), "MTH")


class Desk:
    """The stores of one process."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self.vault = Vault(redis, MASTER)
        self.audit = Audit(redis, AuditKeys.of(MASTER))
        self.texts = ConsentTexts(redis, self.audit)
        self.consents = Consents(redis, self.vault, self.audit, self.texts)


def grant(text: ConsentText = TEXT, **changes: Any) -> Grant:
    """Everything accepted but the recording, by a click of the patient."""
    ids = tuple(item.id for item in text.wording.items if item.id != "recording")
    plain = Grant(
        "visit", "seat", "patient", text.version, text.sha256("es"), "es", ids, ("recording",), "click", Oneself()
    )
    return replace(plain, **changes)


def asked(request: str = "r1", actor: str = "seat", role: str = "patient", at: datetime = NOW) -> Request:
    return Request(request, actor, role, at)


def patient(person: Demographics = ANA, patient_id: str = "ana") -> Patient:
    return Patient(patient_id, 1, person)
