"""The waiting room as each role sees it. Pure.

A patient (and who comes with them) learns of nobody else: no name, no id, no reason, only how many stand before them.
Staff see appointments by id, and open names elsewhere, as their role may. That an answer was urgent is clinical: only
who may read triage is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic.intake.estimate import Attendance, Expected, Lateness, Wait, lateness, waits
from clinic.intake.line import Line
from clinic.intake.pace import Pace
from clinic.intake.permission import role_may
from clinic.intake.queue_message import QueueMessage, shown


@dataclass(frozen=True)
class Room:
    """All that is known of one physician's waiting room."""

    line: Line
    attendance: Attendance
    expected: tuple[Expected, ...]
    """Not arrived yet, today."""
    pace: Pace
    messages: tuple[QueueMessage, ...] = ()


@dataclass(frozen=True)
class PatientView:
    """What a waiting page shows. `wait` None: nobody can know yet. `messages`: their words, newest first."""

    place: int
    wait: Wait | None
    late: Lateness | None
    messages: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """One who waits, for staff. `urgent` None: not for this role to know."""

    appointment: str
    place: int
    starts_at: datetime
    waited: timedelta
    wait: Wait | None
    urgent: bool | None


@dataclass(frozen=True)
class StaffView:
    rows: tuple[Row, ...]
    expected: tuple[str, ...]
    """Appointments whose patients have not arrived, by their time."""
    late: Lateness | None
    messages: tuple[QueueMessage, ...]


def patient_view(room: Room, appointment: str, now: datetime) -> PatientView | None:
    """None: they are not in this line (any more)."""
    place = room.line.place(appointment)
    if place is None:
        return None
    wait = _waits(room, now)[place - 1]
    words = tuple(message.text for message in shown(room.messages, room.line.physician, now))
    return PatientView(place, wait, lateness(room.line, room.attendance, now), words)


def staff_view(room: Room, role: str, now: datetime) -> StaffView | None:
    """None: the role has no business in the waiting room."""
    if not role_may(role, "queue.read"):
        return None
    rows = tuple(
        Row(
            visitor.appointment,
            place,
            visitor.starts_at,
            max(now - visitor.arrived_at, timedelta()),
            wait,
            visitor.urgent if role_may(role, "triage.read") else None,
        )
        for place, (visitor, wait) in enumerate(zip(room.line.visitors, _waits(room, now), strict=True), 1)
    )
    expected = sorted(room.expected, key=lambda each: (each.starts_at, each.appointment))
    late = lateness(room.line, room.attendance, now)
    messages = shown(room.messages, room.line.physician, now)
    return StaffView(rows, tuple(each.appointment for each in expected), late, messages)


def _waits(room: Room, now: datetime) -> Sequence[Wait | None]:
    return waits(room.line, room.attendance, room.expected, room.pace, now)
