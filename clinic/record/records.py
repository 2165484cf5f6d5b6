"""Records in Redis: each command is one atomic step with its history, its audit entry and the physicians' open tasks.

Texts are sealed under the patient's data key. Nothing is answered before the write is durable, and nothing is given out
before the audit says so. Every method may raise `Unavailable`, and `Shredded` for a patient whose data was erased.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from typing import Any, Final, cast

from redis.asyncio import Redis

from clinic.privacy.audit import Audit
from clinic.privacy.vault import Vault
from clinic.record import keys, scripts
from clinic.record.commands import Command
from clinic.record.events import Event, Saved
from clinic.record.record import Record, Refusal, Status, Tenure, apply, decide
from clinic.record.step import (
    Step,
    arguments,
    audit_keys,
    command_entry,
    milliseconds,
    open_event,
    open_record,
    opened_entry,
    seal_record,
)
from clinic.unavailable import Unavailable, unavailable_when_down

MAX_ATTEMPTS: Final = 50
"""Lost races for one command before we give up; each lost race means that another command was applied."""

EARLIER: Final = 50
"""Consultations of one patient that are listed."""


class UnknownRecord(LookupError):
    """There is no record of this consultation."""


@dataclass(frozen=True)
class Applied:
    """The command is durable. `record`: as it was found or left; its revision is at least the command's own."""

    record: Record
    revision: int
    """The command's own: the `base` of what a page writes on from its text."""
    repeated: bool = False


@dataclass(frozen=True)
class Revision:
    """A line of the history."""

    number: int
    event: Event


@dataclass(frozen=True)
class Summary:
    """A record without its texts. `at`: of a task, when it was closed; of an earlier consultation, when it began."""

    consultation: str
    patient: str
    physician: str
    status: Status
    at: datetime


@dataclass(frozen=True)
class Signature:
    """That there is a signed version, without its texts."""

    number: int
    signed_by: str
    signed_at: datetime


