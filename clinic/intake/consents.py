"""Who consented to what, in Redis: an append-only list a patient, each record sealed under that patient's data key.

The audit entry of a record holds the hash of what is stored, so that a list that was cut or put in another order shows.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from redis.asyncio import Redis

from clinic.booking.day import CARACAS
from clinic.intake import keys, scripts
from clinic.intake.consent import Consent, Grant, Record, Refusal, Withdrawal
from clinic.intake.consent_rules import decide, decide_withdrawal, is_registered, normalised
from clinic.intake.consent_texts import ConsentTexts
from clinic.keys import AUDIT
from clinic.people.patient import Patient
from clinic.people.request import Request
from clinic.privacy.audit import Audit
from clinic.privacy.audit_entry import Entry
from clinic.privacy.keys import AUDIT_HEADS
from clinic.privacy.vault import Vault
from clinic.unavailable import Unavailable, unavailable_when_down

MAX_ATTEMPTS: Final = 50
"""Lost races for one record before we give up; each lost race means that another one was written."""

_record: Final[TypeAdapter[Record]] = TypeAdapter(Record)


@dataclass(frozen=True)
class Recorded:
    """It is durable. `repeated`: this request did it before."""

    record: Record
    repeated: bool = False


class Consents:
    """The consents of one clinic. Stateless. Methods may raise `Unavailable`, and `Shredded` for an erased patient."""

    def __init__(self, redis: Redis, vault: Vault, audit: Audit, texts: ConsentTexts, zone: ZoneInfo = CARACAS) -> None:
        self._redis = redis
        self._vault = vault
        self._audit = audit
        self._texts = texts
        self._zone = zone
        self._append = redis.register_script(scripts.CONSENT)

    async def give(self, patient: Patient, grant: Grant, request: Request) -> Recorded | Refusal:
        """Record what was accepted, once per request. `request.actor` is the seat, or the physician who heard it."""
        plain = normalised(grant)
        text = await self._texts.newest()

        def made(_: tuple[Record, ...]) -> Record | Refusal:
            refusal = decide(plain, text, patient.demographics, request, self._zone)
            registered = is_registered(plain.giver, patient.demographics)
            return refusal or Consent(_new_id(), plain, request.at, request.actor, request.role, registered)

        return await self._write(patient.id, made, request)

    async def withdraw(self, patient_id: str, consent: str, request: Request) -> Recorded | Refusal:
        """Take a consent back, by its id. That the seat may do so, or who acts for it, is the caller's to know."""

        def made(records: tuple[Record, ...]) -> Record | Refusal:
            found = decide_withdrawal(records, consent)
            if isinstance(found, Refusal):
                return found
            where = found.grant.appointment, found.grant.seat
            return Withdrawal(_new_id(), found.id, *where, request.at, request.actor, request.role)

        return await self._write(patient_id, made, request)

    async def of(self, patient_id: str) -> tuple[Record, ...]:
        """All records, oldest first: for the gate, which shows nothing to anybody."""
        async with unavailable_when_down():
            stored = await cast("Any", self._redis.lrange(keys.consents(patient_id), 0, -1))
        if not stored:
            return ()
        sealer = await self._vault.sealer(patient_id)
        pairs = (each.decode().split(" ", 1) for each in stored)
        return tuple(_record.validate_json(sealer.open(_field(number), sealed)) for number, sealed in pairs)

    async def read(self, patient_id: str, reader: Request) -> tuple[Record, ...]:
        """The same for somebody to see; the audit tells."""
        await self._audit.record_read(reader.actor, reader.role, patient_id, ["consents"], reader.at, request=reader.id)
        return await self.of(patient_id)

    async def _write(
        self, patient_id: str, made: Callable[[tuple[Record, ...]], Record | Refusal], request: Request
    ) -> Recorded | Refusal:
        for _ in range(MAX_ATTEMPTS):
            before = await self._before(patient_id, request)
            if before is not None:
                return Recorded(before, repeated=True)
            records = await self.of(patient_id)
            record = made(records)
            if isinstance(record, Refusal):
                return record
            match await self._step(patient_id, record, len(records), request):
                case [b"done"]:
                    return Recorded(record)
                case [b"text-changed"]:
                    return Refusal("text-changed")
        raise Unavailable(f"{MAX_ATTEMPTS} conflicts in a row")

    async def _before(self, patient_id: str, request: Request) -> Record | None:
        """What this request made when it was sent before: true even if it would be refused now."""
        async with unavailable_when_down():
            asked = self._redis.hget(keys.consent_requests(patient_id), _asked(request))
            made = await cast("Any", asked)
        if made is None:
            return None
        return next((record for record in await self.of(patient_id) if record.id == made.decode()), None)

    async def _step(self, patient_id: str, record: Record, read: int, request: Request) -> list[bytes]:
        sealer = await self._vault.sealer(patient_id, create=True)
        sealed = sealer.seal(_field(record.id), _record.dump_json(record).decode())
        version = record.grant.version if isinstance(record, Consent) else ""
        entry = _entry(patient_id, record, hashlib.sha256(sealed.encode()).hexdigest(), request)

        async def step(argument: str) -> list[bytes] | None:
            async with unavailable_when_down():
                answer = await self._append(
                    keys=[
                        keys.consents(patient_id),
                        keys.consent_requests(patient_id),
                        keys.CONSENT_TEXTS,
                        AUDIT,
                        AUDIT_HEADS,
                    ],
                    args=[argument, read, _asked(request), record.id, sealed, version],
                )
            return cast("list[bytes] | None", answer)

        return await self._audit.chained(entry, step)


def _entry(patient_id: str, record: Record, sealed_sha256: str, request: Request) -> Entry:
    if isinstance(record, Consent):
        grant = record.grant
        what = f"{record.id} edition {grant.version} {grant.language} {grant.sha256} {grant.method} {grant.giver.type}"
        entry = request.about_patient(patient_id, "give_consent", f"{what} sealed {sealed_sha256}")
        return replace(entry, consultation=grant.appointment)
    what = f"{record.id} of {record.of} sealed {sealed_sha256}"
    return replace(request.about_patient(patient_id, "withdraw_consent", what), consultation=record.appointment)


def _asked(request: Request) -> str:
    return f"{request.actor}/{request.id}"


def _field(record_id: str) -> str:
    return f"consent {record_id}"


def _new_id() -> str:
    return secrets.token_hex(8)
