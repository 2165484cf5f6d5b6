"""One physician's visits of today, sorted into who waits, who is inside and who is to come. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from clinic import events as e
from clinic.booking.appointment import Appointment
from clinic.consultation import Consultation, Seat
from clinic.intake.absence import Seen, Suggestion, seen, suggest
from clinic.intake.course import Course
from clinic.intake.estimate import Attendance, Expected, InCall
from clinic.intake.line import Visitor, line_of
from clinic.intake.pace import Finished, pace_of
from clinic.intake.queue_message import QueueMessage
from clinic.intake.waiting import Room

Stage = Literal["expected", "waiting", "inside", "done", "missed", "cancelled"]
"""`inside`: let in, and not ended; wherever the patient is now."""


@dataclass(frozen=True)
class Visit:
    """An appointment with what its consultation knows. `timeline`: without words."""

    appointment: Appointment
    consultation: Consultation
    course: Course
    timeline: tuple[e.Event, ...] = ()

    @property
    def patient(self) -> Seat | None:
        return self.consultation.seat(self.appointment.patient_seat)

    @property
    def physician_is_in(self) -> bool:
        seat = self.consultation.seat(self.appointment.physician_seat)
        return seat is not None and seat.present

    @property
    def stage(self) -> Stage:
        """The first that speaks wins."""
        if self.appointment.status == "cancelled":
            return "cancelled"
        if self.appointment.status == "noshow":
            return "missed"
        if self.appointment.status == "fulfilled" or self.consultation.status == "ended":
            return "done"
        if self.course.began_at is not None:
            return "inside"
        return "waiting" if self.patient and self.patient.arrived else "expected"


def room_of(
    physician: str,
    visits: Sequence[Visit],
    urgent: Iterable[str],
    attendance: Attendance,
    messages: tuple[QueueMessage, ...],
    now: datetime,
    *,
    urgent_first: bool = False,
) -> Room:
    """The waiting room of one physician. `urgent`: appointments with a warning sign among the answers; with
    `urgent_first` they stand first in the line, else they are only marked."""
    first = frozenset(urgent)
    waiting = [_visitor(visit, visit.appointment.id in first) for visit in visits if visit.stage == "waiting"]
    expected = tuple(
        Expected(visit.appointment.id, visit.appointment.starts_at, visit.appointment.ends_at)
        for visit in visits
        if visit.stage == "expected" and visit.appointment.ends_at > now
    )
    return Room(
        line_of(physician, waiting, urgent_first=urgent_first),
        _attendance(attendance, visits),
        expected,
        pace_of([each for each in map(_finished, visits) if each]),
        messages,
    )


def suggestion(visit: Visit, here: bool, now: datetime) -> Suggestion | None:
    """Whose no-show it seems to be. `here`: the physician is at the console now."""
    if visit.stage not in ("expected", "waiting"):
        return None
    appointment = visit.appointment
    before = Seen(appointment.starts_at, appointment.ends_at)
    found = seen(before, visit.timeline, appointment.patient_seat, appointment.physician_seat)
    return suggest(replace(found, physician_came=found.physician_came or here), now)


def _visitor(visit: Visit, urgent: bool) -> Visitor:
    appointment = visit.appointment
    came = visit.course.arrived_at or appointment.starts_at
    return Visitor(
        appointment.id, appointment.physician, appointment.starts_at, appointment.ends_at, came, urgent=urgent
    )


def _attendance(known: Attendance, visits: Iterable[Visit]) -> Attendance:
    """The consultation that the physician is in: the one that began last, if there are several."""
    inside = [
        InCall(visit.course.began_at, visit.appointment.ends_at - visit.appointment.starts_at)
        for visit in visits
        if visit.stage == "inside" and visit.physician_is_in and visit.course.began_at
    ]
    call = max(inside, key=lambda each: each.began_at, default=None)
    return replace(known, in_call=call, here=known.here or any(visit.physician_is_in for visit in visits))


def _finished(visit: Visit) -> Finished | None:
    course = visit.course
    if course.ended != "completed" or course.began_at is None or course.ended_at is None:
        return None
    planned = visit.appointment.ends_at - visit.appointment.starts_at
    return Finished(planned, course.began_at, course.ended_at)
