"""The waiting room of each physician as it is now: the diary's day, and what the consultations know of it.

Nothing of it is stored: every process reads the same diary and timelines, and says the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clinic.booking.agenda import Query
from clinic.booking.appointment import Appointment
from clinic.booking.day import day_of, day_span
from clinic.intake.course import course_of
from clinic.intake.day import Visit, room_of
from clinic.intake.waiting import Room
from clinic.store import UnknownConsultation
from signaling.courses import Courses
from signaling.office import Office


@dataclass(frozen=True)
class Day:
    """Of one physician: the visits by their time, and the line that they make."""

    visits: tuple[Visit, ...]
    room: Room


class WaitingRooms:
    """Of one process. Methods may raise `Unavailable`."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.courses = Courses(office.store)

    async def of(self, physician: str, now: datetime) -> Day:
        """Today of this physician."""
        office = self._office
        span = day_span(day_of(now, office.zone), office.zone)
        page = await office.diary.agenda.page(Query(span, physician, limit=500))
        visits = tuple([visit for each in page.appointments if (visit := await self.visit(each))])
        waiting = [visit.appointment.id for visit in visits if visit.stage == "waiting"]
        urgent = await office.triage.urgent(waiting)
        messages = await office.queue_messages.shown(physician, now)
        attendance = await office.attendances.of(physician)
        profile = (await office.profiles.newest()).profile
        room = room_of(physician, visits, urgent, attendance, messages, now, urgent_first=profile.urgent_first)
        return Day(visits, room)

    async def visit(self, appointment: Appointment) -> Visit | None:
        """None: it has no consultation (any more)."""
        try:
            state = (await self._office.store.load(appointment.id)).consultation
        except UnknownConsultation:
            return None
        timeline = await self.courses.of(appointment.id)
        course = course_of(timeline, appointment.patient_seat)
        return Visit(appointment, state, course, tuple(stored.event for stored in timeline))

    async def physician_of(self, consultation: str) -> str | None:
        """Who has it; None: the diary knows nothing of it."""
        found = await self._office.diary.agenda.find(consultation)
        return found.record.physician if found else None
