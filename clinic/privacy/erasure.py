"""Erasing a patient: when it may be done (pure), and the step that destroys the data keys and tells the audit.

The keys go first: from then on nothing is readable, and what is left to do (blind indexes, sealed fields, the rewrite
of the append-only file by `Vault.forget`) may be repeated until it is done. A backup from before still holds the keys
until its own time is over; whoever restores it destroys them again, by the tombstones of a newer one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from redis.asyncio import Redis

from clinic.keys import AUDIT
from clinic.privacy import keys, scripts
from clinic.privacy.audit import Audit
from clinic.privacy.audit_entry import PATIENT, Entry, Purpose
from clinic.privacy.vault import tombstone
from clinic.unavailable import unavailable_when_down

RefusalCode = Literal["consultation-open", "appointment-open", "not-exported"]


@dataclass(frozen=True)
class Holdings:
    """What the clinic has of a patient, as far as it matters here."""

    consultation_open: bool
    """One is in progress, or was interrupted and is still a task."""
    appointment_open: bool
    """One is still to come."""
    not_exported: bool
    """A closed record has not reached the clinic's own system, where there is one."""
    kept_until: datetime | None = None
    """The latest end of any retention span; None: there is none."""


@dataclass(frozen=True)
class Refusal:
    code: RefusalCode


@dataclass(frozen=True)
class Erase:
    """It may be done. `early_by`: until then the clinic's policy would have kept something; a person must confirm."""

    early_by: datetime | None


def decide(holdings: Holdings, now: datetime) -> Erase | Refusal:
    """May the patient be erased? The first rule that speaks wins."""
    if holdings.consultation_open:
        return Refusal("consultation-open")
    if holdings.appointment_open:
        return Refusal("appointment-open")
    if holdings.not_exported:
        return Refusal("not-exported")
    early = holdings.kept_until is not None and holdings.kept_until > now
    return Erase(holdings.kept_until if early else None)


_PURPOSE: Final[Purpose] = "PATRQT"


class Shredder:
    """Destroys data keys. May raise `Unavailable`; then nothing is known, and it may be repeated."""

    def __init__(self, redis: Redis, audit: Audit) -> None:
        self._audit = audit
        self._shred = redis.register_script(scripts.SHRED)

    async def shred(
        self, patient: str, subjects: Sequence[str], actor: str, role: str, now: datetime, request: str = ""
    ) -> bool:
        """Destroy the patient's data key and those of `subjects` that are theirs too, in one step with the audit.

        False when all were destroyed before; then nothing is written.
        """
        entry = Entry(
            PATIENT + patient, "shred", actor, role, _PURPOSE, now,
            patient=patient, request=request, facts=" ".join(subjects),
        )  # fmt: skip

        async def step(argument: str) -> int | None:
            async with unavailable_when_down():
                answer = await self._shred(
                    keys=[keys.DATAKEYS, AUDIT, keys.AUDIT_HEADS],
                    args=[argument, tombstone(now), patient, *subjects],
                )
            return None if answer < 0 else int(answer)

        return await self._audit.chained(entry, step) > 0
