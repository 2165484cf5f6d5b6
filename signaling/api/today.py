"""Today at a glance, in numbers: how the day stands, who waits or is in a call, and whether media works."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from clinic.booking.appointment import Absence, Status
from clinic.booking.day import day_of, day_span
from clinic.booking.record import Record
from clinic.consultation import Consultation
from media.contract import NodeInfo
from signaling.api.profile import Model
from signaling.api.route import Asked, Route

if TYPE_CHECKING:
    from signaling.api.gate import ApiGate

BUSY: frozenset[Status] = frozenset({"booked", "arrived", "noshow"})
"""Whose consultation may be going on."""


class NoShows(Model):
    patient: int
    physician: int
    technical: int


class Media(Model):
    """A process that carries calls."""

    id: str
    participants: int
    capacity: int
    rooms: int
    draining: bool


class Today(Model):
    day: date
    """In the clinic's time zone."""
    appointments: int
    """Without the cancelled ones."""
    to_come: int
    fulfilled: int
    cancelled: int
    no_shows: NoShows
    waiting: int
    """Patients in the waiting room now."""
    in_call: int
    """Consultations with a patient in them now."""
    next_at: datetime | None
    """When the next one is due that nobody has come to yet."""
    media: tuple[Media, ...]
    """Empty: no call can begin."""


def routes(gate: ApiGate) -> tuple[Route, ...]:
    """All of this file."""

    async def read(asked: Asked) -> Today:
        return await _read(asked, gate.services.nodes.alive)

    return (
        Route("GET", "/api/v1/today", "today.read", "metrics.read", read, "The day in numbers.", answer=Today),
    )  # fmt: skip


async def _read(asked: Asked, nodes: Sequence[NodeInfo]) -> Today:
    office, day = asked.office, day_of(asked.now, asked.office.zone)
    records = await office.diary.agenda.outline(day_span(day, office.zone))
    going = [(await office.store.load(record.id)).consultation for record in records if record.status in BUSY]
    return glance(day, records, going, nodes, asked.now)


def glance(
    day: date, records: Sequence[Record], going: Iterable[Consultation], nodes: Iterable[NodeInfo], now: datetime
) -> Today:
    """The numbers of a day's appointments and of their consultations. Pure."""
    statuses, absences = Counter(each.status for each in records), Counter(each.absence for each in records)
    patients = [seat for each in going for seat in each.seats if seat.role == "patient"]
    due = [each.starts_at for each in records if each.status == "booked" and each.starts_at >= now]
    return Today(
        day=day,
        appointments=len(records) - statuses["cancelled"],
        to_come=statuses["booked"],
        fulfilled=statuses["fulfilled"],
        cancelled=statuses["cancelled"],
        no_shows=NoShows(**{whose: absences[whose] for whose in _WHOSE}),
        waiting=sum(seat.arrived and not seat.present for seat in patients),
        in_call=sum(seat.present for seat in patients),
        next_at=min(due, default=None),
        media=tuple(map(_media, nodes)),
    )


_WHOSE: tuple[Absence, ...] = ("patient", "physician", "technical")


def _media(node: NodeInfo) -> Media:
    return Media(
        id=node.node_id, participants=node.participants, capacity=node.capacity, rooms=node.rooms,
        draining=node.draining,
    )  # fmt: skip
