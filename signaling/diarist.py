"""Keeps the diary in step with the consultations: arrived when the patient is there, fulfilled when it was completed.

The process that made a fact notes it at once. If it dies before, any other's next sweep of the day finds it. A visit
that nobody came to is for a person to judge.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from datetime import timedelta
from typing import Final

from clinic.booking import appointment as a
from clinic.booking.agenda import Query
from clinic.booking.day import Span
from clinic.booking.request import Author
from clinic.events import Admitted, Arrived, Ended, Event, Joined
from clinic.intake.day import Visit
from clinic.unavailable import Unavailable
from signaling.office import Office
from signaling.waiting_rooms import WaitingRooms

EVERY_S: Final = 60.0
PAST: Final = timedelta(hours=12)
AHEAD: Final = timedelta(hours=2)
MAX_NOTED: Final = 1000
_TELLING: Final = (Arrived, Admitted, Joined, Ended)

log = logging.getLogger(__name__)


class Diarist:
    """Of one process."""

    def __init__(self, office: Office, rooms: WaitingRooms) -> None:
        self._office = office
        self._rooms = rooms
        self._noted: asyncio.Queue[str] = asyncio.Queue(MAX_NOTED)
        """Full: the sweep finds what is left out."""

    def note(self, consultation: str, events: tuple[Event, ...]) -> None:
        """These have become facts."""
        if any(isinstance(event, _TELLING) for event in events) and not self._noted.full():
            self._noted.put_nowait(consultation)

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._sweep())
            while True:
                consultation = await self._noted.get()
                try:
                    await self.follow(consultation)
                except Unavailable:
                    log.warning("the store is away")

    async def sweep(self) -> None:
        """All of today that is not settled. May raise `Unavailable`."""
        now = self._office.now()
        agenda, query = self._office.diary.agenda, Query(Span(now - PAST, now + AHEAD), statuses=a.OCCUPYING, limit=500)
        for appointment in (await agenda.page(query)).appointments:
            await self.follow(appointment.id)

    async def follow(self, consultation: str) -> None:
        """Bring the diary up to one consultation. May raise `Unavailable`."""
        found = await self._office.diary.agenda.find(consultation)
        if found is None or not found.record.occupies:
            return
        visit = await self._rooms.visit(await self._office.diary.agenda.load(consultation))
        change = _due(visit) if visit else None
        if change is not None:
            author = Author("clinic", "system", secrets.token_hex(8))
            await self._office.diary.change(consultation, change, author, self._office.now())

    async def _sweep(self) -> None:
        while True:
            try:
                await self.sweep()
            except Unavailable:
                log.warning("the store is away")
            await asyncio.sleep(EVERY_S)


def _due(visit: Visit) -> a.Change | None:
    """What the diary does not say yet. What was interrupted stays open, as a task."""
    if visit.course.ended == "completed" and visit.course.began_at is not None:
        return a.Fulfil()
    arrived = visit.course.arrived_at is not None
    return a.Arrive() if arrived and visit.appointment.status == "booked" else None
