"""Seats of a consultation for staff: the physician's own, guests who come and go, and another physician's."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from clinic.booking import appointment as a
from clinic.booking.agenda import UnknownAppointment
from clinic.booking.rules import Refusal, RefusalCode
from clinic.consultation import Consultation, Seat
from clinic.intake import hand_over as h
from clinic.intake import invitation as i
from clinic.people.patients import ErasedPatient
from clinic.people.roster import UnknownMember
from clinic.privacy.sealing import Shredded
from signaling.api.fault import Fault, FieldFault
from signaling.api.route import Asked, Route
from signaling.media_session import MediaSession

if TYPE_CHECKING:
    from signaling.api.gate import ApiGate

_STATUS: Final[dict[RefusalCode, int]] = {
    "unknown-appointment": 404,
    "unknown-guest": 404,
    "idempotency-key-reused": 422,
}
"""Of the diary's refusals; all others 409."""

_CODES: Final[dict[str, str]] = {
    "unknown-appointment": "not-found", "unknown-guest": "not-found", "closed": "visit-over",
    "consultation-ended": "visit-over",
}  # fmt: skip


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class SeatToken(_Model):
    consultation: str
    seat: str
    token: str = Field(repr=False)
    """As of a join link: for `hello`, in this page only."""
    expires_at: datetime


class NewGuest(_Model):
    name: str = Field(max_length=300, repr=False)
    kind: Literal["companion", "interpreter"] = "companion"
    language: str = Field(default="", max_length=35, pattern=r"^[A-Za-z0-9-]*$")
    """BCP 47: what an interpreter interprets."""


class Guest(_Model):
    seat: str
    name: str
    kind: Literal["companion", "interpreter"]
    language: str
    token: str = Field(repr=False)
    """Of the link `/join/<token>`; told this once."""
    expires_at: datetime


class Taker(_Model):
    physician: str = Field(max_length=64)
    reason: h.Reason = "other"


def routes(gate: ApiGate) -> tuple[Route, ...]:
    """All of this file."""
    at = _Seats(gate)
    one = "/api/v1/consultations/{id}"
    return (
        Route("POST", f"{one}/seat", "seats.own", "consultation.join", at.own,
              "The physician's own seat, for the console's call.", answer=SeatToken, status=201,
              faults=("not-found", "visit-not-yours", "visit-over")),
        Route("POST", f"{one}/guests", "seats.invite", "appointments.write", at.invite,
              "Invite a companion or an interpreter, by a link of their own.", body=NewGuest, answer=Guest,
              status=201, needs_key=True,
              faults=("not-found", "visit-not-yours", "visit-over", "call-full", "idempotency-key-reused")),
        Route("DELETE", f"{one}/guests/{{seat}}", "seats.send-away", "appointments.write", at.send_away,
              "Take a guest's seat back; who is in the call leaves it.", status=204,
              faults=("not-found", "visit-not-yours", "visit-over")),
        Route("POST", f"{one}/hand-over", "seats.hand-over", "appointments.write", at.hand_over,
              "Give the visit to another physician.", body=Taker, status=204, needs_key=True,
              faults=("not-found", "visit-not-yours", "visit-over", "in-call", "not-a-physician", "same-physician",
                      "call-full")),
    )  # fmt: skip


