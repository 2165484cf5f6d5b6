"""Staff sessions in Redis: only the hash of a token is stored, and all of one member under one key.

Every method may raise `Unavailable`.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from redis.asyncio import Redis

from clinic.keys import AUDIT
from clinic.people import keys, staff_steps
from clinic.people.credentials import Secrets
from clinic.people.request import Request
from clinic.people.roster import SUBJECT
from clinic.people.session import DEFAULT_LIMITS, Limits, Session, SessionView, new_token, staff_of, token_sha256
from clinic.privacy.audit import Audit
from clinic.privacy.keys import AUDIT_HEADS
from clinic.privacy.vault import Vault
from clinic.unavailable import unavailable_when_down

MAX_SESSIONS: Final = 10
"""Of one member; the longest unused one makes room."""

MAX_AGENT: Final = 200
WRITTEN_EVERY: Final = timedelta(minutes=1)
"""A request writes that the session was used only so often: each write waits for the disk."""

KEPT: Final = timedelta(days=1)


class Sessions:
    """Of all staff of one clinic. Stateless: any number of processes may have one."""

    def __init__(self, redis: Redis, vault: Vault, audit: Audit, limits: Limits = DEFAULT_LIMITS) -> None:
        self._redis = redis
        self._vault = vault
        self._audit = audit
        self._limits = limits
        self._begin = redis.register_script(staff_steps.BEGIN_SESSION)
        self._touch = redis.register_script(staff_steps.TOUCH_SESSION)
        self._end = redis.register_script(staff_steps.END_SESSIONS)

    async def begin(
        self, staff_id: str, proved: Secrets, request: Request, *, address: str, agent: str, replaces: str = ""
    ) -> str | None:
        """The token of a new session. `replaces`: the token that this browser had, which ends. None: the account was
        closed, or has another password than the one that was proved."""
        token = new_token(staff_id)
        sealer = await self._vault.sealer(SUBJECT, create=True)
        details = json.dumps({"address": address[:MAX_AGENT], "agent": agent[:MAX_AGENT]})
        ending = await self._ending(staff_id, replaces, request.at)
        args: list[str | int] = [
            staff_id,
            proved.sealed_password,
            token_sha256(token),
            _ms(request.at),
            sealer.seal(_field(staff_id, token_sha256(token)), details),
            self._expires_ms(request.at),
            *ending,
        ]
        keys_of = [keys.sessions(staff_id), keys.STAFF, keys.credentials(staff_id), AUDIT, AUDIT_HEADS]

        async def step(entry: str) -> bytes | None:
            async with unavailable_when_down():
                return cast("bytes | None", await self._begin(keys=keys_of, args=[entry, *args]))

        answer = await self._audit.chained(request.about_staff(staff_id, "sign_in"), step)
        return token if answer == b"done" else None

    async def find(self, token: str, now: datetime) -> Session | None:
        """The session of a token while it is alive."""
        staff_id, sha256 = staff_of(token), token_sha256(token)
        if not staff_id:
            return None
        names = [sha256, f"{sha256}:seen", f"{sha256}:held"]
        async with unavailable_when_down():
            began, seen, held = await cast("Any", self._redis.hmget(keys.sessions(staff_id), names))
        if began is None or seen is None:
            return None
        session = _session(staff_id, sha256, began, seen, held)
        return session if session.is_alive(self._limits, now) else None

    async def touch(self, token: str, now: datetime, *, in_consultation: bool = False) -> Session | None:
        """The same, and it was used just now. `in_consultation`: its page is in a call, which must not be cut; say so
        every few minutes while it is."""
        session = await self.find(token, now)
        if session is None:
            return None
        last = session.held_at if in_consultation else session.seen_at
        if last is not None and timedelta(0) <= now - last < WRITTEN_EVERY:
            return session
        args: list[str | int] = [session.id, _ms(now), self._expires_ms(now), "1" if in_consultation else ""]
        async with unavailable_when_down():
            touched = await self._touch(keys=[keys.sessions(session.staff)], args=args)
        return await self.find(token, now) if touched else None

    async def listing(self, staff_id: str, now: datetime) -> tuple[SessionView, ...]:
        """All that are alive, the last used first."""
        found = await self._all(staff_id)
        alive = [session for session, _ in found if session.is_alive(self._limits, now)]
        if not alive:
            return ()
        sealer, sealed = await self._vault.sealer(SUBJECT), {session.id: details for session, details in found}
        views = []
        for session in sorted(alive, key=lambda session: session.seen_at, reverse=True):
            details = json.loads(sealer.open(_field(staff_id, session.id), sealed[session.id]))
            views.append(SessionView(session, details["address"], details["agent"]))
        return tuple(views)

    async def end(self, staff_id: str, session_id: str, request: Request) -> bool:
        """Sign out one session, by its id; False when there is none."""
        return await self._end_all(staff_id, [session_id], request, "sign_out") == 1

    async def end_everywhere(self, staff_id: str, request: Request, *, but: str = "") -> int:
        """Sign out on every device; how many there were. `but`: the id of the session that asks, to keep it."""
        ids = [session.id for session, _ in await self._all(staff_id) if session.id != but]
        return await self._end_all(staff_id, ids, request, "sign_out_everywhere")

    async def _end_all(self, staff_id: str, ids: list[str], request: Request, action: str) -> int:
        keys_of = [keys.sessions(staff_id), AUDIT, AUDIT_HEADS]

        async def step(entry: str) -> int | None:
            async with unavailable_when_down():
                return cast("int | None", await self._end(keys=keys_of, args=[entry, *ids]))

        return await self._audit.chained(request.about_staff(staff_id, action), step)

    async def _ending(self, staff_id: str, replaces: str, now: datetime) -> list[str]:
        """Sessions that end when another begins: the browser's old one, dead ones, and those that are too many."""
        found = [session for session, _ in await self._all(staff_id)]
        old = token_sha256(replaces) if replaces else ""
        staying = [session for session in found if session.is_alive(self._limits, now) and session.id != old]
        staying.sort(key=lambda session: session.ends_at(self._limits), reverse=True)
        kept = {session.id for session in staying[: MAX_SESSIONS - 1]}
        return [session.id for session in found if session.id not in kept]

    async def _all(self, staff_id: str) -> list[tuple[Session, str]]:
        """Dead ones too, each with its sealed details."""
        async with unavailable_when_down():
            stored = await cast("Any", self._redis.hgetall(keys.sessions(staff_id)))
        fields = {name.decode(): value for name, value in stored.items()}
        return [
            (
                _session(staff_id, sha256, began, fields[f"{sha256}:seen"], fields.get(f"{sha256}:held")),
                began.partition(b" ")[2].decode(),
            )
            for sha256, began in fields.items()
            if ":" not in sha256
        ]

    def _expires_ms(self, now: datetime) -> int:
        return _ms(now + max(self._limits.idle, self._limits.absolute) + KEPT)


def _session(staff_id: str, sha256: str, began: bytes, seen: bytes, held: bytes | None) -> Session:
    return Session(sha256, staff_id, _at(began.partition(b" ")[0]), _at(seen), _at(held) if held else None)


def _field(staff_id: str, sha256: str) -> str:
    return f"session {staff_id} {sha256}"


def _at(ms: bytes) -> datetime:
    return datetime.fromtimestamp(int(ms) / 1000, UTC)


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
