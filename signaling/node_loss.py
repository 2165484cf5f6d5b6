"""What follows from the death of a media node: its pages make new sessions, and the timeline says that paths are lost.

Every signaling process does it for the consultations of its own pages; a fact has one id, and is stored once.
"""

from __future__ import annotations

import asyncio

from clinic.commands import ReportPathLost
from clinic.store import UnknownConsultation
from clinic.unavailable import Unavailable
from signaling import protocol as p
from signaling.redis_client import RETRY_DELAY_S
from signaling.services import Services


class NodeLoss:
    """`node_died` is told of each life that ended; `run` writes down what that means."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lost: asyncio.Queue[tuple[str, str, dict[str, int]]] = asyncio.Queue()
        """Consultation, life, and the generation that a page's media had there, by seat."""

    def node_died(self, life: str) -> None:
        """Every page whose media was there makes a new session, unasked."""
        there: dict[str, dict[str, int]] = {}
        for session in self._services.hub:
            if session.life == life:
                there.setdefault(session.consultation, {})[session.seat] = session.generation
                session.life = None
                session.send(p.Renegotiate())
        for consultation, generations in there.items():
            self._lost.put_nowait((consultation, life, generations))

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            lost = await self._lost.get()
            try:
                await self._report(*lost)
            except UnknownConsultation:
                continue
            except Unavailable:
                await asyncio.sleep(RETRY_DELAY_S)
                self._lost.put_nowait(lost)

    async def _report(self, consultation: str, life: str, generations: dict[str, int]) -> None:
        """Seats without a page here were there too, if nobody has placed the consultation anew since."""
        s = self._services
        state = (await s.store.load(consultation)).consultation
        is_there = await s.link.last_life_of(consultation) == life
        for seat in state.seats:
            generation = generations.get(seat.id, seat.generation if is_there and seat.present else None)
            if generation is not None:
                lost = ReportPathLost(f"lost-{life}-{generation}", seat.id, generation)
                await s.store.execute(consultation, lost, s.now())
