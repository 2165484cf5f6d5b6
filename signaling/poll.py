"""One turn of a page that has no WebSocket: does what it says, then answers with what is new, or waits for it.

It has no media: orders of the ladder and who is in which slot are not for it, and an offer gets `no_answer`.
"""

from __future__ import annotations

import asyncio
from typing import Final

from clinic.records import SeatLink
from clinic.store import Superseded
from signaling import protocol as p
from signaling.execution import Execution
from signaling.limits import Bucket
from signaling.parsing import ProtocolError
from signaling.services import Services
from signaling.timeline import Timeline

OFFER_AGAIN_MS: Final = 5000
"""By then the page may have a WebSocket."""


class Poll:
    """A listener of the hub for as long as the request is open."""

    def __init__(self, services: Services, link: SeatLink, asked: p.Poll, claim: int, chat: Bucket) -> None:
        self.consultation = link.consultation
        self.seat = link.seat
        self.client_id = asked.hello.client_id
        self.claim = claim
        self.generation = 0
        self.life: str | None = None
        self.bell = asyncio.Event()
        self.is_physician = False
        self.receives_video = False
        self.waits = False
        self._services = services
        self._asked = asked
        self._left = asked.messages
        self._said: list[p.ToPage] = []
        self._released = False
        self._memory = services.polling_seats.of(link.seat)
        self._timeline = Timeline(services, link, asked.hello.lang, asked.hello.after)
        self._execution = Execution(services, link.consultation, link.seat, claim, asked.hello.lang, chat)

    async def answer(self) -> tuple[p.ToPage, ...]:
        """All that is to be said. May raise `Unavailable` or `TooFast`: then the page says it all again.

        Raises ProtocolError where the seat was taken back."""
        if self._asked.hello.offer is not None:
            await self._take(self._asked.hello.offer)
        try:
            while self._left:
                await self._take(self._left[0])
                self._left = self._left[1:]
        except Superseded:
            return tuple(self._said) if await self._is_own_page() else (*self._said, p.TakenOver())
        seat = await self._timeline.seat()
        if seat.revoked:
            raise ProtocolError("seat-revoked")
        self.waits = seat.arrived and not seat.admitted and not seat.is_physician
        if self._asked.wants_welcome:
            self._memory.waiting = None
            self._said.append((await self._timeline.welcome())[0])
        else:
            await self._read()
        await self._wait()
        return tuple(self._said)

    @property
    def chats_left(self) -> int:
        """Not stored yet, when `answer` found them too fast."""
        return sum(isinstance(message, p.SendChat) for message in self._left)

    def send(self, message: p.Message) -> None:
        """What is told to sockets beside the timeline is about media."""

    def tell_waiting(self, message: p.Waiting) -> None:
        """What an older turn of the seat told is not told again."""
        if message != self._memory.waiting:
            self._memory.waiting = message
            self._said.append(message)
            self.release()

    def superseded(self, by_client_id: str) -> None:
        """A newer connection holds the seat; one of the same page needs no words."""
        if by_client_id != self.client_id:
            self._said.append(p.TakenOver())
        self.release()

    def release(self) -> None:
        """Answer now, with what there is."""
        self._released = True
        self.bell.set()

    async def _is_own_page(self) -> bool:
        """Whether the newer connection is this page's, which says there what is not answered here."""
        _, holds = await self._services.presence.claim_of(self.consultation, self.seat, self.client_id)
        return holds

    async def _take(self, message: p.Command | p.Offer | p.Report | p.Fetch | p.Ping) -> None:
        match message:
            case p.Ping():
                self._said.append(p.Pong(n=message.n))
            case p.Offer():
                self._said.append(p.NoAnswer(request=message.request, code="retry", after_ms=OFFER_AGAIN_MS))
            case p.Report():
                pass
            case p.Fetch():
                self._said.append(await self._timeline.fetch(message.after))
            case _:
                self._said.append(await self._execution.of(message))

    async def _read(self) -> None:
        events = await self._timeline.new()
        if events is not None:
            self._said.append(events)

    async def _wait(self) -> None:
        """For the bell, not for the store: a read that has begun is not broken off."""
        deadline = asyncio.get_running_loop().time() + self._asked.wait_s
        while not self._said and not self._released:
            try:
                async with asyncio.timeout_at(deadline):
                    await self.bell.wait()
            except TimeoutError:
                return
            self.bell.clear()
            await self._read()
