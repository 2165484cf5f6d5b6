"""The diary over HTTP: book, move, cancel, mark as missed; days and weeks as the clinic's calendar has them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Final

from clinic.booking import appointment as a
from clinic.booking import request as r
from clinic.booking.agenda import ANY_STATUS, BadCursor, Query, UnknownAppointment
from clinic.booking.csv_time import instant
from clinic.booking.day import Span, day_of, day_span, week_span
from clinic.booking.free import free_about
from clinic.booking.rules import Refusal, RefusalCode
from clinic.booking.step import Done
from clinic.people.faults import Fault as TypedFault
from clinic.people.names import parse_name
from clinic.people.patients import ErasedPatient, UnknownPatient
from clinic.people.roster import UnknownMember
from clinic.people.staff import Member, may
from signaling.api.appointment_view import (
    AppointmentSheet,
    CancelledBy,
    DiaryPage,
    DiaryQuery,
    Missed,
    NewAppointment,
    Physician,
    Physicians,
    Times,
)
from signaling.api.diary_view import sheet_of, views_of
from signaling.api.fault import Fault, FieldFault
from signaling.api.route import Asked, Route

if TYPE_CHECKING:
    from signaling.api.gate import ApiGate

TIMES_FAULTS: Final = ("slot-taken", "patient-busy", "day-full", "in-past", "too-far", "bad-length")

YEARS: Final = range(1900, 9000)
"""Whatever else is a slip, and some of it no calendar can add a day to."""

_STATUS: Final[dict[RefusalCode, int]] = {
    "slot-taken": 409, "patient-busy": 409, "day-full": 409, "closed": 409, "not-started": 409,
    "consultation-ended": 409, "patient-erased": 410, "unknown-appointment": 404,
}  # fmt: skip
"""All others: what was sent cannot be done as it is, whenever."""


def routes(gate: ApiGate) -> tuple[Route, ...]:
    """All of this file."""
    path = "/api/v1/appointments"
    one = f"{path}/{{id}}"
    return (
        Route("POST", path, "appointments.book", "appointments.write", book, "Book an appointment.",
              body=NewAppointment, answer=AppointmentSheet, status=201, keys=True, needs_key=True,
              faults=(*TIMES_FAULTS, "bad-reason", "too-many-companions", "unknown-patient", "patient-erased",
                      "idempotency-key-reused")),
        Route("GET", path, "appointments.list", "appointments.read", show, "A day or a week of the diary.",
              query=DiaryQuery, answer=DiaryPage, keys=True, faults=("bad-cursor",)),
        Route("GET", one, "appointments.read", "appointments.read", read, "One appointment.",
              answer=AppointmentSheet, keys=True),
        Route("POST", f"{one}/reschedule", "appointments.reschedule", "appointments.write", reschedule,
              "Move an appointment; its links stay as they are.", body=Times, answer=AppointmentSheet, keys=True,
              faults=(*TIMES_FAULTS, "closed", "consultation-ended", "idempotency-key-reused")),
        Route("POST", f"{one}/cancel", "appointments.cancel", "appointments.write", cancel,
              "Cancel an appointment; its links end.", body=CancelledBy, answer=AppointmentSheet, keys=True,
              faults=("closed", "bad-reason", "consultation-ended", "idempotency-key-reused")),
        Route("POST", f"{one}/no-show", "appointments.no-show", "appointments.write", mark_missed,
              "Nobody came, or could: the patient, the physician, or the technique.", body=Missed,
              answer=AppointmentSheet, keys=True, faults=("closed", "not-started", "idempotency-key-reused")),
        Route("GET", "/api/v1/physicians", "physicians.list", "appointments.read", physicians,
              "Those with whom one can book.", answer=Physicians, keys=True),
    )  # fmt: skip


async def book(asked: Asked) -> AppointmentSheet:
    typed, office = asked.body(NewAppointment), asked.office
    await _known_people(asked, typed)
    span = _span(asked, typed)
    source: a.Source = "api" if asked.key else "staff"
    reason = a.Reason(typed.reason.strip(), typed.reason_code.strip())
    wanted = r.Wanted(
        typed.patient, typed.physician, span.starts_at, span.ends_at, reason, _names(typed.companions), source
    )
    outcome = await office.diary.book(wanted, asked.as_author, asked.now, may_overbook=_overbooks(asked, typed))
    if isinstance(outcome, Refusal):
        raise await _refused(asked, outcome, a.Slot("", typed.physician, typed.patient, span.starts_at, span.ends_at))
    return await _sheet(asked, outcome)


async def show(asked: Asked) -> DiaryPage:
    query, zone = asked.query(DiaryQuery), asked.office.zone
    today = day_of(asked.now, zone)
    span = None
    if query.day and query.day.year not in YEARS:
        raise Fault(422, "invalid", [FieldFault("day", "out-of-range")])
    if query.day or not query.patient:
        span = (week_span if query.span == "week" else day_span)(query.day or today, zone)
    statuses = frozenset[a.Status]({query.status}) if query.status else ANY_STATUS
    wanted = Query(span, query.physician, query.patient, statuses, query.after, query.limit)
    try:
        page = await asked.office.diary.agenda.page(wanted)
    except BadCursor:
        raise Fault(422, "bad-cursor") from None
    return DiaryPage(
        today=today,
        zone=zone.key,
        starts_at=span.starts_at.astimezone(zone) if span else None,
        ends_at=span.ends_at.astimezone(zone) if span else None,
        appointments=await views_of(asked, page.appointments),
        next=page.next,
    )


async def read(asked: Asked) -> AppointmentSheet:
    return await sheet_of(asked, await load(asked, asked.path("id")))


async def reschedule(asked: Asked) -> AppointmentSheet:
    typed = asked.body(Times)
    span = _span(asked, typed)
    return await _changed(asked, a.Reschedule(span.starts_at, span.ends_at, _overbooks(asked, typed)))


async def cancel(asked: Asked) -> AppointmentSheet:
    typed = asked.body(CancelledBy)
    return await _changed(asked, a.Cancel(typed.party, typed.why.strip()))


async def mark_missed(asked: Asked) -> AppointmentSheet:
    return await _changed(asked, a.MarkNoShow(asked.body(Missed).absence))


async def physicians(asked: Asked) -> Physicians:
    found = [member for member in await asked.office.roster.all() if books_with(member)]
    return Physicians(
        physicians=tuple(
            Physician(id=member.id, name=member.profile.name, specialty=member.profile.specialty) for member in found
        )
    )


async def load(asked: Asked, appointment: str) -> a.Appointment:
    """Raises Fault."""
    try:
        return await asked.office.diary.agenda.load(appointment)
    except UnknownAppointment:
        raise Fault(404, "not-found") from None


async def _changed(asked: Asked, command: a.Change) -> AppointmentSheet:
    before = await load(asked, asked.path("id"))
    outcome = await asked.office.diary.change(before.id, command, asked.as_author, asked.now)
    if isinstance(outcome, Refusal):
        at = command if isinstance(command, a.Reschedule) else before
        slot = replace(before.slot, starts_at=at.starts_at, ends_at=at.ends_at)
        raise await _refused(asked, outcome, slot)
    return await _sheet(asked, outcome)


async def _sheet(asked: Asked, done: Done) -> AppointmentSheet:
    return await sheet_of(asked, await load(asked, done.appointment))


async def _refused(asked: Asked, refusal: Refusal, wanted: a.Slot) -> Fault:
    """With the appointment in the way, and when else both are free."""
    more: dict[str, str] = {}
    if refusal.clash:
        day = day_span(day_of(wanted.starts_at, asked.office.zone), asked.office.zone)
        taken = await asked.office.diary.agenda.taken(wanted.physician, wanted.patient, day)
        free = free_about(wanted, taken, day, asked.now)
        more["appointment"] = refusal.clash
        more["free"] = " ".join(start.astimezone(asked.office.zone).isoformat() for start in free)
    code = "not-found" if refusal.code == "unknown-appointment" else refusal.code
    return Fault(_STATUS.get(refusal.code, 422), code, more=more)


async def _known_people(asked: Asked, typed: NewAppointment) -> None:
    """Raises Fault: one books for a patient of the clinic, with a physician who works here."""
    try:
        await asked.office.patients.load(typed.patient)
        member = await asked.office.roster.load(typed.physician)
    except ErasedPatient:
        raise Fault(410, "patient-erased") from None
    except UnknownPatient:
        raise Fault(422, "unknown-patient", [FieldFault("patient", "unknown")]) from None
    except UnknownMember:
        raise Fault(422, "invalid", [FieldFault("physician", "unknown")]) from None
    if not books_with(member):
        raise Fault(422, "invalid", [FieldFault("physician", "unknown")])


def books_with(member: Member) -> bool:
    """Whether patients can be booked with them."""
    return member.active and "physician" in member.profile.roles


def _span(asked: Asked, typed: Times) -> Span:
    """Raises Fault for a time that the clinic's clock never shows."""
    at = typed.starts_at
    if at.year not in YEARS:
        raise Fault(422, "invalid", [FieldFault("starts_at", "out-of-range")])
    start = at.astimezone(UTC) if at.tzinfo else instant(at.date(), at.time(), asked.office.zone)
    if start is None:
        raise Fault(422, "invalid", [FieldFault("starts_at", "no-such-time")])
    return Span(start, start + timedelta(minutes=typed.minutes))


def _overbooks(asked: Asked, typed: Times) -> bool:
    if typed.overbook and not (asked.member and may(asked.member, "appointments.overbook")):
        raise Fault(403, "may-not-overbook")
    return typed.overbook


def _names(companions: tuple[str, ...]) -> tuple[str, ...]:
    read = [parse_name(name) for name in companions]
    if faults := [
        FieldFault(f"companions.{at}", each.code) for at, each in enumerate(read) if isinstance(each, TypedFault)
    ]:
        raise Fault(422, "invalid", faults)
    return tuple(each for each in read if isinstance(each, str))
