"""The diary, read: one appointment, the pages of a span of time, and whose time is taken. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast, get_args

from redis.asyncio import Redis

from clinic.booking import appointment as a
from clinic.booking import keys
from clinic.booking.day import Span
from clinic.booking.record import Record, opened
from clinic.booking.rules import LONGEST
from clinic.privacy.vault import Vault
from clinic.unavailable import unavailable_when_down

MAX_OUTLINE: Final = 10_000
MAX_LIMIT: Final = 500
_BATCH: Final = 200
"""Records that are read at a time."""

ANY_STATUS: Final = frozenset[a.Status](get_args(a.Status))


class UnknownAppointment(LookupError):
    """There is no appointment with this id."""


class BadCursor(ValueError):
    """It is not the `next` of any page."""


@dataclass(frozen=True)
class Query:
    """What to show. `span`: every appointment that takes some of it, so also one that began before its midnight; None
    for all times. clinic/booking/day.py has the spans of days and weeks."""

    span: Span | None
    physician: str | None = None
    patient: str | None = None
    statuses: frozenset[a.Status] = ANY_STATUS
    after: str | None = None
    """The `next` of the page before."""
    limit: int = 100
    """At most `MAX_LIMIT`."""


@dataclass(frozen=True)
class Pages:
    """Appointments by their start. `next`: where the following page begins; None for the last."""

    appointments: tuple[a.Appointment, ...]
    next: str | None


@dataclass(frozen=True)
class Found:
    record: Record
    version: str


class Agenda:
    """What stands in the diary. Stateless. Every method may raise `Unavailable`."""

    def __init__(self, redis: Redis, vault: Vault) -> None:
        self._redis = redis
        self._vault = vault

    async def load(self, appointment_id: str) -> a.Appointment:
        """Raises UnknownAppointment, Tampered."""
        found = await self.find(appointment_id)
        if found is None:
            raise UnknownAppointment(appointment_id)
        return (await self._opened([found.record]))[0]

    async def page(self, query: Query) -> Pages:
        """At most `query.limit` appointments. Raises BadCursor, Tampered."""
        limit = min(query.limit, MAX_LIMIT)
        records = await self._matching(query, limit + 1)
        more = _cursor(records[limit - 1]) if len(records) > limit else None
        return Pages(await self._opened(records[:limit]), more)

    async def outline(self, span: Span) -> tuple[Record, ...]:
        """All that take some of the span, as they are stored: for counting, nothing is unsealed."""
        return tuple(await self._matching(Query(span), MAX_OUTLINE))

    async def find(self, appointment_id: str) -> Found | None:
        """The record with its version; nothing is unsealed."""
        async with unavailable_when_down():
            fields = await cast("Any", self._redis.hmget(keys.appointment(appointment_id), ["version", "record"]))
        return Found(Record.model_validate_json(fields[1]), fields[0].decode()) if fields[1] else None

    async def taken(self, physician: str | None, patient: str | None, span: Span) -> tuple[a.Slot, ...]:
        """What takes some of the span's time from either."""
        indexes = [keys.of_physician(physician)] if physician is not None else []
        indexes += [keys.of_patient(patient)] if patient is not None else []
        ids: dict[str, None] = {}
        for index in indexes:
            async with unavailable_when_down():
                members = await cast("Any", self._redis.zrangebyscore(index, *_scores(span)))
            ids.update(dict.fromkeys(member.decode() for member in members))
        records = await self._records(list(ids))
        return tuple(record.slot for record in records if record.occupies and _within(record, span))

    async def _matching(self, query: Query, limit: int) -> list[Record]:
        """Batch after batch, until there are enough or no more."""
        lowest, highest = _scores(query.span) if query.span else ("-inf", "+inf")
        after = _read_cursor(query.after) if query.after else None
        lowest = str(after[0]) if after else lowest
        matching: list[Record] = []
        offset = 0
        while len(matching) < limit:
            async with unavailable_when_down():
                members = await cast(
                    "Any", self._redis.zrangebyscore(_index(query), lowest, highest, start=offset, num=_BATCH)
                )
            records = await self._records([member.decode() for member in members])
            matching += [record for record in records if _matches(record, query, after)]
            if len(members) < _BATCH:
                break
            offset += _BATCH
        return matching[:limit]

    async def _records(self, ids: Sequence[str]) -> list[Record]:
        if not ids:
            return []
        async with unavailable_when_down(), self._redis.pipeline(transaction=False) as pipe:
            for appointment_id in ids:
                pipe.hget(keys.appointment(appointment_id), "record")
            stored = await pipe.execute()
        return [Record.model_validate_json(record) for record in stored if record]

    async def _opened(self, records: Iterable[Record]) -> tuple[a.Appointment, ...]:
        wanted = tuple(records)
        sealers = await self._vault.sealers(record.patient for record in wanted)
        return tuple(opened(record, sealers[record.patient]) for record in wanted)


def milliseconds(at: datetime) -> int:
    """Unix ms."""
    return round(at.timestamp() * 1000)


def _index(query: Query) -> str:
    """The shortest that has all of them."""
    if query.patient is not None:
        return keys.of_patient(query.patient)
    return keys.of_physician(query.physician) if query.physician is not None else keys.APPOINTMENTS


def _scores(span: Span) -> tuple[str, str]:
    """Starts of whatever may take some of the span: nothing is longer than `LONGEST`."""
    return f"({milliseconds(span.starts_at - LONGEST)}", f"({milliseconds(span.ends_at)}"


def _within(record: Record, span: Span) -> bool:
    return record.starts_at < span.ends_at and record.ends_at > span.starts_at


def _matches(record: Record, query: Query, after: tuple[int, str] | None) -> bool:
    return (
        record.status in query.statuses
        and query.physician in (None, record.physician)
        and query.patient in (None, record.patient)
        and (query.span is None or _within(record, query.span))
        and (after is None or _place(record) > after)
    )


def _place(record: Record) -> tuple[int, str]:
    return milliseconds(record.starts_at), record.id


def _cursor(record: Record) -> str:
    at, appointment_id = _place(record)
    return f"{at}-{appointment_id}"


def _read_cursor(cursor: str) -> tuple[int, str]:
    at, _, appointment_id = cursor.partition("-")
    if not at.isascii() or not at.isdigit() or not appointment_id:
        raise BadCursor
    return int(at), appointment_id
