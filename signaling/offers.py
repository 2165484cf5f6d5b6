"""From a page's offer to the SFU's answer: the seat's new media session, its place on a node, and what can go wrong."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from clinic.commands import Join, ReportGone
from clinic.events import Joined
from clinic.records import Applied, Refused
from clinic.unavailable import Unavailable
from media import contract
from signaling import protocol as p
from signaling.media_link import NoReply
from signaling.media_session import MediaSession
from signaling.policies import policy_of, tell_policies
from signaling.services import Services

RETRY_MS: Final = 1000
"""Also when no node lives: one that was killed is back about a second later."""


@dataclass(frozen=True)
class Outcome:
    """What the page is told, and where its media session is from now on, if it has a new one."""

    message: p.Answer | p.NoAnswer
    life: str | None = None
    generation: int = 0


@dataclass(frozen=True)
class Offers:
    """The offers of one seat."""

    services: Services
    consultation: str
    seat: str

    async def take(self, offer: p.Offer) -> Outcome:
        """Never raises for what a page or a node did: every offer has an outcome."""
        try:
            return await (self._restart(offer) if offer.restart else self._join(offer))
        except (NoReply, Unavailable):
            return _no_answer(offer, "retry", RETRY_MS)

    async def _join(self, offer: p.Offer) -> Outcome:
        """A new session: durable first, because its generation fences off the older ones."""
        s = self.services
        done = await s.store.execute(self.consultation, Join(f"join-{secrets.token_hex(8)}", self.seat), s.now())
        if isinstance(done, Refused):
            return _no_answer(offer, "ended" if done.code == "ended" else "not-admitted")
        generation = _generation(done)
        outcome = await self._place(offer, generation)
        if outcome.message.type == "no_answer" and outcome.message.code in ("bad-offer", "room-full"):
            gone = ReportGone(f"gone-{generation}", self.seat, generation)
            await s.store.execute(self.consultation, gone, s.now())
        return outcome

    async def _place(self, offer: p.Offer, generation: int) -> Outcome:
        """Ask the consultation's node; once more elsewhere when that one takes nobody."""
        life = await self.services.link.place(self.consultation)
        for _ in range(2):
            if life is None:
                return _no_answer(offer, "retry", RETRY_MS)
            reply = await self._ask_to_join(life, offer, generation)
            if not (isinstance(reply, contract.Refused) and reply.code in ("node-full", "draining")):
                return self._outcome(offer, reply, life, generation)
            life = await self.services.link.place(self.consultation, but=life)
        return _no_answer(offer, "retry", RETRY_MS)

    async def _ask_to_join(self, life: str, offer: p.Offer, generation: int) -> contract.MediaReply:
        """Under the newest policy: one that changed meanwhile went to a node that did not know the session yet."""
        policy = await self._policy()
        reply = await self.services.link.ask(life, self._session(generation).join(offer, policy))
        if isinstance(reply, contract.Answered) and await self._policy() != policy:
            await tell_policies(self.services, self.consultation)
        return reply

    async def _policy(self) -> contract.Policy:
        state = (await self.services.store.load(self.consultation)).consultation
        seat = state.seat(self.seat)
        return contract.Policy() if seat is None else policy_of(state, seat)

    def _session(self, generation: int) -> MediaSession:
        return MediaSession(self.consultation, self.seat, generation)

    async def _restart(self, offer: p.Offer) -> Outcome:
        """An ICE restart of the seat's newest session, where it still is."""
        state = (await self.services.store.load(self.consultation)).consultation
        seat = state.seat(self.seat)
        life = await self.services.link.life_of(self.consultation)
        if seat is None or not seat.present or life is None:
            return _no_answer(offer, "ended" if state.status == "ended" else "restart-unknown")
        reply = await self.services.link.ask(life, self._session(seat.generation).restart(offer))
        return self._outcome(offer, reply, life, seat.generation)

    def _outcome(self, offer: p.Offer, reply: contract.MediaReply, life: str, generation: int) -> Outcome:
        """Replies and events come by streams of their own: a change of slots that overtook its answer is not undone."""
        newer = self.services.slots.last(self.consultation, self.seat, generation)
        if isinstance(reply, contract.Answered) and newer is not None:
            reply = reply.model_copy(update={"slots": newer})
        return _outcome(offer, reply, life, generation)


def room_slots(slots: tuple[contract.Slot, ...]) -> tuple[p.RoomSlot, ...]:
    """A participant's id is its seat's."""
    return tuple(p.RoomSlot(audio_mid=s.audio_mid, video_mid=s.video_mid, seat=s.participant) for s in slots)


def _generation(done: Applied) -> int:
    for event in done.events:
        if isinstance(event, Joined):
            return event.generation
    raise NoReply


def _outcome(offer: p.Offer, reply: contract.MediaReply, life: str, generation: int) -> Outcome:
    match reply:
        case contract.Answered():
            answer = p.Answer(request=offer.request, sdp=reply.answer, slots=room_slots(reply.slots))
            return Outcome(answer, life, generation)
        case contract.Refused(code="bad-offer" | "room-full" as code):
            return _no_answer(offer, code)
        case contract.Refused(code="unknown-participant"):
            return _no_answer(offer, "restart-unknown")
        case _:
            return _no_answer(offer, "retry", RETRY_MS)


def _no_answer(offer: p.Offer, code: p.NoAnswerCode, after_ms: int = 0) -> Outcome:
    return Outcome(p.NoAnswer(request=offer.request, code=code, after_ms=after_ms))
