"""One page that said hello: its commands, its place on the timeline, its offers. Knows no socket, only what to send."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from typing import Final

from clinic.consultation import Seat
from clinic.records import SeatLink
from clinic.store import Superseded
from clinic.unavailable import Unavailable
from signaling import protocol as p
from signaling.backlog import Backlog
from signaling.execution import Execution
from signaling.limits import CHAT, OFFERS, REPORTS, Bucket
from signaling.media_session import MediaSession
from signaling.offers import RETRY_MS, Offers, Outcome, room_slots
from signaling.outgoing import Outgoing
from signaling.redis_client import RETRY_DELAY_S
from signaling.services import Services
from signaling.texts import text
from signaling.timeline import Timeline
from signaling.welcome import is_video

FINISH_S: Final = 3.0
"""For the commands that a page said before it went; while the store is away nobody waits."""


class Session:
    """Lives as long as its socket. The owner runs `greet` and `start` once, then `take` for each message."""

    def __init__(
        self, services: Services, outgoing: Outgoing, link: SeatLink, hello: p.Hello, claim: int, timeline: Timeline
    ) -> None:
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
        self._timeline = timeline
        self._fetch: p.Fetch | None = None
        """What the page asked for last and did not get yet."""
        execution = Execution(services, link.consultation, link.seat, claim, hello.lang, Bucket(CHAT))
        self._backlog = Backlog(execution, self._answered)
        self._offers = Offers(services, link.consultation, link.seat, claim)
        self._tasks: list[asyncio.Task[None]] = []
        self._offering: asyncio.Task[None] | None = None
        self._reporting: asyncio.Task[None] | None = None
        self._reports: deque[p.Report] = deque(maxlen=int(REPORTS.burst))
        """Not told yet; the oldest is dropped while the store is slow."""
        self._offer_rate = Bucket(OFFERS)
        self._report_rate = Bucket(REPORTS)

    def greet(self, welcome: p.Welcome, seat: Seat) -> None:
        """Answer the hello."""
        self.is_physician = seat.is_physician
        self.receives_video = is_video(seat.down_level)
        self.generation = seat.generation if seat.present else 0
        self.send(welcome)
        self.bell.set()

    def start(self, group: asyncio.TaskGroup, offer: p.Offer | None) -> None:
        """Begin what goes on beside the page's messages. `offer`: the hello's."""
        self._tasks = [group.create_task(work) for work in (self._pump(), self._execute())]
        if offer is not None:
            self._take_offer(offer, group)
        elif self.generation:
            self._offering = group.create_task(self._resume())

    async def finish(self) -> None:
        """Take no more commands, and answer those that came, unless the store is away."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FINISH_S):
                await self._backlog.close()

    def stop(self) -> None:
        """End what `start` began."""
        for task in (*self._tasks, self._offering, self._reporting):
            if task is not None:
                task.cancel()

    async def take(self, message: p.FromPage, group: asyncio.TaskGroup) -> None:
        """Handle one message. Waits for nothing but room for a command."""
        match message:
            case p.Ping():
                self.send(p.Pong(n=message.n))
            case p.Offer():
                self._take_offer(message, group)
            case p.Report():
                self._take_report(message, group)
            case p.Fetch():
                self._fetch = message
                self.bell.set()
            case p.Hello():
                self.send(p.Error(code="bad-message", message=text(self._lang, "bad-message"), fatal=False))
            case _:
                await self._backlog.put(message)

    def send(self, message: p.Message) -> None:
        self._outgoing.send(message)

    def superseded(self, by_client_id: str) -> None:
        """A newer connection holds the seat: a second page is told so, the same page's reconnect needs no words."""
        if by_client_id == self.client_id:
            self._outgoing.close(p.CLOSE_NORMAL)
            return
        self.send(p.TakenOver())
        self._outgoing.close(p.CLOSE_TAKEN_OVER)

    async def _pump(self) -> None:
        """Send what the timeline gets. Stands still while the page has older pages to fetch."""
        while not self._outgoing.closing:
            await self.bell.wait()
            self.bell.clear()
            try:
                await self._send_asked()
                await self._send_new()
            except Unavailable:
                await asyncio.sleep(RETRY_DELAY_S)
                self.bell.set()

    async def _send_asked(self) -> None:
        fetch = self._fetch
        if fetch is None:
            return
        events = await self._timeline.fetch(fetch.after)
        self.send(events)
        if self._fetch is fetch:
            self._fetch = None

    async def _send_new(self) -> None:
        """All of it: `more` is for what the page has to ask for."""
        while (events := await self._timeline.new()) is not None:
            self.send(events.model_copy(update={"more": False}))

    async def _execute(self) -> None:
        try:
            await self._backlog.run()
        except Superseded:
            await self._overtaken()

    def _answered(self, command: p.Command, answer: p.Ack | p.Refused) -> None:
        self.send(answer)
        if isinstance(command, p.Leave | p.End) and isinstance(answer, p.Ack):
            self.life = None

    async def _overtaken(self) -> None:
        """The store refused us for a newer connection, of which this process was not told yet: whose is it?"""
        newest = 0
        with suppress(Unavailable):
            newest, _ = await self._services.presence.claim_of(self.consultation, self.seat, self.client_id)
        self.superseded(self.client_id if newest > self.claim else "")

    def _take_report(self, report: p.Report, group: asyncio.TaskGroup) -> None:
        """One that is too soon, or that nobody waits for, is dropped: newer ones follow."""
        kept = self.life is not None and self._report_rate.take(self._services.monotonic_s())
        self._services.metrics.reports.labels("told" if kept else "dropped").inc()
        if kept:
            self._reports.append(report)
            if self._reporting is None or self._reporting.done():
                self._reporting = group.create_task(self._report())

    async def _report(self) -> None:
        """Tell the node."""
        session = MediaSession(self.consultation, self.seat, self.generation)
        with suppress(Unavailable):
            while self._reports and self.life is not None:
                await self._services.link.tell(self.life, session.report(self._reports.popleft()))

    def _take_offer(self, offer: p.Offer, group: asyncio.TaskGroup) -> None:
        """The newest offer counts: an older one that still waits is given up."""
        if self._offering is not None:
            self._offering.cancel()
        if not self._offer_rate.take(self._services.monotonic_s()):
            self.send(p.NoAnswer(request=offer.request, code="retry", after_ms=2000))
            return
        self._offering = group.create_task(self._offer(offer))

    async def _offer(self, offer: p.Offer) -> None:
        """After the commands before it: a leave must not come after the offer of a return."""
        if not await self._backlog.caught_up():
            self.send(p.NoAnswer(request=offer.request, code="retry", after_ms=RETRY_MS))
            return
        try:
            with self._services.metrics.answer_seconds.time():
                outcome = await self._offers.take(offer)
        except Superseded:
            await self._overtaken()
            return
        self._offered(outcome)
        await self._offers.follow_up(outcome)

    def _offered(self, outcome: Outcome) -> None:
        message = outcome.message
        label = message.code if isinstance(message, p.NoAnswer) else "answer"
        self._services.metrics.offers.labels(label).inc()
        if outcome.life is not None:
            self.life, self.generation = outcome.life, outcome.generation
        self.send(message)

    async def _resume(self) -> None:
        """The page came back to a media session: it learns who is in its slots, or that the node is gone."""
        while True:
            try:
                self.life = await self._services.link.life_of(self.consultation)
                break
            except Unavailable:
                await asyncio.sleep(RETRY_DELAY_S)
        if self.life is None:
            self.send(p.Renegotiate())
        elif (slots := self._services.slots.last(self.consultation, self.seat, self.generation)) is not None:
            self.send(p.Slots(slots=room_slots(slots)))
