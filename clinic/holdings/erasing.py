"""Erasing a patient, everywhere: first the key, so that nothing can be read any more, then what is left to take away.

Every step may be repeated; who gets `Unavailable` asks again, and it goes on where it was.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, cast

from redis.asyncio import Redis

from clinic.booking.agenda import Agenda, Query
from clinic.booking.appointment import OCCUPYING, Appointment
from clinic.consultation import STAYS_OPEN
from clinic.holdings import keys
from clinic.holdings.deletion import Deletion, asked_by
from clinic.holdings.exports import Exports
from clinic.intake import keys as intake_keys
from clinic.intake.consents import Consents
from clinic.people.patients import Patients
from clinic.people.request import Request
from clinic.privacy.erasure import Erase, Holdings, Refusal, RefusalCode, Shredder, decide
from clinic.privacy.retention import Held, Policy, kept_until
from clinic.privacy.sealing import Shredded
from clinic.record import keys as record_keys
from clinic.store import Store, UnknownConsultation
from clinic.unavailable import unavailable_when_down

OPEN: Final = (b"interrupted", b"completed")
"""Of a record: closed, and still its physician's task."""


@dataclass(frozen=True)
class Erased:
    """Nothing of the patient can be read any more."""

    consultations: int


@dataclass(frozen=True)
class Declined:
    """Nothing was done. `early`: the clinic's policy keeps something `until` then; ask again with `confirmed_until`."""

    code: RefusalCode | Literal["early"]
    until: datetime | None = None


@dataclass(frozen=True)
class _Visit:
    """What is known of one consultation without opening anything."""

    id: str
    made_at: datetime
    ends_at: datetime
    to_come: bool
    record: bytes | None
    """Its status; None: there is none."""


class Erasing:
    """Stateless. Every method may raise `Unavailable`."""

    def __init__(
        self, redis: Redis, store: Store, agenda: Agenda, patients: Patients, consents: Consents, exports: Exports,
        deletion: Deletion, shredder: Shredder, policy: Policy,
    ) -> None:  # fmt: skip
        self._redis = redis
        self._store = store
        self._agenda = agenda
        self._patients = patients
        self._consents = consents
        self._exports = exports
        self._deletion = deletion
        self._shredder = shredder
        self._policy = policy

    async def may(self, patient: str, now: datetime) -> Erase | Refusal:
        """Whether it may be done; for the page that asks an administrator to confirm."""
        visits = [visit async for visit in self._visits(patient, now)]
        return decide(await self._holdings(patient, visits), now)

    async def erase(self, patient: str, request: Request, confirmed_until: datetime | None = None) -> Erased | Declined:
        """`confirmed_until`: the `early_by` that a person saw and went on."""
        visits = [visit async for visit in self._visits(patient, request.at)]
        decision = decide(await self._holdings(patient, visits), request.at)
        if isinstance(decision, Refusal):
            return Declined(decision.code)
        if decision.early_by is not None and (confirmed_until is None or confirmed_until < decision.early_by):
            return Declined("early", decision.early_by)
        await self._shredder.shred(patient, (), request.actor, request.role, request.at, request.id)
        async with unavailable_when_down():
            await self._redis.set(keys.FORGET, "1")
        await self._take_away(patient, [visit.id for visit in visits], request)
        return Erased(len(visits))

    async def again(self, patient: str, request: Request) -> None:
        """What a restored backup brought back of somebody whose key is destroyed."""
        await self._take_away(patient, [visit.id async for visit in self._visits(patient, request.at)], request)

    async def _take_away(self, patient: str, consultations: Iterable[str], request: Request) -> None:
        """What cannot be opened any more, what leads to the patient, and the links."""
        await self._patients.erase(patient, request)
        by = asked_by(request.actor, request.role, request.at, "PATRQT", request.id)
        for consultation in consultations:
            await self._deletion.of_consultation(consultation, "clinical", by)
            try:
                seats = (await self._store.load(consultation)).consultation.seats
            except UnknownConsultation:
                continue
            for seat in seats:
                await self._store.revoke(consultation, seat.id)
        async with unavailable_when_down():
            await self._redis.unlink(
                intake_keys.consents(patient), intake_keys.consent_requests(patient), record_keys.of_patient(patient)
            )

    async def _holdings(self, patient: str, visits: list[_Visit]) -> Holdings:
        exported = await self._exports.when(visit.id for visit in visits)
        waiting = await self._exports.any() and any(visit.record and visit.id not in exported for visit in visits)
        held = [*_held(visits, exported), *await self._consents_held(patient)]
        ends = [end for each in held if (end := kept_until(each, self._policy)) is not None]
        return Holdings(
            consultation_open=any(visit.record in OPEN for visit in visits)
            or await self._in_progress(visit.id for visit in visits),
            appointment_open=any(visit.to_come for visit in visits),
            not_exported=waiting,
            kept_until=max(ends, default=None),
        )

    async def _in_progress(self, consultations: Iterable[str]) -> bool:
        for consultation in consultations:
            try:
                if (await self._store.load(consultation)).consultation.status == "in-progress":
                    return True
            except UnknownConsultation:
                continue
        return False

    async def _consents_held(self, patient: str) -> list[Held]:
        try:
            records = await self._consents.of(patient)
        except Shredded:
            return []
        return [Held(record.id, "consent", record.at) for record in records]

    async def _visits(self, patient: str, now: datetime) -> AsyncIterator[_Visit]:
        async with aclosing(appointments_of(self._agenda, patient)) as appointments:
            async for appointment in appointments:
                async with unavailable_when_down():
                    status = await cast("Any", self._redis.hget(record_keys.record(appointment.id), "status"))
                to_come = appointment.status in OCCUPYING and appointment.ends_at + STAYS_OPEN > now
                yield _Visit(appointment.id, appointment.starts_at, appointment.ends_at, to_come, status)


async def appointments_of(agenda: Agenda, patient: str) -> AsyncGenerator[Appointment, None]:
    """All of the patient's, by their start."""
    after: str | None = None
    while True:
        page = await agenda.page(Query(None, patient=patient, after=after))
        for appointment in page.appointments:
            yield appointment
        after = page.next
        if after is None:
            return


def _held(visits: Iterable[_Visit], exported: dict[str, datetime]) -> list[Held]:
    return [
        Held(visit.id, data_class, visit.made_at, visit.ends_at, exported.get(visit.id))
        for visit in visits
        for data_class in ("clinical", "chat")
    ]
