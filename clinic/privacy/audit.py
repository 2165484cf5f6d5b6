"""The audit: append-only, chained by a keyed hash, in one stream. Which Redis keys: clinic/keys.py and keys.py here.

A chain per scope. Each entry is numbered within its scope (a consultation, a patient, a staff member, the clinic) and
holds the hash of the entry before: HMAC-SHA256(key, prev || canonical JSON). Python hashes, and the Lua step that
writes goes through only while the scope's head is the one that was hashed onto; so an entry is in the same atomic step
as what it tells of, and two consultations never wait for each other. A consultation's head lies beside its version.

Anchors. From time to time an entry seals how many entries came since the last one, a digest of their ids and hashes in
order, and the last number of each scope among them. Anchors are a chain of their own. They find what a chain cannot:
a cut tail, a scope that is gone, another order between scopes.

Reads of clinical data are written before the data is given out. Entries hold ids and codes, so that erasing a patient
leaves the audit whole.

Limits. Who has the master key and writes to Redis can make a new audit; who can write to Redis only can cut what no
anchor seals yet, setting the heads back as well. Anchor often, and keep the newest anchor's head elsewhere: an audit
cut off at its end, anchors too, is found by that alone. Redis' own clock gives the stream ids; the writer's clock is in
the entry. Entries never expire, and none may be trimmed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar, cast

from redis.asyncio import Redis

from clinic import keys as clinic_keys
from clinic.privacy import audit_scripts, keys
from clinic.privacy.anchor import NOTHING, Stretch, anchor_entry
from clinic.privacy.audit_check import AuditCheck, Finding
from clinic.privacy.audit_entry import (
    ANCHOR_SCOPE,
    CONSULTATION,
    PATIENT,
    AuditKeys,
    Entry,
    Head,
    Purpose,
    one_line,
    stored_fields,
)
from clinic.unavailable import Unavailable, unavailable_when_down

MAX_ATTEMPTS: Final = 50
"""Lost races for one entry before we give up; each lost race means that another entry was written."""

PAGE: Final = 500
"""Entries that are read at once."""

MAX_SEARCHED: Final = 20_000
"""Entries that one page of the audit view looks through."""

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Logged:
    """An entry as the audit view shows it: its stream id (Unix ms before the `-`) and fields."""

    id: str
    fields: dict[str, str]


@dataclass(frozen=True)
class AuditPage:
    """Newest first. `before`: ask for what is older with it; None: there is nothing older."""

    entries: tuple[Logged, ...]
    before: str | None


class Audit:
    """The audit of one clinic. Every method may raise `Unavailable`; any number of processes may have one."""

    def __init__(self, redis: Redis, audit_keys: AuditKeys) -> None:
        self._redis = redis
        self._keys = audit_keys
        self._append = redis.register_script(audit_scripts.APPEND)

    async def chained(self, entry: Entry, step: Callable[[str], Awaitable[Answer | None]]) -> Answer:
        """Run a Lua step that writes this entry too, and again while it answers None, for a conflict.

        The step gets the ARGV for `audit_write`; its `heads` is that of `heads_of(entry.scope)`.
        """
        key, head_field = heads_of(entry.scope)
        for _ in range(MAX_ATTEMPTS):
            async with unavailable_when_down():
                before = await cast("Any", self._redis.hget(key, head_field))
            sealed = self._keys.seal(entry, Head.read((before or b"").decode()))
            answer = await step(sealed.argument(head_field))
            if answer is not None:
                return answer
        raise Unavailable(f"{MAX_ATTEMPTS} conflicts in a row on the audit of {entry.scope}")

    async def record(self, entry: Entry) -> None:
        """An entry for what changes nothing in Redis."""
        key, _ = heads_of(entry.scope)

        async def step(argument: str) -> bool | None:
            async with unavailable_when_down():
                return await self._append(keys=[clinic_keys.AUDIT, key], args=[argument]) == 1 or None

        await self.chained(entry, step)

    async def record_read(
        self,
        actor: str,
        role: str,
        patient: str,
        what: Sequence[str],
        now: datetime,
        *,
        purpose: Purpose = "TREAT",
        consultation: str = "",
        request: str = "",
    ) -> None:
        """Somebody is about to see a patient's data; give it out after this returned. `what`: classes of data."""
        about = {"patient": patient, "consultation": consultation, "request": request, "facts": one_line(what)}
        await self.record(Entry(PATIENT + patient, "read", actor, role, purpose, now, **about))

    async def anchor(self, now: datetime) -> Head | None:
        """Seal all since the last anchor; the anchor's head, to be kept elsewhere. None: there was nothing to seal,
        or another process did it."""
        async with unavailable_when_down():
            stored = await cast("Any", self._redis.hget(keys.AUDIT_HEADS, ANCHOR_SCOPE))
        after = await self._sealed_upto()
        entries = [(entry.id, entry.fields) async for entry in self._entries(after)]
        if all(fields.get("scope") == ANCHOR_SCOPE for _, fields in entries):
            return None
        stretch = Stretch.of(after, entries)
        sealed = self._keys.seal(anchor_entry(now), Head.read((stored or b"").decode()), **stretch.fields())
        async with unavailable_when_down():
            args = [sealed.argument(ANCHOR_SCOPE)]
            written = await self._append(keys=[clinic_keys.AUDIT, keys.AUDIT_HEADS], args=args)
        return sealed.after if written else None

    async def newest_anchor(self) -> Head | None:
        """The head of the anchors, to be kept elsewhere; None before the first."""
        async with unavailable_when_down():
            stored = await cast("Any", self._redis.hget(keys.AUDIT_HEADS, ANCHOR_SCOPE))
        return Head.read(stored.decode()) if stored else None

    async def verify(self, kept: Iterable[Head] = ()) -> tuple[Finding, ...]:
        """All damage; see `AuditCheck.findings`. Reads everything."""
        check = AuditCheck(self._keys)
        heads = await self._heads()
        async for entry in self._entries(NOTHING):
            check.feed(entry.id, entry.fields)
        return check.findings(heads, kept)

    async def page(self, before: str | None = None, limit: int = 50, **wanted: str) -> AuditPage:
        """Entries whose fields are as wanted (`patient`, `consultation`, `actor` ...), older than `before`.

        May be short, even empty, with more to come: it looks through at most `MAX_SEARCHED`.
        """
        found: list[Logged] = []
        for _ in range(MAX_SEARCHED // PAGE):
            async with unavailable_when_down():
                end = "+" if before is None else f"({before}"
                raw = await cast("Any", self._redis.xrevrange(clinic_keys.AUDIT, end, "-", count=PAGE))
            for entry in map(_logged, raw):
                before = entry.id
                if all(entry.fields.get(name) == value for name, value in wanted.items()):
                    found.append(entry)
                    if len(found) == limit:
                        return AuditPage(tuple(found), before)
            if len(raw) < PAGE:
                return AuditPage(tuple(found), None)
        return AuditPage(tuple(found), before)

    async def _entries(self, after: str) -> AsyncIterator[Logged]:
        """All entries after this stream id, oldest first."""
        while True:
            async with unavailable_when_down():
                raw = await cast("Any", self._redis.xrange(clinic_keys.AUDIT, f"({after}", "+", count=PAGE))
            for entry in map(_logged, raw):
                after = entry.id
                yield entry
            if len(raw) < PAGE:
                return

    async def _sealed_upto(self) -> str:
        """Where the newest genuine anchor in the stream ends."""
        before: str | None = None
        while True:
            page = await self.page(before, 1, scope=ANCHOR_SCOPE)
            if page.entries and self._keys.damage(page.entries[0].fields) is None:
                return page.entries[0].fields["upto"]
            if page.before is None:
                return NOTHING
            before = page.before

    async def _heads(self) -> dict[str, str]:
        async with unavailable_when_down():
            stored = await cast("Any", self._redis.hgetall(keys.AUDIT_HEADS))
        heads = {_text(scope): _text(head) for scope, head in stored.items()}
        prefix, suffix = clinic_keys.state("|").split("|")
        cursor: int | None = None
        while cursor != 0:
            async with unavailable_when_down():
                cursor, states = await cast("Any", self._redis.scan(cursor or 0, f"{prefix}*{suffix}", 1000))
                for key in states:
                    head = await cast("Any", self._redis.hget(key, keys.HEAD_FIELD))
                    heads[CONSULTATION + _text(key)[len(prefix) : -len(suffix)]] = _text(head or b"")
        return heads


def heads_of(scope: str) -> tuple[str, str]:
    """The hash and the field that hold a scope's head."""
    if scope.startswith(CONSULTATION):
        return clinic_keys.state(scope.removeprefix(CONSULTATION)), keys.HEAD_FIELD
    return keys.AUDIT_HEADS, scope


def _logged(raw: tuple[bytes, dict[bytes, bytes]]) -> Logged:
    return Logged(raw[0].decode(), stored_fields(raw[1]))


def _text(raw: bytes) -> str:
    return raw.decode(errors="surrogateescape")