class _Seats:
    def __init__(self, gate: ApiGate) -> None:
        self._gate = gate

    async def own(self, asked: Asked) -> SeatToken:
        """Of who has the visit, or had it and has not left the call yet."""
        appointment, state = await _loaded(asked)
        seat = next((seat for seat in _own(appointment, state, asked.actor) if not seat.revoked), None)
        if seat is None:
            raise Fault(403, "visit-not-yours")
        if asked.now >= state.closes_at:
            raise Fault(409, "visit-over")
        token = await asked.office.store.issue_link(state.id, seat.id)
        expires_at = state.closes_at.astimezone(asked.office.zone)
        return SeatToken(consultation=state.id, seat=seat.id, token=token, expires_at=expires_at)

    async def invite(self, asked: Asked) -> Guest:
        """The same key asked again is the same guest, with a new link."""
        typed = asked.body(NewGuest)
        appointment, state = await _loaded(asked)
        _is_theirs(asked, appointment)
        revoked = [seat.id for seat in state.seats if seat.revoked]
        wanted = i.Guest(_seat_id(asked), typed.kind, typed.name, "", typed.language)
        guest = i.invite(state, wanted, revoked, asked.as_request)
        if isinstance(guest, i.Refusal):
            raise _not_invited(guest)
        language = guest.language if guest.kind == "interpreter" else ""
        await self._change(asked, a.Invite(a.Companion(guest.seat, guest.name), language))
        token = await asked.office.store.issue_link(state.id, guest.seat)
        expires_at = state.closes_at.astimezone(asked.office.zone)
        return Guest(
            seat=guest.seat, name=guest.name, kind=guest.kind, language=language, token=token, expires_at=expires_at
        )

    async def send_away(self, asked: Asked) -> None:
        appointment, state = await _loaded(asked)
        _is_theirs(asked, appointment)
        guest = i.revoke(state, asked.path("seat"), asked.as_request)
        if isinstance(guest, i.Refusal):
            raise Fault(404, "not-found") if guest.code == "unknown-guest" else Fault(403, "visit-not-yours")
        await self._change(asked, a.SendAway(guest))
        await asked.office.store.revoke(state.id, guest)
        await self._hang_up(state.id, guest)

    async def hand_over(self, asked: Asked) -> None:
        """From the call, the giver stays until leaving it; else their seat is gone."""
        typed = asked.body(Taker)
        appointment, state = await _loaded(asked)
        try:
            taker = await asked.office.roster.load(typed.physician)
        except UnknownMember:
            raise Fault(422, "invalid", [FieldFault("physician", "unknown")]) from None
        handed = h.hand_over(appointment.id, state.status, appointment.physician, taker, typed.reason, asked.as_request)
        if isinstance(handed, h.Refusal):
            raise _not_handed(handed)
        await self._change(asked, a.HandOver(taker.id, _seat_id(asked)))

    async def _change(self, asked: Asked, change: a.Change) -> None:
        """Raises Fault."""
        outcome = await asked.office.diary.change(asked.path("id"), change, asked.as_author, asked.now)
        if isinstance(outcome, Refusal):
            raise Fault(_STATUS.get(outcome.code, 409), _CODES.get(outcome.code, outcome.code))

    async def _hang_up(self, consultation: str, seat_id: str) -> None:
        """The node forgets the seat's session at once."""
        services = self._gate.services
        seat = (await services.store.load(consultation)).consultation.seat(seat_id)
        life = await services.link.life_of(consultation)
        if seat is not None and seat.generation and life is not None:
            await services.link.tell(life, MediaSession(consultation, seat_id, seat.generation).leave())


async def _loaded(asked: Asked) -> tuple[a.Appointment, Consultation]:
    """Raises Fault."""
    try:
        appointment = await asked.office.diary.agenda.load(asked.path("id"))
    except UnknownAppointment:
        raise Fault(404, "not-found") from None
    except (ErasedPatient, Shredded):
        raise Fault(410, "not-found") from None
    return appointment, (await asked.office.store.load(appointment.id)).consultation


def _own(appointment: a.Appointment, state: Consultation, member: str) -> tuple[Seat, ...]:
    """The seats of a member of staff, the one that counts first."""
    ids = [each.seat for each in appointment.handed if each.physician == member]
    if appointment.physician == member:
        ids.append(appointment.physician_seat)
    return tuple(seat for each in reversed(ids) if (seat := state.seat(each)))


def _is_theirs(asked: Asked, appointment: a.Appointment) -> None:
    """A physician invites into the own visits only. Raises Fault."""
    if asked.role == "physician" and appointment.physician != asked.actor:
        raise Fault(403, "visit-not-yours")


def _seat_id(asked: Asked) -> str:
    """The same for the same idempotency key."""
    return hashlib.sha256(f"{asked.path('id')} {asked.as_author.key_sha256}".encode()).hexdigest()[:16]


def _not_invited(refusal: i.Refusal) -> Fault:
    match refusal.code:
        case "name-missing":
            return Fault(422, "invalid", [FieldFault("name", "missing")])
        case "language-missing":
            return Fault(422, "invalid", [FieldFault("language", "missing")])
        case "full":
            return Fault(409, "call-full")
        case "ended":
            return Fault(409, "visit-over")
    return Fault(403, "visit-not-yours")


def _not_handed(refusal: h.Refusal) -> Fault:
    match refusal.code:
        case "ended":
            return Fault(409, "visit-over")
        case "not-allowed":
            return Fault(403, "visit-not-yours")
    return Fault(409, refusal.code)