class Records:
    """The records of one clinic. Stateless: any number of processes may have one."""

    def __init__(self, redis: Redis, vault: Vault, audit: Audit) -> None:
        self._redis = redis
        self._vault = vault
        self._audit = audit
        self._open = redis.register_script(scripts.OPEN)
        self._execute = redis.register_script(scripts.EXECUTE)

    async def open(self, consultation: str, patient: str, physician: str, now: datetime) -> Record:
        """An empty draft, once; whose record it is never changes. Ids; `now` is when the consultation began."""
        fresh = Record(consultation, patient, now, (Tenure(physician, now),))
        sealer = await self._vault.sealer(patient, create=True)
        entry = opened_entry(fresh, physician, now)

        async def step(argument: str) -> bytes | None:
            async with unavailable_when_down():
                answer: bytes = await self._open(
                    keys=[keys.record(consultation), keys.of_patient(patient), *audit_keys(consultation)],
                    args=[seal_record(sealer, fresh), patient, physician, milliseconds(now), consultation, argument],
                )
            return None if answer == b"conflict" else answer

        answer = await self._audit.chained(entry, step)
        return fresh if answer == b"done" else await self._load(consultation)

    async def execute(self, consultation: str, command: Command, now: datetime) -> Applied | Refusal:
        """Decide the command and make it durable, once per command id. A refused one is decided anew when it is
        sent again. Raises UnknownRecord."""
        for _ in range(MAX_ATTEMPTS):
            state = await self._load(consultation)
            before = await self._applied(state, command)
            if before is not None:
                return before
            decision = decide(state, command, now)
            if isinstance(decision, Refusal):
                await self._audit.record(command_entry(state, command, decision, now))
                return decision
            result = await self._try(state, command, decision, now)
            if result is not None:
                return result
        raise Unavailable(f"{MAX_ATTEMPTS} version conflicts in a row")

    async def read(self, consultation: str, reader: str, role: str, now: datetime) -> Record:
        """The record, for somebody to see. Raises UnknownRecord."""
        state = await self._load(consultation)
        await self._audit.record_read(reader, role, state.patient, ["record"], now, consultation=consultation)
        return state

    async def history(self, consultation: str, reader: str, role: str, now: datetime) -> tuple[Revision, ...]:
        """What is kept of how the record came to be, oldest first. Raises UnknownRecord."""
        state = await self._load(consultation)
        await self._audit.record_read(reader, role, state.patient, ["record-history"], now, consultation=consultation)
        sealer = await self._vault.sealer(state.patient)
        async with unavailable_when_down():
            stored = await cast("Any", self._redis.hgetall(keys.revisions(consultation)))
        numbered = sorted((int(number), text.decode()) for number, text in stored.items())
        return tuple(Revision(number, open_event(sealer, consultation, number, text)) for number, text in numbered)

    async def earlier(self, patient: str, reader: str, role: str, now: datetime) -> tuple[Summary, ...]:
        """The patient's consultations, newest first, without their texts."""
        await self._audit.record_read(reader, role, patient, ["consultations"], now)
        async with unavailable_when_down():
            found = await cast("Any", self._redis.zrevrange(keys.of_patient(patient), 0, EARLIER - 1, withscores=True))
        return await self._summaries(found)

    async def tasks(self, physician: str) -> tuple[Summary, ...]:
        """Closed consultations whose record the physician has still to complete or to sign, oldest first."""
        async with unavailable_when_down():
            found = await cast("Any", self._redis.zrange(keys.tasks(physician), 0, -1, withscores=True))
        return await self._summaries(found)

    async def status(self, consultation: str) -> tuple[int, Status] | None:
        """The revision and status, without a word of the texts: nothing to audit. None: there is no record."""
        async with unavailable_when_down():
            asked = self._redis.hmget(keys.record(consultation), ["version", "status"])
            version, status = await cast("Any", asked)
        return (int(version), status.decode()) if version is not None else None

    async def signature(self, consultation: str) -> Signature | None:
        """Of the version that counts; None: nothing is signed yet. Without texts, so nothing is audited."""
        try:
            signed = (await self._load(consultation)).signed
        except UnknownRecord:
            return None
        return Signature(signed.number, signed.signed_by, signed.signed_at) if signed else None

    async def _load(self, consultation: str) -> Record:
        async with unavailable_when_down():
            asked = self._redis.hmget(keys.record(consultation), ["version", "patient", "sealed"])
            version, patient, text = await cast("Any", asked)
        if version is None:
            raise UnknownRecord(consultation)
        sealer = await self._vault.sealer(patient.decode())
        return open_record(sealer, consultation, int(version), text.decode())

    async def _applied(self, state: Record, command: Command) -> Applied | None:
        """What became of the command when it was sent before: true whatever happened since, also if it would be
        refused now."""
        async with unavailable_when_down():
            revision = await cast(
                "Any", self._redis.hget(keys.commands(state.consultation), f"{command.by}/{command.id}")
            )
        return None if revision is None else Applied(state, int(revision), repeated=True)

    async def _try(self, state: Record, command: Command, events: Sequence[Event], now: datetime) -> Applied | None:
        """One atomic step; None when another command was applied since the state was read."""
        after = reduce(apply, events, state)
        sealer = await self._vault.sealer(state.patient)
        step = Step(self._execute, state, after, arguments(sealer, state, after, command, events, now))
        if all(isinstance(event, Saved) and event.continued for event in events):
            answer = await step("")
        else:
            answer = await self._audit.chained(command_entry(state, command, events, now), step)
        match answer:
            case [b"conflict"]:
                return None
            case [b"repeated", revision]:
                return Applied(await self._load(state.consultation), int(revision), repeated=True)
        return Applied(after, after.revision)

    async def _summaries(self, found: Sequence[tuple[bytes, float]]) -> tuple[Summary, ...]:
        summaries = []
        for member, score in found:
            consultation = member.decode()
            async with unavailable_when_down():
                asked = self._redis.hmget(keys.record(consultation), ["patient", "physician", "status"])
                patient, physician, status = await cast("Any", asked)
            at = datetime.fromtimestamp(score / 1000, UTC)
            summaries.append(Summary(consultation, patient.decode(), physician.decode(), status.decode(), at))
        return tuple(summaries)
