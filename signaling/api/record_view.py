"""Records, histories and visits as pages see them: from values of the clinic to models. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from clinic import events as e
from clinic.consultation import Consultation
from clinic.record import events as r
from clinic.record.content import FIELDS, Content, FieldName, to_plain
from clinic.record.field import Head
from clinic.record.held import Visit
from clinic.record.record import Record, missing
from clinic.record.records import Revision
from clinic.records import Stored
from signaling.api import record_models as m


def record_view(record: Record, names: Mapping[str, str], own: int = 0) -> m.RecordView:
    """`names`: of the physicians by id. `own`: the revision of the command that this answers."""
    return m.RecordView(
        consultation=record.consultation, patient=record.patient, revision=record.revision, status=record.status,
        started_at=record.started_at, closed_at=record.closed_at, interrupted_because=record.interrupted_because,
        physicians=tuple(
            m.PhysicianView(id=each.physician, name=names.get(each.physician, ""), since=each.since)
            for each in record.physicians
        ),
        fields={name: tuple(_text(name, head) for head in record.heads(name)) for name in FIELDS},
        missing=missing(record), versions=tuple(map(_version, record.versions)),
        amended=record.signed is not None and record.content != record.signed.content, own=own,
    )  # fmt: skip


def change_view(line: Revision) -> m.ChangeView:
    """A line of the history."""
    match line.event:
        case r.Saved(head=None):
            return m.ChangeView(number=line.number, type="saved", by="", at=None, field=line.event.field)
        case r.Saved(head=Head() as head):
            value = to_plain(line.event.field, head.value)
            return m.ChangeView(
                number=line.number, type="saved", by=head.author, at=head.at, field=line.event.field, value=value,
                chosen=line.event.chosen,
            )  # fmt: skip
        case r.Signed(version=version):
            return m.ChangeView(
                number=line.number, type="signed", by=version.signed_by, at=version.signed_at, reason=version.reason,
                version=version.number,
            )  # fmt: skip
        case r.HandedOver(by=by, to=to, at=at):
            return m.ChangeView(number=line.number, type="handed-over", by=by, at=at, to=to)
        case r.Interrupted(by=by, at=at, reason=reason):
            return m.ChangeView(number=line.number, type="interrupted", by=by, at=at, reason=reason)
        case r.Completed(by=by, at=at):
            return m.ChangeView(number=line.number, type="completed", by=by, at=at)
    raise TypeError(line.event)


def visit_view(planned: Consultation, found: Visit, events: Iterable[Stored]) -> m.VisitView:
    """How it was held, and the steps of every link."""
    seats = tuple(m.SeatView(id=seat.id, role=seat.role) for seat in planned.seats)
    steps = tuple(step for stored in events if (step := _step(stored)) is not None)
    return m.VisitView(
        held=found.held, video_ms=found.video_ms, voice_ms=found.voice_ms, text_ms=found.text_ms, seats=seats,
        steps=steps,
    )  # fmt: skip


_PRESENCE: Final = (e.Joined, e.Left, e.PathLost, e.PathBack)


def _step(stored: Stored) -> m.StepView | None:
    event = stored.event
    if isinstance(event, e.LevelChanged):
        return m.StepView(
            at_ms=stored.at_ms, seat=event.seat, type="level_changed", direction=event.direction, level=event.level,
            reason=event.reason,
        )  # fmt: skip
    if isinstance(event, _PRESENCE):
        return m.StepView(at_ms=stored.at_ms, seat=event.seat, type=event.type)
    return m.StepView(at_ms=stored.at_ms, seat="", type="ended") if isinstance(event, e.Ended) else None


def _text(name: FieldName, head: Head) -> m.TextView:
    value = to_plain(name, head.value)
    return m.TextView(revision=head.revision, value=value, author=head.author, client=head.client, at=head.at)


def _version(version: r.Version) -> m.VersionView:
    return m.VersionView(
        number=version.number, content=_content(version.content), signed_by=version.signed_by,
        signed_at=version.signed_at, reason=version.reason, sha256=version.sha256, held=version.held,
        attested=version.attested,
    )  # fmt: skip


def _content(content: Content) -> dict[FieldName, object]:
    return {name: to_plain(name, getattr(content, name)) for name in FIELDS}
