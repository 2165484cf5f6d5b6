"""The record of a consultation: opened, written, settled, closed, signed, amended, handed over, and read.

Whoever reads is audited by the store, before anything is given out; so is what each command did or why it was refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from clinic.booking.agenda import UnknownAppointment
from clinic.people.patients import ErasedPatient, UnknownPatient
from clinic.people.roster import UnknownMember
from clinic.privacy.sealing import Shredded
from clinic.record import commands as c
from clinic.record.content import MAX_ITEMS, MAX_LINE_CHARS, FieldName, Value, parse
from clinic.record.held import Visit, visit
from clinic.record.record import Record, Refusal
from clinic.record.records import Applied, Summary, UnknownRecord
from clinic.records import Snapshot, Stored
from clinic.store import UnknownConsultation
from signaling.api import record_models as m
from signaling.api.fault import Fault, FieldFault
from signaling.api.record_view import change_view, record_view, visit_view
from signaling.api.route import Answer, Asked, Handler, Route
from signaling.office import Office

if TYPE_CHECKING:
    from signaling.api.gate import ApiGate

MAX_FIELD_BYTES: Final = 4 * 1024 * 1024
"""More than any field may hold, so that whoever pastes a book is told how long a text may be."""

PAGE: Final = 500
"""Events of a timeline that are read at once."""

_AT: Final = "/api/v1/consultations/{id}/record"
_STATUS: Final = {
    "not-allowed": 403, "too-many-texts": 409, "not-completed": 409, "completed": 409, "signed": 409,
    "not-signed": 409, "nothing-changed": 409,
}  # fmt: skip
"""Of refusals; of all others 422."""

_FAULTS: Final = ("not-found", "record-unknown", "record-erased", "record-not-yours")


def routes(gate: ApiGate) -> tuple[Route, ...]:
    """All of this file."""
    return tuple(_told(route) for route in _routes())


def _routes() -> tuple[Route, ...]:
    view = m.RecordView
    return (
        Route("POST", _AT, "record.open", "record.write", _open, "Open the record of a consultation, once.",
              answer=view, faults=_FAULTS),
        Route("GET", _AT, "record.read", "record.read", _read, "Read a record.", answer=view, faults=_FAULTS),
        Route("GET", f"{_AT}/status", "record.status", "record.read", _status,
              "Is there anything new? Without texts.", answer=m.StatusView, faults=_FAULTS),
        Route("POST", f"{_AT}/fields", "record.save", "record.write", _save, "Save the draft of one field.",
              body=m.FieldDraft, answer=view, needs_key=True, max_body_bytes=MAX_FIELD_BYTES,
              faults=(*_FAULTS, "record-text-too-long", "record-line-too-long", "record-too-many-items",
                      "record-too-many-texts", "record-malformed")),
        Route("POST", f"{_AT}/choice", "record.choose", "record.write", _choose, "Settle a conflict of two texts.",
              body=m.FieldChoice, answer=view, needs_key=True, max_body_bytes=MAX_FIELD_BYTES,
              faults=(*_FAULTS, "record-text-too-long", "record-line-too-long", "record-too-many-items",
                      "record-malformed")),
        Route("POST", f"{_AT}/complete", "record.complete", "record.write", _complete,
              "Close a record that has all it must have.", answer=view, needs_key=True,
              faults=(*_FAULTS, "record-incomplete")),
        Route("POST", f"{_AT}/interrupt", "record.interrupt", "record.write", _interrupt,
              "Close a consultation without a full record: an open task.", body=m.Because, answer=view,
              needs_key=True, faults=(*_FAULTS, "record-completed", "record-signed", "record-reason-required")),
        Route("POST", f"{_AT}/sign", "record.sign", "record.sign", _sign, "Sign the record.", body=m.Signature,
              answer=view, needs_key=True,
              faults=(*_FAULTS, "record-not-completed", "record-incomplete", "record-attestation-required")),
        Route("POST", f"{_AT}/amend", "record.amend", "record.sign", _amend, "Sign what changed, as a new version.",
              body=m.Because, answer=view, needs_key=True,
              faults=(*_FAULTS, "record-not-signed", "record-nothing-changed", "record-reason-required")),
        Route("POST", f"{_AT}/hand-over", "record.hand-over", "record.write", _hand_over,
              "Another physician treats from now on.", body=m.Taker, answer=view, needs_key=True,
              faults=(*_FAULTS, "record-not-a-physician")),
        Route("GET", f"{_AT}/history", "record.history", "record.read", _history, "How the record came to be.",
              answer=m.HistoryView, faults=_FAULTS),
        Route("GET", "/api/v1/consultations/{id}/visit", "record.visit", "record.read", _visit,
              "How the visit was held, and the steps of its links.", answer=m.VisitView, faults=("not-found",)),
        Route("GET", "/api/v1/patients/{id}/records", "record.earlier", "record.read", _earlier,
              "The patient's consultations that have a record.", answer=m.Summaries),
        Route("GET", "/api/v1/record-tasks", "record.tasks", "record.sign", _tasks,
              "Records that whoever asks has still to complete or to sign.", answer=m.Summaries),
    )  # fmt: skip


def _told(route: Route) -> Route:
    """The route with what its stores raise told in words."""
    return replace(route, handler=telling(route.handler))


def telling(handler: Handler) -> Handler:
    """The handler with what stores raise told in words."""

    async def told(asked: Asked) -> Answer:
        try:
            return await handler(asked)
        except (UnknownAppointment, UnknownConsultation):
            raise Fault(404, "not-found") from None
        except UnknownRecord:
            raise Fault(404, "record-unknown") from None
        except (Shredded, ErasedPatient):
            raise Fault(410, "record-erased") from None

    return told


async def _open(asked: Asked) -> m.RecordView:
    """By the physician of the diary; of others it is read."""
    consultation = asked.path("id")
    appointment = await asked.office.diary.agenda.load(consultation)
    if await asked.office.records.status(consultation) is None:
        if appointment.physician != asked.staff.id:
            raise Fault(403, "record-not-yours")
        await asked.office.records.open(consultation, appointment.patient, appointment.physician, asked.now)
    record = await asked.office.records.read(consultation, asked.actor, asked.role, asked.now)
    if await _was_handed(asked, record, appointment.physician):
        handed = c.HandOver(f"diary-{record.revision}", record.treating, asked.actor)
        return await _done(asked, handed)
    return await _shown(asked, record)


async def _was_handed(asked: Asked, record: Record, physician: str) -> bool:
    """Whether the diary gave the visit to whoever asks since the record was opened.

    After a visit's end the diary stays as it is, and only the record is handed on.
    """
    if physician != asked.actor or record.treating == asked.actor:
        return False
    state = (await asked.office.store.load(record.consultation)).consultation
    return state.status != "ended" or not record.wrote(asked.actor)


async def _read(asked: Asked) -> m.RecordView:
    record = await asked.office.records.read(asked.path("id"), asked.actor, asked.role, asked.now)
    return await _shown(asked, record)


async def _status(asked: Asked) -> m.StatusView:
    found = await asked.office.records.status(asked.path("id"))
    if found is None:
        raise UnknownRecord
    return m.StatusView(revision=found[0], status=found[1])


async def _save(asked: Asked) -> m.RecordView:
    body = asked.body(m.FieldDraft)
    value = _value(body.field, body.value)
    return await _done(asked, c.Save(asked.id, asked.actor, body.field, value, body.base, body.client, body.edit))


async def _choose(asked: Asked) -> m.RecordView:
    body = asked.body(m.FieldChoice)
    value, seen = _value(body.field, body.value), frozenset(body.seen)
    return await _done(asked, c.Choose(asked.id, asked.actor, body.field, value, seen, body.client, body.edit))


async def _complete(asked: Asked) -> m.RecordView:
    return await _done(asked, c.Complete(asked.id, asked.actor))


async def _interrupt(asked: Asked) -> m.RecordView:
    return await _done(asked, c.Interrupt(asked.id, asked.actor, asked.body(m.Because).reason))


async def _sign(asked: Asked) -> m.RecordView:
    """The timeline says how the visit was held, not the page."""
    _, _, found = await visit_of(asked.office, asked.path("id"))
    return await _done(asked, c.Sign(asked.id, asked.actor, found.held, asked.body(m.Signature).attested))


async def _amend(asked: Asked) -> m.RecordView:
    return await _done(asked, c.Amend(asked.id, asked.actor, asked.body(m.Because).reason))


async def _hand_over(asked: Asked) -> m.RecordView:
    taker = asked.body(m.Taker).to
    try:
        member = await asked.office.roster.load(taker)
    except UnknownMember:
        raise Fault(422, "record-not-a-physician") from None
    if not (member.active and "physician" in member.profile.roles):
        raise Fault(422, "record-not-a-physician")
    return await _done(asked, c.HandOver(asked.id, asked.actor, taker))


async def _history(asked: Asked) -> m.HistoryView:
    lines = await asked.office.records.history(asked.path("id"), asked.actor, asked.role, asked.now)
    changes = tuple(map(change_view, lines))
    return m.HistoryView(changes=changes, names=await names_of(asked.office, _people(changes)))


async def _visit(asked: Asked) -> m.VisitView:
    snapshot, events, found = await visit_of(asked.office, asked.path("id"))
    return visit_view(snapshot.consultation, found, events)


async def _earlier(asked: Asked) -> m.Summaries:
    found = await asked.office.records.earlier(asked.path("id"), asked.actor, asked.role, asked.now)
    return m.Summaries(consultations=await _summaries(asked.office, found))


async def _tasks(asked: Asked) -> m.Summaries:
    found = await asked.office.records.tasks(asked.actor)
    named = [await _patient_name(asked.office, each.patient) for each in found]
    shown = zip(await _summaries(asked.office, found), named, strict=True)
    return m.Summaries(consultations=tuple(each.model_copy(update={"patient_name": name}) for each, name in shown))


async def visit_of(office: Office, consultation: str) -> tuple[Snapshot, list[Stored], Visit]:
    """The consultation, its whole timeline, and how the visit was held. Raises UnknownConsultation."""
    snapshot, events = await office.store.load(consultation), list[Stored]()
    more = True
    while more:
        page = await office.store.events_after(consultation, events[-1].id if events else None, PAGE)
        events += page.events
        more = page.more
    return snapshot, events, visit(snapshot.consultation, events)


async def names_of(office: Office, staff: Iterable[str]) -> dict[str, str]:
    """Of members of staff, by id; who is not known has none."""

    async def name(member: str) -> str:
        try:
            return (await office.roster.load(member)).profile.name
        except UnknownMember:
            return ""

    ids = sorted(set(staff) - {""})
    return dict(zip(ids, await asyncio.gather(*map(name, ids)), strict=True))


async def _shown(asked: Asked, record: Record, own: int = 0) -> m.RecordView:
    people = {each.physician for each in record.physicians}
    people |= {each.signed_by for each in record.versions}
    return record_view(record, await names_of(asked.office, people), own)


async def _done(asked: Asked, command: c.Command) -> m.RecordView:
    """The record after the command. Raises Fault."""
    result = await asked.office.records.execute(asked.path("id"), command, asked.now)
    if isinstance(result, Applied):
        return await _shown(asked, result.record, result.revision)
    raise _refused(result)


def _refused(refusal: Refusal) -> Fault:
    lacks = [FieldFault(code, f"record-lacks-{code}") for code in refusal.missing]
    more = {} if refusal.limit is None else {"limit": str(refusal.limit)}
    return Fault(_STATUS.get(refusal.code, 422), _code(refusal), lacks, more)


def _code(refusal: Refusal) -> str:
    match refusal.code:
        case "not-allowed":
            return "record-not-yours"
        case "bad-ids":
            return "record-malformed"
        case "too-long":
            return {MAX_ITEMS: "record-too-many-items", MAX_LINE_CHARS: "record-line-too-long"}.get(
                refusal.limit or 0, "record-text-too-long"
            )
        case code:
            return f"record-{code}"


def _value(field: FieldName, value: object) -> Value:
    try:
        return parse(field, value)
    except ValidationError:
        raise Fault(422, "record-malformed") from None


def _people(changes: Iterable[m.ChangeView]) -> set[str]:
    return {who for change in changes for who in (change.by, change.to)}


async def _summaries(office: Office, found: Iterable[Summary]) -> tuple[m.SummaryView, ...]:
    summaries = tuple(found)
    names = await names_of(office, (each.physician for each in summaries))
    return tuple(
        m.SummaryView(
            consultation=each.consultation, patient=each.patient, physician=each.physician,
            physician_name=names[each.physician], status=each.status, at=each.at,
        )
        for each in summaries
    )  # fmt: skip


async def _patient_name(office: Office, patient: str) -> str:
    try:
        return (await office.patients.load(patient)).demographics.name
    except (UnknownPatient, ErasedPatient):
        return ""
