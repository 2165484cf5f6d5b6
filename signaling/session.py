"""One page that said hello: its commands, its place on the timeline, its offers. Knows no socket, only what to send."""

from __future__ import annotations

import asyncio
from functools import partial

from clinic.records import Refused, SeatLink
from clinic.unavailable import Unavailable
from media import contract
from signaling import protocol as p
from signaling.acts import to_clinic
from signaling.consent import is_current
from signaling.limits import CHAT, OFFERS, Bucket
from signaling.offers import Offers, Outcome, room_slots
from signaling.outgoing import Outgoing
from signaling.redis_client import RETRY_DELAY_S
from signaling.services import Services
from signaling.texts import text
from signaling.welcome import stored_events, welcome


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
        self._services = services
        self._outgoing = outgoing
        self._lang = hello.lang
        self._after = hello.after
        self._caught_up = False
        self._reading = asyncio.Lock()
        self._offers = Offers(services, link.consultation, link.seat)
        self._offering: asyncio.Task[None] | None = None
        self._chat = Bucket(CHAT)
        self._offer_rate = Bucket(OFFERS)

    @property
    def tasks(self) -> tuple[asyncio.Task[None], ...]:
        """What is still going on for this page."""
        return () if self._offering is None else (self._offering,)

    async def greet(self) -> None:
        """Answer the hello. May raise `Unavailable`."""
        s = self._services
        snapshot = await s.store.load(self.consultation)
        page = await s.store.events_after(self.consultation, self._after, p.PAGE_EVENTS)
        seat = snapshot.consultation.seat(self.seat)
        assert seat is not None, "links are issued for seats that exist"
        self.send(welcome(snapshot, seat, page, self._lang, s.place, s.ice_servers()))
        self._after = page.events[-1].id if page.events else self._after
        self._caught_up = not page.more
        self.bell.set()
        if seat.present:
            await self._resume(seat.generation)

    async def pump(self) -> None:
        """Send what the timeline gets, until cancelled. Stands still while the page has older pages to fetch."""
        while not self._outgoing.closing:
            await self.bell.wait()
            self.bell.clear()
            try:
                async with self._reading:
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
        if refused := self._refuse_early(command):
            self._answer(command, refused)
            return
        s = self._services
        try:
            done = await s.store.execute(self.consultation, to_clinic(command, self.seat), s.now())
        except Unavailable:
            s.metrics.commands.labels(command.type, "unavailable").inc()
            self.send(self._error("unavailable"))
            return
        self._answer(command, done.code if isinstance(done, Refused) else None)
        if not isinstance(done, Refused):
            await self._tell_media(command)

    def _refuse_early(self, command: p.Command) -> p.RefusedCode | None:
        """What the clinic's rules cannot know: how fast a page talks, and which consent text holds."""
        match command:
            case p.SendChat() if not self._chat.take(self._services.monotonic_s()):
                return "too-fast"
            case p.Consent() if not is_current(command.text_version, command.text_sha256, command.lang):
                return "stale-consent"
            case _:
                return None

    def _answer(self, command: p.Command, refusal: p.RefusedCode | None) -> None:
        self._services.metrics.commands.labels(command.type, refusal or "ok").inc()
        if refusal is None:
            self.send(p.Ack(id=command.id))
        else:
            self.send(p.Refused(id=command.id, code=refusal, message=text(self._lang, refusal)))

    async def _tell_media(self, command: p.Command) -> None:
        """Hanging up and ending free the node at once; if this is lost, the node finds out by silence."""
        if not isinstance(command, p.Leave | p.End):
            return
        try:
            life = await self._services.link.life_of(self.consultation)
            if life is None:
                return
            make = self._close_room if isinstance(command, p.End) else partial(self._leave, self.generation)
            await self._services.link.tell(life, make)
        except Unavailable:
            return
        self.life = None

    def _leave(self, generation: int, request_id: str, reply_to: str) -> contract.Leave:
        return contract.Leave(
            request_id=request_id,
            reply_to=reply_to,
            room=self.consultation,
            participant=self.seat,
            generation=generation,
        )

    def _close_room(self, request_id: str, reply_to: str) -> contract.CloseRoom:
        return contract.CloseRoom(
            request_id=request_id, reply_to=reply_to, room=self.consultation, participant="", generation=0
        )

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
            async with self._reading:
                page = await self._services.store.events_after(self.consultation, fetch.after, p.PAGE_EVENTS)
                self._after = page.events[-1].id if page.events else fetch.after
                self._caught_up = not page.more
        except Unavailable:
            self.send(self._error("unavailable"))
            return
        self.send(p.Events(events=stored_events(page.events), more=page.more))
        self.bell.set()

    async def _send_new(self) -> None:
        while self._caught_up:
            page = await self._services.store.events_after(self.consultation, self._after, p.PAGE_EVENTS)
            if not page.events:
                return
            self._after = page.events[-1].id
            self.send(p.Events(events=stored_events(page.events)))

    def _error(self, code: p.ErrorCode) -> p.Error:
        return p.Error(code=code, message=text(self._lang, code), fatal=False)
