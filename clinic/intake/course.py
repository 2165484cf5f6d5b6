"""How one visit went so far, from its timeline: when the patient came, when it began, when and how it ended. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from clinic import events as e
from clinic.records import Stored


@dataclass(frozen=True)
class Course:
    """Times are when the facts became durable."""

    arrived_at: datetime | None = None
    """First: who comes back has the same place."""
    began_at: datetime | None = None
    """The patient was let in."""
    ended_at: datetime | None = None
    ended: Literal["completed", "interrupted", "expired", "cancelled"] | None = None


def course_of(timeline: Iterable[Stored], patient_seat: str) -> Course:
    """Of the events in their order."""
    found = Course()
    for stored in timeline:
        found = _with(found, stored.event, datetime.fromtimestamp(stored.at_ms / 1000, UTC), patient_seat)
    return found


def _with(course: Course, event: e.Event, at: datetime, patient_seat: str) -> Course:
    match event:
        case e.Arrived(seat=seat) if seat == patient_seat:
            return replace(course, arrived_at=course.arrived_at or at)
        case e.Admitted(seat=seat) | e.Joined(seat=seat) if seat == patient_seat:
            return replace(course, arrived_at=course.arrived_at or at, began_at=course.began_at or at)
        case e.Ended():
            return replace(course, ended_at=at, ended=event.reason)
    return course
