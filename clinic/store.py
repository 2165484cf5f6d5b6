"""The clinic's one door to Redis: consultations, their timelines and their join links.

What was said is opened when it is read and sealed when it is written; clinic/sealed.py says how. Nothing is answered
before the write is durable. Every method may raise `Unavailable`.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any, Final, cast, get_args

from redis.asyncio import Redis

from clinic import keys, scripts
from clinic.commands import Command
from clinic.consultation import Consultation, Decision, Refusal, RefusalCode, Seat, apply, decide
from clinic.events import Ended, Event
from clinic.people.second_check import Question
from clinic.privacy.audit import Audit
from clinic.privacy.audit_entry import CONSULTATION, AuditKeys, Entry, Head
from clinic.privacy.keys import DATAKEYS, HEAD_FIELD
from clinic.privacy.sealing import Sealer, Shredded
from clinic.privacy.vault import Vault
from clinic.read_script import ReadScript
from clinic.records import CLINIC, Actor, Applied, Created, NewSeat, Page, Refused, SeatLink, Snapshot, Stored
from clinic.sealed import Reading, opened_event, opened_state, sealed_state
from clinic.unavailable import Unavailable, unavailable_when_down

MAX_ATTEMPTS: Final = 50
"""Lost races for one command before we give up; each lost race means that another command was applied."""

COMMANDS_KEPT: Final = timedelta(days=1)
LINKS_KEPT: Final = timedelta(days=30)
TOKEN_BYTES: Final = 16


class UnknownConsultation(LookupError):
    """There is no consultation with this id."""


class Superseded(Exception):
    """A newer connection holds the seat: the command was not applied, and this connection may say nothing more."""


class Store:
    """Consultations in one Redis or Valkey. Stateless: any number of processes may have one."""

    def __init__(self, redis: Redis, vault: Vault, audit_keys: AuditKeys) -> None:
        self._redis = redis
        self._vault = vault
        self._audit_keys = audit_keys
        self._audit = Audit(redis, audit_keys)
        self._read = ReadScript(redis, scripts.READ)
        self._read_timeline = ReadScript(redis, scripts.READ_TIMELINE)
        self._create = redis.register_script(scripts.CREATE)
        self._execute = redis.register_script(scripts.EXECUTE)
        self._issue_link = redis.register_script(scripts.ISSUE_LINK)
        self._revoke = redis.register_script(scripts.REVOKE)

    async def create_consultation(
        self, *, starts_at: datetime, ends_at: datetime, reason: str, seats: Sequence[NewSeat]
    ) -> Created:
        """A scheduled consultation with its seats, and a data key of its own: of one that is in no diary. Times are
        aware."""
        made = tuple(Seat(id=_new_id(), role=seat.role, name=seat.name) for seat in seats)
        state = Consultation(id=_new_id(), starts_at=starts_at, ends_at=ends_at, reason=reason, seats=made)
        entry = self._audit_keys.seal(_by(CLINIC, "create", state.id), Head())
        sealer = await self._vault.sealer(CONSULTATION + state.id, create=True)
        async with unavailable_when_down():
            await self._create(
                keys=[keys.state(state.id), keys.OPEN, keys.AUDIT],
                args=[
                    sealed_state(state, sealer),
                    starts_at.isoformat(),
                    ends_at.isoformat(),
                    _ms(state.closes_at),
                    state.id,
                    entry.argument(HEAD_FIELD),
                    sealer.subject,
                ],
            )
        return Created(state.id, made)

    async def issue_link(self, consultation: str, seat: str, by: Actor = CLINIC) -> str:
        """A new join token for a seat; only its hash is stored. Valid until the consultation closes."""
        if (await self.load(consultation)).consultation.seat(seat) is None:
            raise LookupError(f"no seat {seat} in consultation {consultation}")
        token = secrets.token_urlsafe(TOKEN_BYTES)
        sha256 = keys.sha256(token)

        async def step(entry: str) -> int | None:
            """Loads after the audit's head was read: a consultation that is moved meanwhile is a conflict."""
            closes_at = (await self.load(consultation)).consultation.closes_at
            async with unavailable_when_down():
                return _unless_conflict(
                    await self._issue_link(
                        keys=[keys.token(sha256), keys.links(consultation), keys.AUDIT, keys.state(consultation)],
                        args=[sha256, consultation, seat, _ms(closes_at), _ms(closes_at + LINKS_KEPT), entry],
                    )
                )

        await self._audit.chained(_by(by, "issue_link", consultation, seat), step)
        return token

    async def revoke(self, consultation: str, seat: str, by: Actor = CLINIC) -> int:
        """Make every join link of the seat worthless; how many there were. Raises UnknownConsultation."""
        await self.load(consultation)

        async def step(entry: str) -> int | None:
            async with unavailable_when_down():
                links = await cast("Any", self._redis.hgetall(keys.links(consultation)))
                hashes = [sha256.decode() for sha256, holder in links.items() if holder.decode() == seat]
                return _unless_conflict(
                    await self._revoke(
                        keys=[
                            keys.links(consultation),
                            keys.AUDIT,
                            keys.state(consultation),
                            *map(keys.token, hashes),
                        ],
                        args=[entry, *hashes],
                    )
                )

        return await self._audit.chained(_by(by, "revoke", consultation, seat), step)

    async def linked_seats(self, consultation: str) -> frozenset[str]:
        """The seats that somebody holds a link to."""
        async with unavailable_when_down():
            return frozenset(seat.decode() for seat in await cast("Any", self._redis.hvals(keys.links(consultation))))

    async def seat_of_token(self, token: str) -> SeatLink | None:
        """What the token opens, also after it expired (look at `expires_at`); None for an unknown one.

        `token.proof` is that of a device which passed the second check.
        """
        token, _, proof = token.partition(".")
        sha256, passed = keys.sha256(token), f"proof {keys.sha256(proof)}"
        async with unavailable_when_down(), self._redis.pipeline(transaction=False) as pipeline:
            pipeline.hgetall(keys.token(sha256))
            pipeline.hmget(keys.token_check(sha256), ["question", passed])
            found, (question, proven) = await pipeline.execute()
        if not found:
            return None
        expires_at = datetime.fromtimestamp(int(found[b"expires_ms"]) / 1000, UTC)
        check = "" if question is None or proven else cast("Question", question.decode())
        return SeatLink(found[b"consultation"].decode(), found[b"seat"].decode(), expires_at, check)

    async def load(self, consultation: str) -> Snapshot:
        """The consultation now; of an erased patient without words. Raises UnknownConsultation."""
        return (await self.read(consultation)).snapshot

    async def read(self, consultation: str) -> Reading:
        """The same, for a step that writes it again. Raises UnknownConsultation."""
        async with unavailable_when_down():
            fields = await self._read(keys=[keys.state(consultation), DATAKEYS])
        version, state, upto, head, subject, key = fields
        if version is None:
            raise UnknownConsultation(consultation)
        sealer = self._vault.sealer_of(subject.decode(), key)
        opened, sealed = opened_state(state, sealer)
        head = Head.read(head.decode() if head else "")
        snapshot = Snapshot(opened, int(version), upto.decode() or None, head, sealer.subject)
        return Reading(snapshot, sealer, sealed)

    async def execute(
        self, consultation: str, command: Command, now: datetime, claim: int | None = None
    ) -> Applied | Refused:
        """Decide the command and make its events durable, once per command id, in one step with audit and outbox.

        `claim`: that of the connection which the command came on; None for what our own processes report. Raises
        `Superseded` when the seat has a higher one, unless the command was applied before: then it says so.
        """
        for _ in range(MAX_ATTEMPTS):
            reading = await self.read(consultation)
            decision = decide(reading.snapshot.consultation, command, now)
            try:
                result = await self._try(reading, command, decision, now, claim)
            except Shredded:
                result = await self._try(reading, command, Refusal("ended"), now, claim)
            if result is not None:
                return result
        raise Unavailable(f"{MAX_ATTEMPTS} version conflicts in a row")

    async def events_after(self, consultation: str, after: str | None, limit: int) -> Page:
        """At most `limit` events after the one with id `after` (None: from the first)."""
        start = "-" if after is None else f"({after}"
        async with unavailable_when_down():
            entries, subject, key = await self._read_timeline(
                keys=[keys.timeline(consultation), keys.state(consultation), DATAKEYS], args=[start, limit + 1]
            )
        if not entries:
            return Page((), more=False)
        sealer = self._vault.sealer_of(subject.decode(), key)
        stored = tuple(_stored(consultation, sealer, *entry) for entry in entries[:limit])
        return Page(stored, more=len(entries) > limit)

    async def due(self, now: datetime, limit: int = 100) -> tuple[str, ...]:
        """Consultations that the clock must end."""
        async with unavailable_when_down():
            found = await cast("Any", self._redis.zrangebyscore(keys.OPEN, "-inf", _ms(now), start=0, num=limit))
        return tuple(consultation.decode() for consultation in found)

    async def _try(
        self, reading: Reading, command: Command, decision: Decision, now: datetime, claim: int | None
    ) -> Applied | Refused | None:
        """One atomic step; None when another command was applied since the reading. Raises Shredded."""
        snapshot, state = reading.snapshot, reading.snapshot.consultation
        refusal = decision.code if isinstance(decision, Refusal) else ""
        events = () if isinstance(decision, Refusal) else decision
        entry = self._audit_keys.seal(_by_seat(state, command, events, refusal, now), snapshot.head)
        async with unavailable_when_down():
            answer: list[bytes] = await self._execute(
                keys=[
                    keys.state(state.id),
                    keys.timeline(state.id),
                    keys.commands(state.id),
                    keys.AUDIT,
                    keys.OUTBOX,
                    keys.OPEN,
                    keys.claims(state.id),
                ],
                args=[
                    snapshot.version,
                    reading.state(reduce(apply, events, state)),
                    f"{command.seat}/{command.id}",
                    refusal,
                    _ms(state.closes_at + COMMANDS_KEPT),
                    keys.BELL,
                    state.id,
                    command.seat,
                    entry.argument(HEAD_FIELD),
                    "consultation_ended" if any(isinstance(event, Ended) for event in events) else "",
                    "" if claim is None else claim,
                    *(reading.event(event) for event in events),
                ],
            )
        return _outcome(answer, refusal, events)


