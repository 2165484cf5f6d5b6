"""One page that said hello: its commands, its place on the timeline, its offers. Knows no socket, only what to send."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from clinic.records import SeatLink
from clinic.unavailable import Unavailable
from signaling import protocol as p
from signaling.execution import Execution, TooFast
from signaling.limits import CHAT, OFFERS, REPORTS, Bucket
from signaling.media_session import MediaSession
from signaling.offers import Offers, Outcome, room_slots
from signaling.outgoing import Outgoing
from signaling.redis_client import RETRY_DELAY_S
from signaling.services import Services
from signaling.texts import text
from signaling.timeline import Timeline
from signaling.welcome import is_video


class Session:
    """Lives as long as its socket. The owner runs `greet` once, then `pump` beside `take` for each message."""

    def __init__(self, services: Services, outgoing: Outgoing, link: SeatLink, hello: p.Hello, claim: int) -> None:
        self.consultation = link.consultation
        self.seat = link.seat
        self.client_id = hello.client_id
        self.claim = claim
        self.generation = 0
        self.life: str | None = None
        self.bell = asyncio.Event()
        self.is_physician = False
        self.receives_video = True
        self._services = services
        self._outgoing = outgoing
        self._lang = hello.lang
        self._timeline = Timeline(services, link, hello.lang, hello.after)
        self._execution = Execution(services, link.consultation, link.seat, hello.lang, Bucket(CHAT))
        self._offers = Offers(services, link.consultation, link.seat)
        self._offering: asyncio.Task[None] | None = None
        self._offer_rate = Bucket(OFFERS)
        self._report_rate = Bucket(REPORTS)

    @property
    def tasks(self) -> tuple[asyncio.Task[None], ...]:
        """What is still going on for this page."""
        return () if self._offering is None else (self._offering,)

    async def greet(self) -> None:
        """Answer the hello. May raise `Unavailable`."""
        welcome, seat = await self._timeline.welcome()
        self.is_physician = seat.is_physician
        self.receives_video = is_video(seat.down_level)
        self.send(welcome)
        self.bell.set()
        if seat.present:
            await self._resume(seat.generation)

    async def pump(self) -> None:
        """Send what the timeline gets, until cancelled. Stands still while the page has older pages to fetch."""
        while not self._outgoing.closing:
            await self.bell.wait()
            self.bell.clear()
            try:
                await self._send_new()
            except Unavailable:
                await asyncio.sleep(RETRY_DELAY_S)
                self.bell.set()

    async def take(self, message: p.FromPage, group: asyncio.TaskGroup) -> None:
        """Handle one message; an offer goes on in the group."""
        match message:
            case p.Ping():
                self.send(p.Pong(n=message.n))
            case p.Offer():
                self._take_offer(message, group)
            case p.Report():
                await self._report(message)
            case p.Fetch():
                await self._fetch(message)
            case p.Hello():
                self.send(self._error("bad-message"))
            case _:
                await self._command(message)

    def send(self, message: p.Message) -> None:
        self._outgoing.send(message)

    def superseded(self, by_client_id: str) -> None:
        """A newer connection holds the seat: a second page is told so, the same page's reconnect needs no words."""
        if by_client_id == self.client_id:
            self._outgoing.close(p.CLOSE_NORMAL)
            return
        self.send(p.TakenOver())
        self._outgoing.close(p.CLOSE_TAKEN_OVER)

    async def _command(self, command: p.Command) -> None:
        try:
            answer = await self._execution.of(command)
        except TooFast:
            answer = self._execution.refused(command, "too-fast")
        except Unavailable:
            self.send(self._error("unavailable"))
            return
        self.send(answer)
        if isinstance(command, p.Leave | p.End) and isinstance(answer, p.Ack):
            self.life = None

    async def _report(self, report: p.Report) -> None:
        """Tell the node. A report that is too soon, or that nobody waits for, is dropped: newer ones follow."""
        kept = self.life is not None and self._report_rate.take(self._services.monotonic_s())
        self._services.metrics.reports.labels("told" if kept else "dropped").inc()
        if self.life is None or not kept:
            return
        with suppress(Unavailable):
            session = MediaSession(self.consultation, self.seat, self.generation)
            await self._services.link.tell(self.life, session.report(report))

    def _take_offer(self, offer: p.Offer, group: asyncio.TaskGroup) -> None:
        """The newest offer counts: an older one that still waits is given up."""
        if self._offering is not None:
            self._offering.cancel()
        if not self._offer_rate.take(self._services.monotonic_s()):
            self.send(p.NoAnswer(request=offer.request, code="retry", after_ms=2000))
            return
        self._offering = group.create_task(self._offer(offer))

    async def _offer(self, offer: p.Offer) -> None:
        with self._services.metrics.answer_seconds.time():
            outcome = await self._offers.take(offer)
        self._offered(outcome)

    def _offered(self, outcome: Outcome) -> None:
        message = outcome.message
        label = message.code if isinstance(message, p.NoAnswer) else "answer"
        self._services.metrics.offers.labels(label).inc()
        if outcome.life is not None:
            self.life, self.generation = outcome.life, outcome.generation
        self.send(message)

    async def _resume(self, generation: int) -> None:
        """The page came back to a media session: it learns who is in its slots, or that the node is gone."""
        self.generation = generation
        self.life = await self._services.link.life_of(self.consultation)
        if self.life is None:
            self.send(p.Renegotiate())
        elif (slots := self._services.slots.last(self.consultation, self.seat, generation)) is not None:
            self.send(p.Slots(slots=room_slots(slots)))

    async def _fetch(self, fetch: p.Fetch) -> None:
        try:
            self.send(await self._timeline.fetch(fetch.after))
        except Unavailable:
            self.send(self._error("unavailable"))
            return
        self.bell.set()

    async def _send_new(self) -> None:
        """All of it: `more` is for what the page has to ask for."""
        while (events := await self._timeline.new()) is not None:
            self.send(events.model_copy(update={"more": False}))

    def _error(self, code: p.ErrorCode) -> p.Error:
        return p.Error(code=code, message=text(self._lang, code), fatal=False)
