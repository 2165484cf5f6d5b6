"""The day's round: what has been kept as long as the policy says goes, and the audit is anchored.

Any number of processes may ask; a lease lets one of them do it. All of it may be repeated.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, cast

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from clinic.holdings import keys
from clinic.holdings.deletion import Deleted, Deletion, asked_by
from clinic.holdings.exports import Exports
from clinic.intake import keys as intake_keys
from clinic.intake.consents import Consents
from clinic.people import keys as people_keys
from clinic.privacy.audit import Audit
from clinic.privacy.audit_entry import Entry, Head
from clinic.privacy.retention import Held, Policy, due
from clinic.privacy.sealing import Shredded
from clinic.privacy.vault import Vault
from clinic.unavailable import unavailable_when_down

LEASE_S: Final = 15 * 60
DAY_S: Final = 23 * 3600
PAGE: Final = 500


@dataclass(frozen=True)
class Round:
    """What a round did."""

    deleted: tuple[Held, ...]
    anchor: Head | None
    """None: nothing new was in the audit."""


class Keeping:
    """Stateless. Every method may raise `Unavailable`."""

    def __init__(
        self, redis: Redis, vault: Vault, audit: Audit, consents: Consents, exports: Exports, deletion: Deletion,
        policy: Policy,
    ) -> None:  # fmt: skip
        self._redis = redis
        self._vault = vault
        self._audit = audit
        self._consents = consents
        self._exports = exports
        self._deletion = deletion
        self._policy = policy

    async def today(self, now: datetime) -> Round | None:
        """The day's round, unless it is done or another process does it."""
        await self.forget()
        mine = secrets.token_hex(8)
        async with unavailable_when_down():
            if await self._redis.exists(keys.TODAY) or not await self._redis.set(keys.LEASE, mine, nx=True, ex=LEASE_S):
                return None
        done = await self.round(now)
        async with unavailable_when_down():
            await self._redis.set(keys.TODAY, "1", ex=DAY_S)
            await self._redis.delete(keys.LEASE)
        return done

    async def round(self, now: datetime) -> Round:
        """Delete what is due and seal the audit, whoever does the same."""
        by = asked_by("clock", "system", now, "HSYSADMIN")
        deleted = [*await self._consultations(now, by), *await self._old_consents(now, by)]
        return Round(tuple(deleted), await self._audit.anchor(now))

    async def forget(self) -> None:
        """Rewrite the append-only file where a destroyed key may still be in it."""
        async with unavailable_when_down():
            if not await self._redis.exists(keys.FORGET):
                return
        try:
            await self._vault.forget()
        except ResponseError:
            return  # one is running, and may have begun before: at the next round
        async with unavailable_when_down():
            await self._redis.delete(keys.FORGET)

    async def _consultations(self, now: datetime, by: Entry) -> list[Held]:
        gone: list[Held] = []
        exported = await self._exports.until(now)
        classes: tuple[Deleted, ...] = ("clinical", "chat")
        for what in classes:
            held = [Held(each, what, at, at, at) for each, at in exported.items()]
            for each in await self._new(due(held, self._policy, now), what):
                await self._deletion.of_consultation(each.id, what, by)
                gone.append(each)
        return gone

    async def _new(self, found: Iterable[Held], what: Deleted) -> list[Held]:
        """Without what was deleted before; the messages go with the rest."""
        held = list(found)
        ids = [each.id for each in held]
        known = await self._deletion.known(ids, what) | await self._deletion.known(ids, "clinical")
        return [each for each in held if each.id not in known]

    async def _old_consents(self, now: datetime, by: Entry) -> list[Held]:
        gone: list[Held] = []
        after = "-"
        while True:
            async with unavailable_when_down():
                page = await cast("Any", self._redis.zrangebylex(people_keys.PATIENTS, after, "+", start=0, num=PAGE))
            for patient in page:
                gone += await self._old_consents_of(patient.decode(), now, by)
            if len(page) < PAGE:
                return gone
            after = f"({page[-1].decode()}"

    async def _old_consents_of(self, patient: str, now: datetime, by: Entry) -> list[Held]:
        try:
            records = await self._consents.of(patient)
        except Shredded:
            return []
        found = due([Held(record.id, "consent", record.at) for record in records], self._policy, now)
        if not found:
            return []
        async with unavailable_when_down():
            stored = await cast("Any", self._redis.lrange(intake_keys.consents(patient), 0, -1))
        ids = {each.id for each in found}
        going = [each for each in stored if each.decode().split(" ", 1)[0] in ids]
        await self._deletion.of_consents(patient, going, replace(by, facts=" ".join(sorted(ids))))
        return list(found)
