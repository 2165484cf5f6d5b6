"""Makes a page's command durable, tells media what follows from it, and says how it is answered."""

from __future__ import annotations

from dataclasses import dataclass

from clinic.records import Refused
from clinic.unavailable import Unavailable
from signaling import consent
from signaling import protocol as p
from signaling.acts import to_clinic
from signaling.limits import Bucket
from signaling.media_session import MediaSession, close_room
from signaling.policies import tell_policies
from signaling.services import Services
from signaling.texts import Lang, text


class TooFast(Exception):
    """The seat says more than a human types; nothing was done."""


@dataclass(frozen=True)
class Execution:
    """The commands of one seat, in the language of its page."""

    services: Services
    consultation: str
    seat: str
    claim: int
    lang: Lang
    chat: Bucket
    """Of words that are new: one that was stored before, and only not acknowledged, costs nothing."""

    async def of(self, command: p.Command) -> p.Ack | p.Refused:
        """May raise `Unavailable`, after which nothing is known, `TooFast`, or `Superseded`."""
        s = self.services
        if isinstance(command, p.SendChat) and self.chat.wait_s(s.monotonic_s()) > 0:
            raise TooFast
        try:
            if (code := await self._at_the_door(command)) is not None:
                return self.refused(command, code)
            done = await s.store.execute(self.consultation, to_clinic(command, self.seat), s.now(), self.claim)
            if isinstance(done, Refused):
                return self.refused(command, done.code)
            s.diarist.note(self.consultation, done.events)
            await self._tell_media(command)
        except Unavailable:
            s.metrics.commands.labels(command.type, "unavailable").inc()
            raise
        if isinstance(command, p.SendChat) and not done.repeated:
            self.chat.take(s.monotonic_s())
        s.metrics.commands.labels(command.type, "ok").inc()
        return p.Ack(id=command.id)

    def refused(self, command: p.Command, code: p.RefusedCode) -> p.Refused:
        self.services.metrics.commands.labels(command.type, code).inc()
        return p.Refused(id=command.id, code=code, message=text(self.lang, code))

    async def _at_the_door(self, command: p.Command) -> p.RefusedCode | None:
        """What the patient's record says of a consent and of who wants in, before the consultation does."""
        if not isinstance(command, p.Consent | p.Withdraw | p.Arrive):
            return None
        office, state = self.services.office, (await self.services.store.load(self.consultation)).consultation
        seat = state.seat(self.seat)
        if seat is None or state.status == "ended":
            return None
        match command:
            case p.Consent():
                return await consent.accept(office, state, seat, command)
            case p.Withdraw():
                await consent.withdraw(office, state, seat, command)
                return None
            case _:
                missing = seat.may_enter and await consent.asked(office, state, seat, self.lang)
                return "stale-consent" if missing else None

    async def _tell_media(self, command: p.Command) -> None:
        """May raise `Unavailable`; what is told may be told twice.

        Hanging up and ending free the node at once. If a process dies before that, the node finds out by silence.
        """
        match command:
            case p.SetPreference() | p.SetMedia():
                await tell_policies(self.services, self.consultation)
            case p.Leave() | p.Withdraw():
                await self._leave()
            case p.End() if (life := await self.services.link.life_of(self.consultation)) is not None:
                await self.services.link.tell(life, close_room(self.consultation))
            case _:
                pass

    async def _leave(self) -> None:
        """The session that the seat left; a leave that came again after a return ends nothing."""
        seat = (await self.services.store.load(self.consultation)).consultation.seat(self.seat)
        life = await self.services.link.life_of(self.consultation)
        if seat is None or seat.present or life is None:
            return
        await self.services.link.tell(life, MediaSession(self.consultation, self.seat, seat.generation).leave())
