"""The clinic's patients in Redis: sealed under each one's own data key, found by blind indexes.

Nothing is answered before the write is durable. Every method may raise `Unavailable`.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from pydantic import BaseModel, ConfigDict, TypeAdapter
from redis.asyncio import Redis

from clinic.keys import AUDIT
from clinic.people import keys, patient_steps
from clinic.people.identifiers import Cedula, Identifier, Minor, Passport
from clinic.people.patient import Demographics, Patient
from clinic.people.phones import Phone
from clinic.people.recognition import Candidate, candidates
from clinic.people.request import Request
from clinic.people.search import Search
from clinic.privacy.audit import Audit
from clinic.privacy.keys import AUDIT_HEADS
from clinic.privacy.sealing import Sealer, Shredded
from clinic.privacy.vault import Vault
from clinic.unavailable import unavailable_when_down

SEALED_FIELD: Final = "demographics"
MAX_FOUND: Final = 50
"""Patients that one look-up by something shared gives at most."""
MAX_READ: Final = 5000
"""Patients that one look-up by a name reads."""
_AT_ONCE: Final = 250

_demographics: Final = TypeAdapter(Demographics)


class UnknownPatient(LookupError):
    """There is no patient with this id."""


class ErasedPatient(LookupError):
    """There was one, and all that was known of them is gone."""


@dataclass(frozen=True)
class Saved:
    """It is durable as `patient`. `repeated`: this request did it before."""

    patient: Patient
    repeated: bool = False


@dataclass(frozen=True)
class Exists:
    """Somebody else has one of the identifiers: `patient`. Nothing was written."""

    patient: Patient


@dataclass(frozen=True)
class Changed:
    """It was corrected meanwhile, and is now `patient`. Nothing was written."""

    patient: Patient


class _Indexes(BaseModel):
    """Blind indexes that lead to a patient, kept with it so that they can be taken away without reading it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unique: tuple[str, ...]
    shared: tuple[str, ...]


