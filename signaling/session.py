"""One page that said hello: its commands, its place on the timeline, its offers. Knows no socket, only what to send."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from clinic.consultation import Seat
from clinic.events import Admitted, Arrived, Ended, Event, HandedOver, Left, Revoked
from clinic.records import SeatLink
from clinic.store import Superseded
from clinic.unavailable import Unavailable
from signaling import protocol as p
from signaling.backlog import Backlog
from signaling.call import Call
from signaling.execution import Execution
from signaling.limits import CHAT, TESTS, Bucket
from signaling.link_tests import LinkTests
from signaling.offers import RETRY_MS
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
        self.bell = asyncio.Event()
        self.is_physician = False
        self.receives_video = True
        self.waits = False
        self._waiting: p.Waiting | None = None
        self._services = services
        self._outgoing = outgoing
        self._lang = hello.lang
        self._timeline = timeline
        self._fetch: p.Fetch | None = None
        """What the page asked for last and did not get yet."""
        execution = Execution(services, link.consultation, link.seat, claim, hello.lang, Bucket(CHAT))
        self._backlog = Backlog(execution, self._answered)
        self._call = Call(services, link, claim, self.send)
        self._test_rate = Bucket(TESTS)
        self._tasks: list[asyncio.Task[None]] = []
        self._offering: asyncio.Task[None] | None = None

    @property
    def generation(self) -> int:
        """Of the page's media session."""
        return self._call.generation

    @property
    def life(self) -> str | None:
        """Of the node where it is."""
        return self._call.life

    @life.setter
    def life(self, life: str | None) -> None:
        self._call.life = life

    def greet(self, welcome: p.Welcome, seat: Seat) -> None:
        """Answer the hello."""
        self.is_physician = seat.is_physician
        self.waits = seat.arrived and not seat.admitted and not seat.is_physician
        self.receives_video = is_video(seat.down_level)
        self._call.generation = seat.generation if seat.present else 0
        self.send(welcome)
        self.bell.set()
        if self.waits:
            self._services.hub.ring_watchers()

    def start(self, group: asyncio.TaskGroup, offer: p.Offer | None) -> None:
        """Begin what goes on beside the page's messages. `offer`: the hello's."""
        self._tasks = [group.create_task(work) for work in (self._pump(), self._execute(), self._call.tell_reports())]
        if offer is not None:
            self._take_offer(offer, group)
        elif self.generation:
            self._offering = group.create_task(self._call.resume())

    async def finish(self) -> None:
        """Take no more commands, and answer those that came, unless the store is away."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FINISH_S):
                await self._backlog.close()

    def stop(self) -> None:
        """End what `start` began."""
        for task in (*self._tasks, self._offering):
            if task is not None:
                task.cancel()

    async def take(self, message: p.FromPage, group: asyncio.TaskGroup) -> None:
        """Handle one message. Waits for nothing but room for a command."""
        match message:
            case p.Ping():
                self.send(p.Pong(n=message.n))
            case p.Offer():
                self._take_offer(message, group)
            case p.Test():
                self._take_test(message, group)
            case p.Report():
                self._call.report(message)
            case p.Fetch():
                self._fetch = message
                self.bell.set()
            case p.Hello():
                self.send(p.Error(code="bad-message", message=text(self._lang, "bad-message"), fatal=False))
            case _:
                await self._backlog.put(message)

    def send(self, message: p.Message) -> None:
        self._outgoing.send(message)

    def tell_waiting(self, message: p.Waiting) -> None:
        """The line moved."""
        if message != self._waiting:
            self._waiting = message
            self.send(message)

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
            self._follow(events)
            if any(_may_unseat(stored.event, self.seat) for stored in events.events):
                await self._leave_if_revoked()

    def _follow(self, events: p.Events) -> None:
        """Whoever has come to wait is told of the line at once."""
        waited = self.waits
        for stored in events.events:
            self.waits = _waits(stored.event, self.seat, before=self.waits)
        if self.waits and not waited:
            self._services.hub.ring_watchers()

    async def _leave_if_revoked(self) -> None:
        if (await self._timeline.seat()).revoked:
            error = p.Error(code="seat-revoked", message=text(self._lang, "seat-revoked"), fatal=True)
            self.send(error)
            self._outgoing.close(p.CLOSE_UNKNOWN_TOKEN)

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

    def _take_test(self, test: p.Test, group: asyncio.TaskGroup) -> None:
        """A page tests once or twice; more gets no answer."""
        if not self._test_rate.take(self._services.monotonic_s()):
            self.send(p.NoAnswer(request=test.request, code="retry"))
            return
        tests = LinkTests(self._services, self.consultation, self.seat)

        async def answer() -> None:
            self.send(await tests.take(test))

        group.create_task(answer())

    def _take_offer(self, offer: p.Offer, group: asyncio.TaskGroup) -> None:
        """The newest offer counts: an older one that still waits is given up."""
        if self._offering is not None:
            self._offering.cancel()
        if self._call.admits(offer):
            self._offering = group.create_task(self._offer(offer))

    async def _offer(self, offer: p.Offer) -> None:
        """After the commands before it: a leave must not come after the offer of a return."""
        if not await self._backlog.caught_up():
            self.send(p.NoAnswer(request=offer.request, code="retry", after_ms=RETRY_MS))
            return
        try:
            await self._call.answer(offer)
        except Superseded:
            await self._overtaken()


def _waits(event: Event, seat: str, *, before: bool) -> bool:
    """Whether the seat waits to be let in, after this."""
    match event:
        case Arrived():
            return before or event.seat == seat
        case Admitted() | Left():
            return before and event.seat != seat
        case Ended():
            return False
    return before


def _may_unseat(event: Event, seat: str) -> bool:
    """Whether it may be by this that the seat was taken back."""
    match event:
        case Revoked() | Left():
            return event.seat == seat
        case HandedOver():
            return event.giver == seat
    return False
