"""From a page's offer to the SFU's answer: the seat's new media session, its place on a node, and what can go wrong."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from clinic.commands import Join, ReportGone
from clinic.events import Joined
from clinic.records import Applied, Refused
from clinic.store import Superseded
from clinic.unavailable import Unavailable
from media import contract
from signaling import protocol as p
from signaling.media_link import NodeDied, NoReply
from signaling.media_session import MediaSession
from signaling.policies import policy_of, tell_policies
from signaling.services import Services

RETRY_MS: Final = 1000
"""After a wait for a node, or for its reply, that was in vain."""


@dataclass(frozen=True)
class Outcome:
    """What the page is told, and where its media session is from now on, if it has a new one."""

    message: p.Answer | p.NoAnswer
    life: str | None = None
    generation: int = 0
    policy: contract.Policy | None = None
    """Under which the node took a new session."""


@dataclass(frozen=True)
class Offers:
    """The offers of one seat."""

    services: Services
    consultation: str
    seat: str
    claim: int

    async def take(self, offer: p.Offer) -> Outcome:
        """Every offer has an outcome, whatever a page or a node did; only an older connection's raises `Superseded`."""
        try:
            return await (self._restart(offer) if offer.restart else self._join(offer))
        except (NoReply, Unavailable):
            return _no_answer(offer, "retry", RETRY_MS)

    async def follow_up(self, outcome: Outcome) -> None:
        """After the answer is out: a policy that changed meanwhile went to a node that did not know the session yet."""
        if outcome.policy is None:
            return
        with suppress(Unavailable):
            if await self._policy() != outcome.policy:
                await tell_policies(self.services, self.consultation)

    async def _join(self, offer: p.Offer) -> Outcome:
        """A new session: durable before a node hears of it, because its generation fences off the older ones."""
        s = self.services
        join = Join(f"join-{secrets.token_hex(8)}", self.seat)
        done, life, policy = await asyncio.gather(
            s.store.execute(self.consultation, join, s.now(), self.claim),
            s.link.place(self.consultation),
            self._policy(),
        )
        if isinstance(done, Refused):
            return _no_answer(offer, "ended" if done.code == "ended" else "not-admitted")
        generation = _generation(done)
        outcome = await self._place(offer, life, generation, policy)
        if outcome.message.type == "no_answer" and outcome.message.code in ("bad-offer", "room-full"):
            gone = ReportGone(f"gone-{generation}", self.seat, generation)
            await s.store.execute(self.consultation, gone, s.now())
        return outcome

    async def _place(self, offer: p.Offer, life: str | None, generation: int, policy: contract.Policy) -> Outcome:
        """Ask the consultation's node; once more elsewhere when that one takes nobody, or dies."""
        link = self.services.link
        for _ in range(2):
            life = life or await link.place_soon(self.consultation)
            if life is None:
                return _no_answer(offer, "retry", RETRY_MS)
            try:
                reply = await link.ask(life, self._session(generation).join(offer, policy))
            except NodeDied:
                life = None
                continue
            if not (isinstance(reply, contract.Refused) and reply.code in ("node-full", "draining")):
                outcome = self._outcome(offer, reply, life, generation)
                return replace(outcome, policy=policy) if outcome.life else outcome
            life = await link.place(self.consultation, but=life)
        return _no_answer(offer, "retry", RETRY_MS)

    async def _policy(self) -> contract.Policy:
        state = (await self.services.store.load(self.consultation)).consultation
        seat = state.seat(self.seat)
        return contract.Policy() if seat is None else policy_of(state, seat)

    def _session(self, generation: int) -> MediaSession:
        return MediaSession(self.consultation, self.seat, generation)

    async def _restart(self, offer: p.Offer) -> Outcome:
        """An ICE restart of the seat's newest session, where it still is."""
        s = self.services
        snapshot, life, holders = await asyncio.gather(
            s.store.load(self.consultation), s.link.life_of(self.consultation), s.presence.holders(self.consultation)
        )
        if self.claim < holders.get(self.seat, 0):
            raise Superseded
        state = snapshot.consultation
        seat = state.seat(self.seat)
        if seat is None or not seat.present or life is None:
            return _no_answer(offer, "ended" if state.status == "ended" else "restart-unknown")
        try:
            reply = await s.link.ask(life, self._session(seat.generation).restart(offer))
        except NodeDied:
            return _no_answer(offer, "restart-unknown")
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
