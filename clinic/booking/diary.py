"""The clinic's appointments in Redis: every change is decided by rules.py and made durable in one atomic step, together
with what it means for the consultation, its join links, the audit and the outbox.

Who loses a race is decided again, on what the winner left. Every method may raise `Unavailable`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, cast

from redis.asyncio import Redis

from clinic import keys as consultation_keys
from clinic.booking import appointment as a
from clinic.booking import keys, scripts, visit
from clinic.booking.agenda import Agenda, Found, milliseconds
from clinic.booking.day import Span, day_of, day_span
from clinic.booking.record import opened, private_text, record_of
from clinic.booking.request import Asked, Author, Wanted, canonical, canonical_change
from clinic.booking.rules import Changed, Decision, Refusal, Rules, Surroundings, decide, untimely
from clinic.booking.step import Done, Step, Visit, answer_of, outcome
from clinic.privacy.audit import Audit, heads_of
from clinic.privacy.audit_entry import CONSULTATION, STAFF, Entry
from clinic.privacy.sealing import Shredded
from clinic.privacy.vault import UnknownSubject, Vault
from clinic.store import MAX_ATTEMPTS, Store
from clinic.unavailable import Unavailable, unavailable_when_down

ANSWERS_KEPT: Final = timedelta(days=7)
"""So long a repeated idempotency key gets its first answer."""


@dataclass(frozen=True)
class _Read:
    """What an attempt decides upon. The versions were read first: whatever changes after them is noticed."""

    physician_version: str
    patient_version: str
    found: Found | None
    slots: tuple[a.Slot, ...]


class Diary:
    """Appointments of one clinic. Stateless: any number of processes may have one."""

    def __init__(self, redis: Redis, vault: Vault, store: Store, audit: Audit, rules: Rules | None = None) -> None:
        self._redis = redis
        self._vault = vault
        self._store = store
        self._audit = audit
        self._rules = rules or Rules()
        self._decided = redis.register_script(scripts.DECIDED)
        self.agenda = Agenda(redis, vault)

    async def book(
        self, wanted: Wanted, author: Author, now: datetime, *, may_overbook: bool = False
    ) -> Done | Refusal:
        """A new appointment and its consultation. The patient must be known to the vault already."""
        appointment = wanted.made(author.by)
        try:
            sealer = await self._vault.sealer(wanted.patient)
        except UnknownSubject:
            return Refusal("unknown-patient")
        command, body = a.Book(appointment, may_overbook), self._body(canonical(wanted, may_overbook))
        asked = Asked(command, author, body, appointment.id, wanted.physician, wanted.patient, sealer)
        return await self._execute(asked, now)

    async def change(self, appointment: str, command: a.Change, author: Author, now: datetime) -> Done | Refusal:
        """Reschedule, cancel, arrive, mark as no-show, fulfil, invite, send away or hand over."""
        found = await self.agenda.find(appointment)
        if found is None:
            return Refusal("unknown-appointment")
        sealer = await self._vault.sealer(found.record.patient)
        body = self._body(canonical_change(appointment, command))
        asked = Asked(command, author, body, appointment, found.record.physician, found.record.patient, sealer)
        return await self._execute(asked, now)

    async def _execute(self, asked: Asked, now: datetime) -> Done | Refusal:
        for _ in range(MAX_ATTEMPTS):
            result = await self._try(asked, now)
            if result is not None:
                return result
            asked = await self._of_holder(asked)
        raise Unavailable(f"{MAX_ATTEMPTS} version conflicts in a row")

    async def _of_holder(self, asked: Asked) -> Asked:
        """The same, of the physician who has the appointment by now."""
        found = await self.agenda.find(asked.appointment)
        return replace(asked, physician=found.record.physician) if found else asked

    async def _try(self, asked: Asked, now: datetime) -> Done | Refusal | None:
        """One attempt; None when something that it rests on changed meanwhile."""
        read = await self._read(asked, now)
        if read.found and read.found.record.physician != asked.physician:
            return None
        before = opened(read.found.record, asked.sealer) if read.found else None
        decision = decide(Surroundings(before, read.slots, self._rules), asked.command, now)
        try:
            half = await self._visit(asked, before, decision, now)
            if isinstance(half, Refusal):
                decision, half = half, None
            record = _record(asked, read, decision)
        except Shredded:
            decision, half, record = Refusal("patient-erased"), None, None
        return await self._write(asked, _step(asked, read, decision, record, half), decision, now)

    async def _read(self, asked: Asked, now: datetime) -> _Read:
        async with unavailable_when_down():
            versions = await cast("Any", self._redis.hmget(keys.VERSIONS, list(_people(asked))))
        physician_version, patient_version = (version.decode() if version else "" for version in versions)
        found = await self.agenda.find(asked.appointment)
        return _Read(physician_version, patient_version, found, await self._slots(asked, now))

    async def _slots(self, asked: Asked, now: datetime) -> tuple[a.Slot, ...]:
        """Of the asked time and of the days that it touches; none where the time itself will be refused."""
        asks = asked.command.appointment if isinstance(asked.command, a.Book) else asked.command
        if not isinstance(asks, a.Appointment | a.Reschedule) or untimely(asks.starts_at, asks.ends_at, now):
            return ()
        day = day_span(day_of(asks.starts_at, self._rules.zone), self._rules.zone)
        span = Span(day.starts_at, max(day.ends_at, asks.ends_at))
        return await self.agenda.taken(asked.physician, asked.patient, span)

    async def _visit(
        self, asked: Asked, before: a.Appointment | None, decision: Decision, now: datetime
    ) -> Visit | Refusal | None:
        """The consultation's half, or why it cannot follow."""
        if isinstance(decision, Refusal) or decision.fact is None:
            return None
        if decision.fact == "booked":
            return visit.planned(decision.appointment, asked.sealer)
        if before is None or decision.fact not in visit.MOVING:
            return None
        async with unavailable_when_down():
            links = await cast("Any", self._redis.hkeys(consultation_keys.links(asked.appointment)))
        reading = await self._store.read(asked.appointment)
        hashes = [link.decode() for link in links]
        return visit.changed(reading, before, decision.appointment, asked.command, hashes, now)

    async def _write(self, asked: Asked, step: Step, decision: Decision, now: datetime) -> Done | Refusal | None:
        scope = _scope(asked, decision)
        step_keys = _step_keys(asked, step, heads_of(scope)[0])

        async def run(entry: str) -> list[bytes] | None:
            async with unavailable_when_down():
                result: list[bytes] = await self._decided(keys=step_keys, args=[step.json_text(), entry])
            return None if result == [b"unchained"] else result

        unchanged = isinstance(decision, Changed) and decision.fact is None
        result = await (run("") if unchanged else self._audit.chained(_entry(asked, scope, decision, now), run))
        return outcome(result or [b"conflict"], step.answer)

    def _body(self, text: str) -> str:
        return self._vault.blind("idempotency", text)


