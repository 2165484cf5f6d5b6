"""The waiting room for staff: today's line of a physician, live; what is said to all who wait; who is away.

A page asks with the `mark` that it has, and gets its answer when there is another one, or when it has waited.
"""

from __future__ import annotations

import asyncio
import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from clinic.booking.appointment import Absence, Status
from clinic.intake import estimate
from clinic.intake.absence import Because
from clinic.intake.day import Stage, Visit, suggestion
from clinic.intake.queue_message import QueueMessage, Refusal
from clinic.intake.waiting import Row, StaffView, staff_view
from clinic.keys import BELL
from clinic.people.patients import ErasedPatient, UnknownPatient
from clinic.people.roster import UnknownMember
from signaling.api.fault import Fault, FieldFault
from signaling.api.route import Asked, Route
from signaling.office import Office
from signaling.waiting_rooms import Day

if TYPE_CHECKING:
    from signaling.api.gate import ApiGate

MAX_WAIT_S: Final = 25
LOOK_EVERY_S: Final = 10.0
"""Estimates, bookings and who is away ring no bell."""

REST_S: Final = 0.5
"""Between two looks of one page."""

MAX_AWAY_MIN: Final = 240
GuestKind = Literal["companion", "interpreter"]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class QueueQuery(_Model):
    physician: str = Field(default="", max_length=64)
    """Whose line; empty: the own one."""
    after: str = Field(default="", max_length=64)
    """The `mark` that the page has; empty: answer at once."""
    wait_s: int = Field(default=0, ge=0, le=MAX_WAIT_S)


class WaitView(_Model):
    at_least_min: int
    at_most_min: int


class LateView(_Model):
    minutes: int
    physician_here: bool
    back_at: datetime | None


class SuggestionView(_Model):
    absence: Absence
    because: Because


class VisitView(_Model):
    id: str
    """Of the appointment and its consultation."""
    patient: str
    name: str
    """Empty for an erased patient."""
    starts_at: datetime
    ends_at: datetime
    stage: Stage
    status: Status
    absence: Absence | None
    place: int | None = None
    """In the line, from 1, of who waits."""
    arrived_at: datetime | None = None
    began_at: datetime | None = None
    wait: WaitView | None = None
    urgent: bool | None = None
    """None: not for this role to know, or nobody who waits."""
    in_call: bool = False
    """The patient is in the call now."""
    suggestion: SuggestionView | None = None
    """Whose no-show it seems to be; a person decides."""


class MessageView(_Model):
    id: str
    text: str
    until: datetime
    for_all: bool
    """In every line."""
    own: bool


class QueueView(_Model):
    mark: str
    physician: str
    name: str
    today: str
    """In the clinic's calendar."""
    here: bool
    """The physician is at the console."""
    back_at: datetime | None
    late: LateView | None
    messages: tuple[MessageView, ...]
    visits: tuple[VisitView, ...]
    """Of today: the line first, in its order, then all others by their time."""


class NewMessage(_Model):
    text: str = Field(max_length=2000)
    minutes: int = Field(ge=1, le=MAX_AWAY_MIN)
    """So long it is shown."""
    physician: str = Field(default="", max_length=64)
    """Whose line; empty: the own one, of a physician, else all."""


class TakeBack(_Model):
    id: str = Field(max_length=200)


class Away(_Model):
    minutes: int = Field(ge=0, le=MAX_AWAY_MIN)
    """0: back."""
    physician: str = Field(default="", max_length=64)
    """Empty: oneself."""


def routes(gate: ApiGate) -> tuple[Route, ...]:
    """All of this file."""
    at = _Queue(gate)
    return (
        Route("GET", "/api/v1/queue", "queue.read", "queue.read", at.read,
              "A physician's waiting room and day; waits for news when it is told what the page has.",
              query=QueueQuery, answer=QueueView, faults=("not-found",)),
        Route("POST", "/api/v1/queue/messages", "queue.say", "queue.message", at.say,
              "Say something to all who wait.", body=NewMessage, answer=MessageView, status=201,
              faults=("queue-not-yours",)),
        Route("POST", "/api/v1/queue/messages/take-back", "queue.take-back", "queue.message", at.take_back,
              "Show a message no more.", body=TakeBack, status=204, faults=("queue-not-yours",)),
        Route("PUT", "/api/v1/queue/away", "queue.away", "queue.message", at.away,
              "The physician is away for so long, or back.", body=Away, status=204, faults=("queue-not-yours",)),
    )  # fmt: skip