def _outcome(answer: list[bytes], refusal: str, events: tuple[Event, ...]) -> Applied | Refused | None:
    match answer:
        case [b"conflict"]:
            return None
        case [b"superseded"]:
            raise Superseded
        case [b"repeated", before]:
            code = before.decode()
            return Refused(_refusal_code(code)) if code else Applied(repeated=True)
        case _ if refusal:
            return Refused(_refusal_code(refusal))
        case [_, *ids]:
            return Applied(tuple(event_id.decode() for event_id in ids), events)
    raise RuntimeError(f"the step answered {answer!r}")


def _by(actor: Actor, action: str, consultation: str, seat: str = "") -> Entry:
    """What was done to a consultation from outside the call."""
    now = datetime.now(UTC)
    scope = CONSULTATION + consultation
    return Entry(scope, action, actor.id, actor.role, "PATADMIN", now, consultation=consultation, facts=seat)


def _by_seat(state: Consultation, command: Command, events: tuple[Event, ...], refusal: str, now: datetime) -> Entry:
    seat = state.seat(command.seat)
    return Entry(
        scope=CONSULTATION + state.id,
        action=type(command).__name__,
        actor=command.seat,
        role=seat.role if seat else "system",
        purpose="TREAT",
        at=now,
        consultation=state.id,
        outcome=refusal or "ok",
        request=command.id,
        facts=" ".join(event.type for event in events),
    )


def _unless_conflict(answer: int) -> int | None:
    return None if answer < 0 else answer


def _refusal_code(code: str) -> RefusalCode:
    if code not in get_args(RefusalCode):
        raise RuntimeError(f"unknown refusal {code!r} in the store")
    return cast("RefusalCode", code)


def _stored(consultation: str, sealer: Sealer, entry_id: bytes, fields: Sequence[bytes]) -> Stored:
    event_id, (_, text) = entry_id.decode(), fields
    return Stored(event_id, int(event_id.partition("-")[0]), opened_event(consultation, text, sealer))


def _new_id() -> str:
    return secrets.token_hex(8)


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
