"""Takes data away: a consultation's messages or all its clinical text, consents. Each in one step with its audit entry.

What is in clear stays: that there was an appointment, of whom, when and how it went. So does the audit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, Literal, cast

from redis.asyncio import Redis

from clinic import keys as clinic_keys
from clinic.booking import keys as booking_keys
from clinic.booking.agenda import Agenda
from clinic.booking.record import sealed_nothing
from clinic.events import Chat, Words
from clinic.holdings import keys, scripts
from clinic.intake import keys as intake_keys
from clinic.privacy.audit import Audit, heads_of
from clinic.privacy.audit_entry import CONSULTATION, PATIENT, Entry, Purpose
from clinic.privacy.keys import AUDIT_HEADS
from clinic.privacy.retention import DataClass
from clinic.privacy.sealing import Shredded
from clinic.privacy.vault import Vault
from clinic.record import keys as record_keys
from clinic.sealed import without_words
from clinic.store import Store, UnknownConsultation
from clinic.unavailable import unavailable_when_down

PAGE: Final = 500

Deleted = Literal["chat", "clinical"]


class Deletion:
    """Stateless. Every method may raise `Unavailable`, and may be repeated."""

    def __init__(self, redis: Redis, vault: Vault, store: Store, agenda: Agenda, audit: Audit) -> None:
        self._redis = redis
        self._vault = vault
        self._agenda = agenda
        self._store = store
        self._audit = audit
        self._delete = redis.register_script(scripts.DELETE)
        self._delete_consent = redis.register_script(scripts.DELETE_CONSENT)

    async def of_consultation(self, consultation: str, what: Deleted, by: Entry) -> None:
        """`chat`: its messages. `clinical`: these, notes, record, triage, every word of its state and appointment."""
        chat = what == "chat"
        whole = () if chat else _clinical_keys(consultation)
        scope = CONSULTATION + consultation
        entry = replace(by, scope=scope, action=f"delete_{what}", consultation=consultation)

        async def step(argument: str) -> int | None:
            events, state = await self._words(consultation, Chat if chat else Words)
            version, record = ("", "") if chat else await self._appointment(consultation)
            async with unavailable_when_down():
                answer = await self._delete(
                    keys=[
                        heads_of(scope)[0],
                        clinic_keys.AUDIT,
                        keys.DELETED,
                        clinic_keys.timeline(consultation),
                        clinic_keys.state(consultation),
                        booking_keys.appointment(consultation),
                        *whole,
                    ],
                    args=[argument, f"{what}/{consultation}", "" if chat else state, version, record, *events],
                )
            return cast("int | None", answer)

        await self._audit.chained(entry, step)

    async def of_consents(self, patient: str, stored: Sequence[bytes], by: Entry) -> None:
        """These records, as they lie in the patient's list."""
        entry = replace(by, scope=PATIENT + patient, action="delete_consent", patient=patient)

        async def step(argument: str) -> int | None:
            async with unavailable_when_down():
                answer = await self._delete_consent(
                    keys=[AUDIT_HEADS, clinic_keys.AUDIT, intake_keys.consents(patient)], args=[argument, *stored]
                )
            return cast("int | None", answer)

        await self._audit.chained(entry, step)

    async def known(self, consultations: Sequence[str], what: DataClass) -> frozenset[str]:
        """Of which it was deleted before."""
        if not consultations:
            return frozenset()
        async with unavailable_when_down():
            members = [f"{what}/{each}" for each in consultations]
            found = await cast("Any", self._redis.smismember(keys.DELETED, members))
        return frozenset(each for each, gone in zip(consultations, found, strict=True) if gone)

    async def _appointment(self, consultation: str) -> tuple[str, str]:
        """Its version and its record without words; empty where there is none, or nobody can open it any more."""
        found = await self._agenda.find(consultation)
        if found is None:
            return "", ""
        sealer = await self._vault.sealer(found.record.patient)
        try:
            sealed = sealed_nothing(found.record, sealer)
        except Shredded:
            return "", ""
        return found.version, found.record.model_copy(update={"sealed": sealed}).model_dump_json()

    async def _words(self, consultation: str, kind: type[Words]) -> tuple[list[str], str]:
        """Ids of the events with words of this kind, and the state without any; nothing of what is not there."""
        found: list[str] = []
        after: str | None = None
        while True:
            page = await self._store.events_after(consultation, after, PAGE)
            found += [stored.id for stored in page.events if isinstance(stored.event, kind)]
            if not page.more:
                break
            after = page.events[-1].id
        try:
            return found, without_words((await self._store.load(consultation)).consultation)
        except UnknownConsultation:
            return found, ""


def asked_by(actor: str, role: str, now: datetime, purpose: Purpose, request: str = "") -> Entry:
    """For `by`: scope and action are set there."""
    return Entry("", "", actor, role, purpose, now, request=request)


def _clinical_keys(consultation: str) -> tuple[str, ...]:
    return (
        record_keys.record(consultation),
        record_keys.revisions(consultation),
        record_keys.commands(consultation),
        intake_keys.triage(consultation),
        intake_keys.triage_requests(consultation),
    )
