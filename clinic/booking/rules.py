"""What may happen in the diary: pure. `decide` says what an appointment becomes, or why the command is refused.

It knows no store and no clock: what else is in the diary about that time is in the state, `now` is an argument.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from clinic.booking import appointment as a
from clinic.booking.day import CARACAS, day_of

SHORTEST: Final = timedelta(minutes=5)
LONGEST: Final = timedelta(minutes=240)
GRACE: Final = timedelta(minutes=15)
"""An appointment may be booked this long after its start: who books "now" needs a moment to type."""
FURTHEST: Final = timedelta(days=400)
"""A year and some weeks: further off is a mistyped year."""
MAX_COMPANIONS: Final = 4
"""Six in the call, with the patient and the physician."""
MAX_TITLE_CHARS: Final = 200
MAX_CODE_CHARS: Final = 64
MAX_WHY_CHARS: Final = 500

RefusalCode = Literal[
    "slot-taken", "patient-busy", "day-full", "in-past", "too-far", "bad-length", "bad-reason", "too-many-companions",
    "unknown-appointment", "unknown-patient", "patient-erased", "other-person", "closed", "not-started",
    "consultation-ended", "idempotency-key-reused", "call-full", "unknown-guest", "same-physician",
]  # fmt: skip
"""`slot-taken`: the physician has another one then. `closed`: it was cancelled, missed or is over.
`other-person`: only of imports; the document is of a patient with another birth date."""

Fact = Literal[
    "booked", "rescheduled", "cancelled", "arrived", "noshow", "fulfilled", "invited", "sent-away", "handed-over"
]


@dataclass(frozen=True)
class Rules:
    """What a clinic sets."""

    zone: ZoneInfo = CARACAS
    max_per_day: int = 60
    """Appointments of one physician on one day of the clinic's calendar."""


@dataclass(frozen=True)
class Surroundings:
    """What is decided upon: the appointment, None for one to be booked, and what else takes the two people's time.

    `slots` has at least what meets the asked time, and all of the physician on the day that it begins.
    """

    appointment: a.Appointment | None
    slots: tuple[a.Slot, ...] = ()
    rules: Rules = Rules()


@dataclass(frozen=True)
class Changed:
    """`fact` is None where the appointment already was as the command wants it."""

    appointment: a.Appointment
    fact: Fact | None


@dataclass(frozen=True)
class Refusal:
    code: RefusalCode
    clash: str | None = None
    """The id of the appointment in the way."""


Decision = Changed | Refusal


def decide(state: Surroundings, command: a.Command, now: datetime) -> Decision:
    """The first rule that speaks wins. Raises ValueError for times that are not aware."""
    if isinstance(command, a.Book):
        return _book(state, command, now)
    if state.appointment is None:
        return Refusal("unknown-appointment")
    match command:
        case a.Reschedule():
            return _reschedule(state, state.appointment, command, now)
        case a.Cancel():
            return _cancel(state.appointment, command)
        case a.Arrive():
            return _arrive(state.appointment)
        case a.MarkNoShow():
            return _mark_no_show(state.appointment, command, now)
        case a.Fulfil():
            return _fulfil(state.appointment)
        case a.Invite():
            return _invite(state.appointment, command)
        case a.SendAway():
            return _send_away(state.appointment, command)
        case a.HandOver():
            return _hand_over(state.appointment, command)


def untimely(starts_at: datetime, ends_at: datetime, now: datetime) -> RefusalCode | None:
    """What is wrong with a time itself, whatever else is in the diary."""
    if not SHORTEST <= ends_at - starts_at <= LONGEST:
        return "bad-length"
    if starts_at < now - GRACE:
        return "in-past"
    return "too-far" if starts_at > now + FURTHEST else None


def _book(state: Surroundings, command: a.Book, now: datetime) -> Decision:
    asked = _in_utc(command.appointment)
    if not _is_short(asked.reason):
        return Refusal("bad-reason")
    if len(asked.companions) > MAX_COMPANIONS:
        return Refusal("too-many-companions")
    return _placed(state, asked, "booked", command.may_overbook, now)


def _reschedule(state: Surroundings, before: a.Appointment, command: a.Reschedule, now: datetime) -> Decision:
    """Also one whose time has come: the physician is late, or the patient called."""
    if not before.occupies:
        return Refusal("closed")
    moved = _in_utc(replace(before, starts_at=command.starts_at, ends_at=command.ends_at))
    if moved == before:
        return Changed(before, None)
    return _placed(state, replace(moved, status="booked"), "rescheduled", command.may_overbook, now)


