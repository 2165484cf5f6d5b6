"""The media of one page: its offers, its reports, and what it finds when it comes back to a session."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from clinic.records import SeatLink
from clinic.unavailable import Unavailable
from media import contract
from signaling import protocol as p
from signaling.limits import OFFERS, REPORTS, Bucket
from signaling.media_link import NoReply
from signaling.media_session import MediaSession
from signaling.offers import Offers, Outcome, room_slots
from signaling.policies import policy_of
from signaling.redis_client import RETRY_DELAY_S
from signaling.services import Services


class Call:
    """`generation` and `life` say which media session is the page's, and on which life of a node it is."""

    def __init__(self, services: Services, link: SeatLink, claim: int, send: Callable[[p.Message], None]) -> None:
        self.generation = 0
        self.life: str | None = None
        self._services = services
        self._link = link
        self._send = send
        self._offers = Offers(services, link.consultation, link.seat, claim)
        self._offer_rate = Bucket(OFFERS)
        self._report_rate = Bucket(REPORTS)
        self._reports: deque[p.Report] = deque(maxlen=int(REPORTS.burst))
        """Not told yet; the oldest is dropped while the store is slow."""
        self._reported = asyncio.Event()

    def admits(self, offer: p.Offer) -> bool:
        """Whether this offer may be taken now; else the page is told when."""
        if self._offer_rate.take(self._services.monotonic_s()):
            return True
        self._send(p.NoAnswer(request=offer.request, code="retry", after_ms=2000))
        return False

    async def answer(self, offer: p.Offer) -> None:
        """Tell the page what became of its offer. May raise `Superseded`."""
        with self._services.metrics.answer_seconds.time():
            outcome = await self._offers.take(offer)
        self._answered(outcome)
        await self._offers.follow_up(outcome)

    async def resume(self) -> None:
        """The page came back to a media session: it learns who is in its slots, or that the session is gone."""
        consultation, seat = self._link.consultation, self._link.seat
        while True:
            try:
                life = await self._services.link.life_of(consultation)
                self.life = life if life is not None and await self._is_known_to(life) else None
                break
            except Unavailable:
                await asyncio.sleep(RETRY_DELAY_S)
        if self.life is None:
            self._send(p.Renegotiate())
        elif (slots := self._services.slots.last(consultation, seat, self.generation)) is not None:
            self._send(p.Slots(slots=room_slots(slots)))

    async def _is_known_to(self, life: str) -> bool:
        """Whether our session is there: the consultation may have been placed anew for another page meanwhile."""
        state = (await self._services.store.load(self._link.consultation)).consultation
        seat = state.seat(self._link.seat)
        if seat is None:
            return False
        session = MediaSession(state.id, seat.id, self.generation)
        with suppress(NoReply):
            reply = await self._services.link.ask(life, session.set_policy(policy_of(state, seat)))
            return not (isinstance(reply, contract.Refused) and reply.code == "unknown-participant")
        return True

    def report(self, report: p.Report) -> None:
        """One that is too soon, or that nobody waits for, is dropped: newer ones follow."""
        kept = self.life is not None and self._report_rate.take(self._services.monotonic_s())
        self._services.metrics.reports.labels("told" if kept else "dropped").inc()
        if kept:
            self._reports.append(report)
            self._reported.set()

    async def tell_reports(self) -> None:
        """Tell the node, until cancelled."""
        while True:
            await self._reported.wait()
            self._reported.clear()
            with suppress(Unavailable):
                await self._tell()

    async def _tell(self) -> None:
        while self._reports and self.life is not None:
            session = MediaSession(self._link.consultation, self._link.seat, self.generation)
            await self._services.link.tell(self.life, session.report(self._reports.popleft()))

    def _answered(self, outcome: Outcome) -> None:
        message = outcome.message
        label = message.code if isinstance(message, p.NoAnswer) else "answer"
        self._services.metrics.offers.labels(label).inc()
        if outcome.life is not None:
            self.life, self.generation = outcome.life, outcome.generation
        self._send(message)