def _record(asked: Asked, read: _Read, decision: Decision) -> str | None:
    """The record to write. Of an erased patient the sealed part stays as it is; raises Shredded where there is none."""
    if isinstance(decision, Refusal) or decision.fact is None:
        return None
    try:
        sealed = private_text(decision.appointment, asked.sealer)
    except Shredded:
        if read.found is None:
            raise
        sealed = read.found.record.sealed
    return record_of(decision.appointment, sealed).model_dump_json()


def _step(asked: Asked, read: _Read, decision: Decision, record: str | None, half: Visit | None) -> Step:
    physician, patient = _people(asked)
    after = decision if isinstance(decision, Changed) else None
    return Step(
        body=asked.body,
        answer=answer_of(asked.appointment, decision),
        answer_kept_ms=str(round(ANSWERS_KEPT.total_seconds() * 1000)),
        appointment=asked.appointment,
        physician=physician,
        patient=patient,
        version_read=read.found.version if read.found else "",
        physician_read=read.physician_version,
        patient_read=read.patient_version,
        taker=f"physician/{asked.command.physician}" if isinstance(asked.command, a.HandOver) else None,
        bell=consultation_keys.BELL,
        fact=after.fact if after else None,
        record=record,
        starts_ms=str(milliseconds(after.appointment.starts_at)) if after else None,
        visit=half,
    )


def _entry(asked: Asked, scope: str, decision: Decision, now: datetime) -> Entry:
    refused = isinstance(decision, Refusal)
    return Entry(
        scope,
        f"appointment.{type(asked.command).__name__}",
        asked.author.by,
        asked.author.role,
        "PATADMIN",
        now,
        patient=asked.patient,
        consultation=asked.appointment if scope.startswith(CONSULTATION) else "",
        outcome=decision.code if isinstance(decision, Refusal) else "ok",
        request=asked.author.key_sha256,
        facts="" if refused else str(getattr(decision, "fact", "")),
    )


def _scope(asked: Asked, decision: Decision) -> str:
    """A booking that was refused has no consultation to be written under."""
    if isinstance(asked.command, a.Book) and isinstance(decision, Refusal):
        return STAFF + asked.author.by
    return CONSULTATION + asked.appointment


def _step_keys(asked: Asked, step: Step, heads: str) -> list[str]:
    k = consultation_keys
    holder = asked.command.physician if isinstance(asked.command, a.HandOver) else asked.physician
    return [
        keys.answer(asked.author.key_sha256),
        keys.appointment(asked.appointment),
        keys.VERSIONS,
        keys.APPOINTMENTS,
        keys.of_physician(asked.physician),
        keys.of_patient(asked.patient),
        k.state(asked.appointment),
        k.timeline(asked.appointment),
        k.OPEN,
        k.links(asked.appointment),
        k.AUDIT,
        k.OUTBOX,
        heads,
        keys.of_physician(holder),
        *(k.token(link) for link in (step.visit.links if step.visit else ())),
    ]


def _people(asked: Asked) -> tuple[str, str]:
    return f"physician/{asked.physician}", f"patient/{asked.patient}"
