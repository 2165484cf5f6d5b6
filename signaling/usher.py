"""Tells the waiting pages of this process where they stand in the line, whenever that changes."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from typing import Final

from clinic.intake.waiting import PatientView, patient_view
from clinic.unavailable import Unavailable
from signaling import protocol as p
from signaling.hub import Listener
from signaling.services import Services

EVERY_S: Final = 10.0
"""Estimates grow older without anything happening."""

REST_S: Final = 1.0
"""Between two rounds: many things happen at once."""

log = logging.getLogger(__name__)


class Usher:
    """The rounds of one signaling process."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def run(self) -> None:
        """At every bell, until cancelled."""
        with self._services.hub.watching() as bell:
            while True:
                bell.clear()
                try:
                    await self.round()
                except Unavailable:
                    log.warning("the store is away")
                await asyncio.sleep(REST_S)
                await _ring(bell, EVERY_S)

    async def round(self) -> None:
        """One round. May raise `Unavailable`."""
        s, now = self._services, self._services.now()
        lines: defaultdict[str, list[Listener]] = defaultdict(list)
        for page in [page for page in s.hub if page.waits]:
            if (physician := await s.rooms.physician_of(page.consultation)) is not None:
                lines[physician].append(page)
        for physician, pages in lines.items():
            room = (await s.rooms.of(physician, now)).room
            for page in pages:
                view = patient_view(room, page.consultation, now)
                if view is not None:
                    page.tell_waiting(self._message(view))

    def _message(self, view: PatientView) -> p.Waiting:
        wait = view.wait and p.Wait(at_least_min=view.wait.at_least, at_most_min=view.wait.at_most)
        late = view.late and p.Late(
            minutes=view.late.minutes,
            physician_here=view.late.physician_here,
            back_at=self._services.place.local(view.late.back_at) if view.late.back_at else None,
        )
        return p.Waiting(place=view.place, wait=wait, late=late, messages=view.messages)


async def _ring(bell: asyncio.Event, timeout_s: float) -> None:
    try:
        async with asyncio.timeout(timeout_s):
            await bell.wait()
    except TimeoutError:
        pass