class _Queue:
    def __init__(self, gate: ApiGate) -> None:
        self._gate = gate

    async def read(self, asked: Asked) -> QueueView:
        """Long poll. A console that asks for its own line is open."""
        query, office = asked.query(QueueQuery), asked.office
        physician = query.physician or asked.actor
        name = await _physician(office, physician)
        deadline = asyncio.get_running_loop().time() + query.wait_s
        hub = self._gate.services.hub
        with hub.watching() as bell:
            while True:
                bell.clear()
                if physician == asked.actor:
                    await office.attendances.came(physician)
                view = await self._view(asked, physician, name)
                left_s = deadline - asyncio.get_running_loop().time()
                if view.mark != query.after or left_s <= 0 or hub.closed:
                    return view
                await _ring(bell, min(left_s, LOOK_EVERY_S))
                await asyncio.sleep(min(left_s, REST_S))

    async def say(self, asked: Asked) -> MessageView:
        typed = asked.body(NewMessage)
        physician = typed.physician or (asked.actor if asked.role == "physician" else "")
        if typed.physician:
            await _physician(asked.office, typed.physician)
        until = asked.now + timedelta(minutes=typed.minutes)
        message = await asked.office.queue_messages.post(physician, typed.text, until, asked.as_request)
        if isinstance(message, Refusal):
            raise _refused(message)
        await _ring_all(asked.office)
        return _message(message, asked)

    async def take_back(self, asked: Asked) -> None:
        refusal = await asked.office.queue_messages.take_back(asked.body(TakeBack).id, asked.as_request)
        if refusal:
            raise _refused(refusal)
        await _ring_all(asked.office)

    async def away(self, asked: Asked) -> None:
        """A physician says it of oneself only."""
        typed = asked.body(Away)
        physician = typed.physician or asked.actor
        await _physician(asked.office, physician)
        if asked.role == "physician" and physician != asked.actor:
            raise Fault(403, "queue-not-yours")
        until = asked.now + timedelta(minutes=typed.minutes) if typed.minutes else None
        await asked.office.attendances.away(physician, until)
        await _ring_all(asked.office)

    async def _view(self, asked: Asked, physician: str, name: str) -> QueueView:
        now = asked.office.now()
        day = await self._gate.services.rooms.of(physician, now)
        line = staff_view(day.room, asked.role, now)
        if line is None:
            raise Fault(403, "not-allowed")
        attendance = day.room.attendance
        view = QueueView(
            mark="",
            physician=physician,
            name=name,
            today=now.astimezone(asked.office.zone).date().isoformat(),
            here=attendance.here,
            back_at=_local(asked.office, attendance.back_at),
            late=_late(asked.office, line),
            messages=tuple(_message(message, asked) for message in line.messages),
            visits=await _visits(asked.office, day, line, now),
        )
        return view.model_copy(update={"mark": hashlib.sha256(view.model_dump_json().encode()).hexdigest()[:16]})


async def _visits(office: Office, day: Day, line: StaffView, now: datetime) -> tuple[VisitView, ...]:
    rows = {row.appointment: row for row in line.rows}
    ordered = sorted(day.visits, key=lambda visit: (_place(rows, visit), visit.appointment.starts_at))
    here = day.room.attendance.here
    return tuple([await _visit(office, visit, rows.get(visit.appointment.id), here, now) for visit in ordered])


def _place(rows: dict[str, Row], visit: Visit) -> int:
    row = rows.get(visit.appointment.id)
    return row.place if row else len(rows) + 1


async def _visit(office: Office, visit: Visit, row: Row | None, here: bool, now: datetime) -> VisitView:
    appointment, course = visit.appointment, visit.course
    seems = suggestion(visit, here, now)
    return VisitView(
        id=appointment.id,
        patient=appointment.patient,
        name=await _name(office, appointment.patient),
        starts_at=appointment.starts_at.astimezone(office.zone),
        ends_at=appointment.ends_at.astimezone(office.zone),
        stage=visit.stage,
        status=appointment.status,
        absence=appointment.absence,
        place=row.place if row else None,
        arrived_at=_local(office, course.arrived_at),
        began_at=_local(office, course.began_at),
        wait=_wait(row.wait) if row and row.wait else None,
        urgent=row.urgent if row else None,
        in_call=bool(visit.patient and visit.patient.present),
        suggestion=SuggestionView(absence=seems.absence, because=seems.because) if seems else None,
    )


def _wait(wait: estimate.Wait) -> WaitView:
    return WaitView(at_least_min=wait.at_least, at_most_min=wait.at_most)


def _late(office: Office, line: StaffView) -> LateView | None:
    late = line.late
    if late is None:
        return None
    return LateView(minutes=late.minutes, physician_here=late.physician_here, back_at=_local(office, late.back_at))


def _message(message: QueueMessage, asked: Asked) -> MessageView:
    own = message.by == asked.actor or asked.role != "physician"
    until = message.until.astimezone(asked.office.zone)
    return MessageView(id=message.id, text=message.text, until=until, for_all=not message.physician, own=own)


def _local(office: Office, at: datetime | None) -> datetime | None:
    return at.astimezone(office.zone) if at else None


async def _name(office: Office, patient: str) -> str:
    try:
        return (await office.patients.load(patient)).demographics.name
    except (ErasedPatient, UnknownPatient):
        return ""


async def _physician(office: Office, staff_id: str) -> str:
    """The name of whose line it is; everybody of staff may have one. Raises Fault."""
    try:
        return (await office.roster.load(staff_id)).profile.name
    except UnknownMember:
        raise Fault(404, "not-found") from None


def _refused(refusal: Refusal) -> Fault:
    if refusal.code == "not-allowed":
        return Fault(403, "queue-not-yours")
    field, code = ("minutes", "out-of-range") if refusal.code == "not-a-span" else ("text", _TEXT[refusal.code])
    return Fault(422, "invalid", [FieldFault(field, code)])


_TEXT: Final = {"empty": "missing", "too-long": "too-long"}


async def _ring_all(office: Office) -> None:
    """Every process looks again: what was said stands on no timeline."""
    await office.redis.publish(BELL, "queue")


async def _ring(bell: asyncio.Event, timeout_s: float) -> None:
    try:
        async with asyncio.timeout(timeout_s):
            await bell.wait()
    except TimeoutError:
        pass