def _cancel(before: a.Appointment, command: a.Cancel) -> Decision:
    if before.status == "cancelled":
        return Changed(before, None)
    if not before.occupies:
        return Refusal("closed")
    if len(command.why) > MAX_WHY_CHARS:
        return Refusal("bad-reason")
    cancellation = a.Cancellation(command.party, command.why)
    return Changed(replace(before, status="cancelled", cancellation=cancellation), "cancelled")


def _arrive(before: a.Appointment) -> Decision:
    if not before.occupies:
        return Refusal("closed")
    return Changed(replace(before, status="arrived"), None if before.status == "arrived" else "arrived")


def _mark_no_show(before: a.Appointment, command: a.MarkNoShow, now: datetime) -> Decision:
    """Also of one that has arrived (the physician never came), and to correct whose no-show it was."""
    if before.status not in ("booked", "arrived", "noshow"):
        return Refusal("closed")
    if now < before.starts_at:
        return Refusal("not-started")
    after = replace(before, status="noshow", absence=command.absence)
    return Changed(after, None if after == before else "noshow")


def _fulfil(before: a.Appointment) -> Decision:
    """Also of what was taken for a no-show: it happened after all."""
    if before.status == "cancelled":
        return Refusal("closed")
    after = replace(before, status="fulfilled", absence=None)
    return Changed(after, None if after == before else "fulfilled")


def _invite(before: a.Appointment, command: a.Invite) -> Decision:
    """How many may be in the call, the consultation says."""
    if not before.occupies:
        return Refusal("closed")
    if any(known.seat == command.guest.seat for known in before.companions):
        return Changed(before, None)
    return Changed(replace(before, companions=(*before.companions, command.guest)), "invited")


def _send_away(before: a.Appointment, command: a.SendAway) -> Decision:
    """The name stays, for what was said. Whether they are still there, the consultation says."""
    if not before.occupies:
        return Refusal("closed")
    known = any(companion.seat == command.seat for companion in before.companions)
    return Changed(before, "sent-away") if known else Refusal("unknown-guest")


def _hand_over(before: a.Appointment, command: a.HandOver) -> Decision:
    if not before.occupies:
        return Refusal("closed")
    if before.physician == command.physician:
        return Refusal("same-physician")
    handed = (*before.handed, a.Handed(before.physician_seat, before.physician))
    after = replace(before, physician=command.physician, physician_seat=command.seat, handed=handed)
    return Changed(after, "handed-over")


def _placed(state: Surroundings, wanted: a.Appointment, fact: Fact, may_overbook: bool, now: datetime) -> Decision:
    """The appointment at its time, if it may stand there."""
    wrong = untimely(wanted.starts_at, wanted.ends_at, now)
    if wrong:
        return Refusal(wrong)
    others = [slot for slot in state.slots if slot.appointment != wanted.id]
    clash = _clash(wanted.slot, others) or _full_day(wanted.slot, others, state.rules)
    if clash and not may_overbook:
        return clash
    return Changed(replace(wanted, overbooked=clash is not None), fact)


def _clash(wanted: a.Slot, others: Iterable[a.Slot]) -> Refusal | None:
    """The physician's first: that one the coordinator can see."""
    meeting = sorted(
        (slot for slot in others if slot.meets(wanted)), key=lambda slot: (slot.starts_at, slot.appointment)
    )
    for slot in meeting:
        if slot.physician == wanted.physician:
            return Refusal("slot-taken", slot.appointment)
    for slot in meeting:
        if slot.patient == wanted.patient:
            return Refusal("patient-busy", slot.appointment)
    return None


def _full_day(wanted: a.Slot, others: Iterable[a.Slot], rules: Rules) -> Refusal | None:
    day = day_of(wanted.starts_at, rules.zone)
    same_day = [
        slot for slot in others if slot.physician == wanted.physician and day_of(slot.starts_at, rules.zone) == day
    ]
    return Refusal("day-full") if len(same_day) >= rules.max_per_day else None


def _is_short(reason: a.Reason) -> bool:
    return len(reason.title) <= MAX_TITLE_CHARS and len(reason.code) <= MAX_CODE_CHARS


def _in_utc(appointment: a.Appointment) -> a.Appointment:
    if appointment.starts_at.tzinfo is None or appointment.ends_at.tzinfo is None:
        raise ValueError("an appointment's times must be aware")
    return replace(
        appointment, starts_at=appointment.starts_at.astimezone(UTC), ends_at=appointment.ends_at.astimezone(UTC)
    )
