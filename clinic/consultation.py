"""What a consultation is and what may happen in it: pure state, `apply` for facts, `decide` for commands.

It knows no store, socket or clock: time is `now`, ids are in the commands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from clinic import commands as c
from clinic import events as e

OPENS_BEFORE = timedelta(hours=1)
"""Patients and companions may enter this long before the start."""

STAYS_OPEN = timedelta(minutes=60)
"""A seat stays resumable this long after the planned end; then the clock ends the consultation."""

MAX_SEATS: Final = 6
"""That count: of the patient, the physicians and their guests. As many as media has places for."""

Role = Literal["patient", "physician", "companion"]
Status = Literal["scheduled", "in-progress", "ended"]
RefusalCode = Literal[
    "consent-required", "not-allowed", "not-admitted", "ended", "unknown-seat", "not-open", "note-changed",
    "full",
]  # fmt: skip


@dataclass(frozen=True)
class Seat:
    """A place in a consultation; it belongs to a join link, not to a device or socket."""

    id: str
    role: Role
    name: str
    consent_sha256: str | None = None
    arrived: bool = False
    admitted: bool = False
    present: bool = False
    path_lost: bool = False
    audio: bool = True
    video: bool = True
    problem: Literal["denied", "busy", "absent", "unsupported"] | None = None
    generation: int = 0
    """How many media sessions the seat has begun; the newest is the only one that counts."""
    up_level: e.Level = "V3"
    down_level: e.Level = "V3"
    """What that session sends and receives; `V3` before media told."""
    level_reason: e.LevelReason = "start"
    """Of the last change of either."""
    hold: e.Hold = "video"
    save_data: bool = False
    """The seat's own wishes; what they make of others' too is in clinic/limit.py."""
    language: str = ""
    """BCP 47, of an interpreter; empty for everybody else."""
    handed: bool = False
    """A physician who gave the consultation to another, and loses the seat by leaving it."""
    revoked: bool = False
    """Nobody comes in by it any more; it stays for what was said from it."""

    @property
    def is_physician(self) -> bool:
        return self.role == "physician"

    @property
    def may_enter(self) -> bool:
        """Physicians need no consent: they ask for it."""
        return self.is_physician or self.consent_sha256 is not None


@dataclass(frozen=True)
class Consultation:
    """All that holds after the events so far."""

    id: str
    starts_at: datetime
    ends_at: datetime
    reason: str
    seats: tuple[Seat, ...]
    status: Status = "scheduled"
    note: str = ""
    """The physicians' private one; nobody else's page is told."""
    note_id: str = ""
    """The command that saved it."""

    @property
    def closes_at(self) -> datetime:
        return self.ends_at + STAYS_OPEN

    @property
    def held(self) -> tuple[Seat, ...]:
        """The seats that count: those that nobody took back."""
        return tuple(seat for seat in self.seats if not seat.revoked)

    def seat(self, seat_id: str) -> Seat | None:
        return next((seat for seat in self.seats if seat.id == seat_id), None)

    def with_seat(self, seat_id: str, **changes: Any) -> Consultation:
        """The same with one seat changed."""
        return replace(
            self, seats=tuple(replace(seat, **changes) if seat.id == seat_id else seat for seat in self.seats)
        )


@dataclass(frozen=True)
class Refusal:
    code: RefusalCode


_GONE: Final[dict[str, Any]] = {"arrived": False, "present": False, "path_lost": False}
"""A seat in which nobody is."""

_FRESH: Final[dict[str, Any]] = {
    "present": True, "path_lost": False, "up_level": "V3", "down_level": "V3", "level_reason": "start",
}  # fmt: skip
"""A seat whose media session has just begun."""

Decision = tuple[e.Event, ...] | Refusal
"""What the command makes happen; nothing at all where things already are as it wants them."""


def apply(state: Consultation, event: e.Event) -> Consultation:
    """The state after a fact. Facts are not judged again: `decide` did that."""
    match event:
        case e.Consented():
            return state.with_seat(event.seat, consent_sha256=event.text_sha256)
        case e.ConsentWithdrawn():
            return state.with_seat(event.seat, consent_sha256=None)
        case e.Arrived():
            return state.with_seat(event.seat, arrived=True)
        case e.Admitted():
            return replace(state.with_seat(event.seat, admitted=True), status="in-progress")
        case e.Joined():
            return replace(state.with_seat(event.seat, **_FRESH, generation=event.generation), status="in-progress")
        case e.Left():
            seat = state.seat(event.seat)
            return state.with_seat(event.seat, **_GONE, revoked=seat is not None and (seat.revoked or seat.handed))
        case e.PathLost():
            return state.with_seat(event.seat, path_lost=True)
        case e.PathBack():
            return state.with_seat(event.seat, path_lost=False)
        case e.MediaChanged():
            return state.with_seat(event.seat, audio=event.audio, video=event.video, problem=event.problem)
        case e.Rescheduled():
            starts_at, ends_at = map(datetime.fromisoformat, (event.starts_at, event.ends_at))
            return replace(state, starts_at=starts_at, ends_at=ends_at)
        case e.Ended():
            nobody = tuple(replace(seat, **_GONE) for seat in state.seats)
            return replace(state, seats=nobody, status="ended")
        case e.LevelChanged():
            moved = {f"{event.direction}_level": event.level, "level_reason": event.reason}
            return state.with_seat(event.seat, **moved)
        case e.PreferenceChanged():
            return state.with_seat(event.seat, hold=event.hold, save_data=event.save_data)
        case e.Invited():
            return replace(state, seats=(*state.seats, Seat(event.seat, "companion", "", language=event.language)))
        case e.Revoked():
            return state.with_seat(event.seat, **_GONE, revoked=True)
        case e.HandedOver():
            given = state.with_seat(event.giver, handed=True, **({} if event.stays else _GONE | {"revoked": True}))
            return replace(given, seats=(*given.seats, Seat(event.seat, "physician", "")))
        case e.NoteSaved():
            return replace(state, note=event.text, note_id=event.command_id)
        case e.Chat():
            return state


def decide(state: Consultation, command: c.Command, now: datetime) -> Decision:
    """The facts that the command makes, or why it is refused. The first rule that speaks wins."""
    if state.status == "ended":
        return Refusal("ended")
    if isinstance(command, c.Expire):
        return (e.Ended(by="clock", reason="expired"),) if now >= state.closes_at else ()
    if isinstance(command, c.Reschedule):
        return _reschedule(state, command)
    if isinstance(command, c.Cancel):
        return (e.Ended(by="clinic", reason="cancelled"),)
    if isinstance(command, c.Revoke):
        return _revoke(state, command)
    if now >= state.closes_at:
        return Refusal("ended")
    if isinstance(command, c.Invite):
        return _invite(state, command)
    if isinstance(command, c.HandOver):
        return _hand_over(state, command)
    seat = state.seat(command.seat)
    if seat is None or seat.revoked:
        return Refusal("unknown-seat")
    return _RULES[type(command)](state, seat, command, now)


def _reschedule(state: Consultation, command: c.Reschedule) -> Decision:
    """Also after the doors closed, as long as the clock has not ended it."""
    if (state.starts_at, state.ends_at) == (command.starts_at, command.ends_at):
        return ()
    return (e.Rescheduled(starts_at=command.starts_at.isoformat(), ends_at=command.ends_at.isoformat()),)


def _invite(state: Consultation, command: c.Invite) -> Decision:
    """The same seat asked for again is no other one."""
    if state.seat(command.guest) is not None:
        return ()
    if len(state.held) >= MAX_SEATS:
        return Refusal("full")
    return (e.Invited(seat=command.guest, language=command.language),)


def _revoke(state: Consultation, command: c.Revoke) -> Decision:
    """Also after the doors closed."""
    guest = state.seat(command.guest)
    if guest is None or guest.role != "companion":
        return Refusal("unknown-seat")
    return () if guest.revoked else (e.Revoked(seat=guest.id),)


def _hand_over(state: Consultation, command: c.HandOver) -> Decision:
    """A giver who is in the call stays, to introduce the taker; so one place more must be free."""
    giver = state.seat(command.giver)
    if state.seat(command.taker) is not None:
        return ()
    if giver is None or giver.revoked or not giver.is_physician:
        return Refusal("unknown-seat")
    if giver.handed:
        return Refusal("not-allowed")
    if giver.present and len(state.held) >= MAX_SEATS:
        return Refusal("full")
    return (e.HandedOver(seat=command.taker, giver=giver.id, stays=giver.present),)


def _consent(state: Consultation, seat: Seat, command: c.Consent, now: datetime) -> Decision:
    if seat.consent_sha256 == command.text_sha256:
        return ()
    return (
        e.Consented(
            seat=seat.id, text_version=command.text_version, text_sha256=command.text_sha256, lang=command.lang
        ),
    )


def _withdraw(state: Consultation, seat: Seat, command: c.Withdraw, now: datetime) -> Decision:
    if seat.consent_sha256 is None:
        return ()
    left = (e.Left(seat=seat.id, reason="hung-up"),) if seat.present or seat.arrived else ()
    return (e.ConsentWithdrawn(seat=seat.id), *left)


def _arrive(state: Consultation, seat: Seat, command: c.Arrive, now: datetime) -> Decision:
    if not seat.may_enter:
        return Refusal("consent-required")
    if _too_early(state, seat, now):
        return Refusal("not-open")
    return () if seat.arrived else (e.Arrived(seat=seat.id),)


def _admit(state: Consultation, seat: Seat, command: c.Admit, now: datetime) -> Decision:
    if not seat.is_physician:
        return Refusal("not-allowed")
    target = state.seat(command.target)
    if target is None or target.revoked:
        return Refusal("unknown-seat")
    if not target.may_enter:
        return Refusal("consent-required")
    return () if target.admitted or target.is_physician else (e.Admitted(seat=target.id, by=seat.id),)


def _send_chat(state: Consultation, seat: Seat, command: c.SendChat, now: datetime) -> Decision:
    if not seat.may_enter:
        return Refusal("consent-required")
    return (e.Chat(seat=seat.id, text=command.text, command_id=command.id),)


def _save_note(state: Consultation, seat: Seat, command: c.SaveNote, now: datetime) -> Decision:
    """A note that was made from an older one would take away what came between."""
    if not seat.is_physician:
        return Refusal("not-allowed")
    if command.text == state.note:
        return ()
    if command.base != state.note_id:
        return Refusal("note-changed")
    return (e.NoteSaved(seat=seat.id, text=command.text, command_id=command.id),)


def _set_media(state: Consultation, seat: Seat, command: c.SetMedia, now: datetime) -> Decision:
    if (seat.audio, seat.video, seat.problem) == (command.audio, command.video, command.problem):
        return ()
    return (e.MediaChanged(seat=seat.id, audio=command.audio, video=command.video, problem=command.problem),)


def _set_preference(state: Consultation, seat: Seat, command: c.SetPreference, now: datetime) -> Decision:
    if (seat.hold, seat.save_data) == (command.hold, command.save_data):
        return ()
    return (e.PreferenceChanged(seat=seat.id, hold=command.hold, save_data=command.save_data),)


def _join(state: Consultation, seat: Seat, command: c.Join, now: datetime) -> Decision:
    if not seat.may_enter:
        return Refusal("consent-required")
    if not (seat.admitted or seat.is_physician):
        return Refusal("not-admitted")
    if _too_early(state, seat, now):
        return Refusal("not-open")
    return (e.Joined(seat=seat.id, generation=seat.generation + 1),)


def _leave(state: Consultation, seat: Seat, command: c.Leave, now: datetime) -> Decision:
    return (e.Left(seat=seat.id, reason="hung-up"),) if seat.present or seat.arrived else ()


def _end(state: Consultation, seat: Seat, command: c.End, now: datetime) -> Decision:
    treats = seat.is_physician and not seat.handed
    return (e.Ended(by=seat.id, reason=command.reason),) if treats else Refusal("not-allowed")


def _path_lost(state: Consultation, seat: Seat, command: c.ReportPathLost, now: datetime) -> Decision:
    told = not seat.present or seat.path_lost or seat.generation != command.generation
    return () if told else (e.PathLost(seat=seat.id),)


def _path_back(state: Consultation, seat: Seat, command: c.ReportPathBack, now: datetime) -> Decision:
    lost = seat.present and seat.path_lost and seat.generation == command.generation
    return (e.PathBack(seat=seat.id),) if lost else ()


def _level(state: Consultation, seat: Seat, command: c.ReportLevel, now: datetime) -> Decision:
    if not seat.present or seat.generation != command.generation:
        return ()
    known = seat.up_level if command.direction == "up" else seat.down_level
    if known == command.level:
        return ()
    return (e.LevelChanged(seat=seat.id, direction=command.direction, level=command.level, reason=command.reason),)


def _gone(state: Consultation, seat: Seat, command: c.ReportGone, now: datetime) -> Decision:
    """Who waits keeps the place in the waiting room: a phone that sleeps has not left."""
    mine = seat.present and seat.generation == command.generation
    return (e.Left(seat=seat.id, reason="closed"),) if mine else ()


def _too_early(state: Consultation, seat: Seat, now: datetime) -> bool:
    return not seat.is_physician and now < state.starts_at - OPENS_BEFORE


_RULES: dict[type[c.SeatCommand], Callable[[Consultation, Seat, Any, datetime], Decision]] = {
    c.Consent: _consent,
    c.Withdraw: _withdraw,
    c.Arrive: _arrive,
    c.Admit: _admit,
    c.SendChat: _send_chat,
    c.SaveNote: _save_note,
    c.SetMedia: _set_media,
    c.SetPreference: _set_preference,
    c.Join: _join,
    c.Leave: _leave,
    c.End: _end,
    c.ReportPathLost: _path_lost,
    c.ReportPathBack: _path_back,
    c.ReportLevel: _level,
    c.ReportGone: _gone,
}