class Patients:
    """All patients of one clinic. Stateless: any number of processes may have one."""

    def __init__(self, redis: Redis, vault: Vault, audit: Audit) -> None:
        self._redis = redis
        self._vault = vault
        self._audit = audit
        self._write = redis.register_script(patient_steps.WRITE)
        self._erase = redis.register_script(patient_steps.ERASE)

    async def create(self, person: Demographics, request: Request) -> Saved | Exists:
        """A new patient, or the one who has one of the identifiers already.

        Raises ErasedPatient while the erasure of that one has destroyed the key, and `erase` has not come yet.
        """
        known = await self._holder(person.identifiers)
        if known is not None:
            return await self._existing(known, request)
        patient = Patient(secrets.token_hex(8), 1, person)
        sealer = await self._vault.sealer(patient.id, create=True)
        answer = await self._step(patient, sealer, request, "create_patient")
        if answer[0] == b"taken":
            return await self._existing(answer[1].decode(), request)
        return Saved(patient)

    async def correct(
        self, patient_id: str, version: int, person: Demographics, request: Request
    ) -> Saved | Exists | Changed:
        """Replace what is known, if `version` still is the newest. Raises UnknownPatient, ErasedPatient."""
        await self.load(patient_id)
        patient = Patient(patient_id, version + 1, person)
        sealer = await self._vault.sealer(patient_id)
        match await self._step(patient, sealer, request, "correct_patient"):
            case [b"done"]:
                return Saved(patient)
            case [b"repeated"]:
                return Saved(await self.load(patient_id), repeated=True)
            case [b"taken", holder]:
                return Exists(await self.load(holder.decode()))
            case _:
                return Changed(await self.load(patient_id))

    async def load(self, patient_id: str) -> Patient:
        """Raises UnknownPatient, ErasedPatient."""
        async with unavailable_when_down():
            found = await cast("Any", self._redis.hgetall(keys.patient(patient_id)))
        if b"version" not in found:
            raise ErasedPatient(patient_id) if b"erased" in found else UnknownPatient(patient_id)
        try:
            return _opened(patient_id, found, await self._vault.sealer(patient_id))
        except Shredded as gone:
            raise ErasedPatient(patient_id) from gone

    async def with_identifier(self, identifier: Identifier) -> Patient | None:
        """The one patient who has it."""
        holder = await self._holder((identifier,))
        found = await self._all([holder] if holder else [])
        return found[0] if found else None

    async def some(self, patient_ids: Iterable[str]) -> dict[str, Patient]:
        """Those of the ids that are there and readable."""
        return {patient.id: patient for patient in await self._all(list(dict.fromkeys(patient_ids)))}

    async def with_phone(self, phone: Phone) -> tuple[Patient, ...]:
        """All who can be reached there, also through a guardian; families share phones."""
        return await self._sharing([self._phone(phone)])

    async def in_care_of(self, guardian: Cedula | Passport) -> tuple[Patient, ...]:
        """All whose guardian has this document."""
        return await self._sharing([self._guardian(guardian)])

    async def like(self, person: Demographics) -> tuple[Candidate, ...]:
        """Who is, or may be, this person already."""
        holders = await self._holders(person.identifiers)
        sharing = await self._sharing(self._indexes(person).shared)
        return candidates(person, {patient.id: patient for patient in (*await self._all(holders), *sharing)}.values())

    async def found(self, search: Search, among: Iterable[str] = ()) -> tuple[Patient, ...]:
        """At most `MAX_FOUND` for what somebody typed to find one. `among`: ids whose names are looked at first."""
        holders = await self._all(await self._holders(search.identifiers))
        sharing = await self._sharing([*map(self._guardian, search.identifiers), *map(self._phone, search.phones)])
        found = {patient.id: patient for patient in (*holders, *sharing)}
        if search.name:
            found |= await self._named(search, among)
        return tuple(found.values())[:MAX_FOUND]

    async def page(self, after: str | None, limit: int) -> tuple[Patient, ...]:
        """At most `limit` patients in the order of their ids, after that one (None: from the first)."""
        start = f"({after}" if after else "-"
        async with unavailable_when_down():
            ids = await cast("Any", self._redis.zrangebylex(keys.PATIENTS, start, "+", start=0, num=limit))
        return await self._all([patient.decode() for patient in ids])

    async def erase(self, patient_id: str, request: Request) -> bool:
        """Take the record and every index to it away; False when it was done before, or nothing was there.

        The data key is the vault's to destroy, and first: then nothing is readable even if this has to be repeated.
        """

        async def step(entry: str) -> int | None:
            async with unavailable_when_down():
                answer = await self._erase(keys=_keys_of(patient_id), args=[entry, patient_id, _ms(request.at)])
            return cast("int | None", answer)

        return bool(await self._audit.chained(request.about_patient(patient_id, "erase_patient"), step))

    async def _step(self, patient: Patient, sealer: Sealer, request: Request, action: str) -> Sequence[bytes]:
        sealed = sealer.seal(SEALED_FIELD, _demographics.dump_json(patient.demographics).decode())
        indexes = self._indexes(patient.demographics).model_dump_json()
        args: list[str | int] = [patient.id, patient.version - 1, request.id, sealed, indexes]

        async def step(entry: str) -> list[bytes] | None:
            async with unavailable_when_down():
                return cast("list[bytes] | None", await self._write(keys=_keys_of(patient.id), args=[entry, *args]))

        entry = request.about_patient(patient.id, action, f"version {patient.version}")
        answer = await self._audit.chained(entry, step)
        if answer == [b"erased"]:
            raise ErasedPatient(patient.id)
        return answer

    async def _existing(self, patient_id: str, request: Request) -> Saved | Exists:
        """Who made them: this very request, whose answer was lost, or another one."""
        async with unavailable_when_down():
            last = await cast("Any", self._redis.hget(keys.patient(patient_id), "request"))
        patient = await self.load(patient_id)
        return Saved(patient, repeated=True) if last == request.id.encode() else Exists(patient)

    async def _holder(self, identifiers: Iterable[Identifier]) -> str | None:
        """Of the first identifier that somebody has."""
        return next(iter(await self._holders(identifiers)), None)

    async def _holders(self, identifiers: Iterable[Identifier]) -> list[str]:
        """Everybody who has one of them, once."""
        blinds = [self._identifier(identifier) for identifier in identifiers]
        async with unavailable_when_down():
            found = await cast("Any", self._redis.hmget(keys.PATIENT_IDENTIFIERS, blinds)) if blinds else []
        return list(dict.fromkeys(holder.decode() for holder in found if holder))

    async def _sharing(self, blinds: Iterable[str]) -> tuple[Patient, ...]:
        """All to whom one of these indexes leads."""
        async with unavailable_when_down(), self._redis.pipeline(transaction=False) as pipeline:
            for blind in blinds:
                pipeline.zrangebylex(keys.PATIENT_LOOKUPS, f"[{blind}:", f"({blind};", start=0, num=MAX_FOUND)
            members = [member for some in await pipeline.execute() for member in some]
        return await self._all(list(dict.fromkeys(member.decode().partition(":")[2] for member in members)))

    async def _all(self, patient_ids: Sequence[str]) -> tuple[Patient, ...]:
        """Those of the ids that are there and readable, in their order."""
        sealers = await self._vault.sealers(patient_ids)
        async with unavailable_when_down(), self._redis.pipeline(transaction=False) as pipeline:
            for patient_id in patient_ids:
                pipeline.hgetall(keys.patient(patient_id))
            found = await pipeline.execute()
        return tuple(
            _opened(patient_id, fields, sealers[patient_id])
            for patient_id, fields in zip(patient_ids, found, strict=True)
            if b"version" in fields and not isinstance(sealers[patient_id].key, Shredded)
        )

    async def _named(self, search: Search, among: Iterable[str]) -> dict[str, Patient]:
        """Names are sealed, so there is no index of them: they are read, these first, then at most `MAX_READ`."""
        found = {id_: patient for id_, patient in (await self.some(among)).items() if search.names(patient)}
        after: str | None = None
        for _ in range(MAX_READ // _AT_ONCE):
            page = await self.page(after, _AT_ONCE)
            found |= {patient.id: patient for patient in page if search.names(patient)}
            if len(found) >= MAX_FOUND or not page:
                break
            after = page[-1].id
        return found

    def _indexes(self, person: Demographics) -> _Indexes:
        guardian = [self._guardian(person.guardian.identifier)] if person.guardian else []
        born = self._vault.blind("birth-date", person.birth_date.isoformat())
        phones = map(self._phone, person.reachable_at)
        return _Indexes(
            unique=tuple(self._identifier(identifier) for identifier in person.identifiers),
            shared=tuple(dict.fromkeys((*phones, *guardian, born))),
        )

    def _identifier(self, identifier: Cedula | Passport | Minor) -> str:
        return self._vault.blind(identifier.type, identifier.key)

    def _guardian(self, identifier: Cedula | Passport) -> str:
        return self._vault.blind("guardian", f"{identifier.type} {identifier.key}")

    def _phone(self, phone: Phone) -> str:
        return self._vault.blind("phone", phone.e164)


def _opened(patient_id: str, fields: dict[bytes, bytes], sealer: Sealer) -> Patient:
    plain = sealer.open(SEALED_FIELD, fields[b"sealed"].decode())
    return Patient(patient_id, int(fields[b"version"]), _demographics.validate_json(plain))


def _keys_of(patient_id: str) -> list[str]:
    return [keys.patient(patient_id), keys.PATIENTS, keys.PATIENT_IDENTIFIERS, keys.PATIENT_LOOKUPS, AUDIT, AUDIT_HEADS]


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
