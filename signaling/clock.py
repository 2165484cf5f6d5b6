"""What time does: keeps up this process's leases, notices seats that were left, ends forgotten consultations.

Every process does it; each act is harmless when done twice.
"""

from __future__ import annotations

import asyncio
import logging
import secrets

from clinic.commands import Expire, ReportGone
from clinic.store import Superseded, UnknownConsultation
from clinic.unavailable import Unavailable
from signaling.media_session import close_room
from signaling.presence import REFRESH_S
from signaling.services import Services

log = logging.getLogger(__name__)


class Clock:
    """The rounds of one signaling process."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def run(self) -> None:
        """A round every `REFRESH_S`, until cancelled."""
        while True:
            try:
                await self.round()
            except Unavailable:
                log.warning("the store is away")
            await asyncio.sleep(REFRESH_S)

    async def round(self) -> None:
        """One round. May raise `Unavailable`."""
        s = self._services
        now = s.now()
        await s.presence.refresh([(session.consultation, session.seat) for session in s.hub], now.timestamp())
        for consultation, seat in await s.presence.overdue(now.timestamp()):
            await self._look_after(consultation, seat)
        for consultation in await s.store.due(now):
            await s.store.execute(consultation, Expire(f"expire-{secrets.token_hex(8)}"), now)
            await self._close_room(consultation)

    async def _look_after(self, consultation: str, seat_id: str) -> None:
        """A seat without a page: it has left when its media is gone too; media that flows on is looked at again.

        This process may have slept since it looked: a page that came back meanwhile has a higher claim.
        """
        s = self._services
        claim = await s.presence.overdue_claim(consultation, seat_id, s.now().timestamp())
        if claim is None:
            return
        try:
            state = (await s.store.load(consultation)).consultation
        except UnknownConsultation:
            await s.presence.forget(consultation, seat_id)
            return
        seat = state.seat(seat_id)
        if seat is None or not seat.present:
            await s.presence.forget(consultation, seat_id)
        elif not seat.path_lost and await s.link.life_of(consultation) is not None:
            await s.presence.refresh([(consultation, seat_id)], s.now().timestamp())
        else:
            gone = ReportGone(f"gone-{seat.generation}", seat_id, seat.generation)
            try:
                await s.store.execute(consultation, gone, s.now(), claim)
            except Superseded:
                return
            await s.presence.forget(consultation, seat_id)

    async def _close_room(self, consultation: str) -> None:
        life = await self._services.link.life_of(consultation)
        if life is not None:
            await self._services.link.tell(life, close_room(consultation))
