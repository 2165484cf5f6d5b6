"""The record of one consultation: pure state, `apply` for facts, `decide` for commands, `missing` for the closing gate.

It knows no store or clock. Texts are merged in field.py; their shapes and limits are in content.py.

Drafts go on after a signature too: the signed versions stand by themselves, and what a page that was away brings then
is kept beside them, until it is amended into a new version or chosen away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from clinic.record import commands as c
from clinic.record import events as e
from clinic.record.content import (
    EMPTY,
    FIELDS,
    MAX_LINE_CHARS,
    Content,
    FieldName,
    Value,
    ids_are_distinct,
    to_json,
    too_long,
)
from clinic.record.field import MAX_HEADS, Head, Heads, Merged, choose, grew, merge
from clinic.record.held import UNSEEN, Held
from clinic.record.signature import sealed

SAME_TYPING: Final = timedelta(minutes=5)
"""A page's next save within this is the same sitting."""

Status = Literal["draft", "interrupted", "completed", "signed"]
MissingCode = Literal[
    "reason", "impression", "treatment", "next-action", "prescription-details", "next-action-details", "conflict"
]
"""`treatment`: a prescription or instructions. `conflict`: two texts of a field, and nobody has chosen."""

RefusalCode = Literal[
    "not-allowed", "too-long", "bad-ids", "too-many-texts", "incomplete", "not-completed", "completed", "signed",
    "not-signed", "nothing-changed", "reason-required", "attestation-required",
]  # fmt: skip


@dataclass(frozen=True)
class Refusal:
    code: RefusalCode
    limit: int | None = None
    """Of `too-long`: characters of a text, or items of a list."""
    missing: tuple[MissingCode, ...] = ()
    """Of `incomplete`."""


@dataclass(frozen=True)
class Tenure:
    """A physician who treats, or treated."""

    physician: str
    since: datetime


@dataclass(frozen=True)
class Record:
    """All that holds after the events so far."""

    consultation: str
    patient: str
    started_at: datetime
    physicians: tuple[Tenure, ...]
    """Oldest first; the last one treats."""
    texts: dict[FieldName, Heads] = field(default_factory=dict)
    revision: int = 0
    """How many facts there were; a text's own number is from the same count."""
    status: Status = "draft"
    closed_at: datetime | None = None
    interrupted_because: str = ""
    versions: tuple[e.Version, ...] = ()

    @property
    def treating(self) -> str:
        return self.physicians[-1].physician

    @property
    def signed(self) -> e.Version | None:
        """The version that counts."""
        return self.versions[-1] if self.versions else None

    @property
    def conflicts(self) -> tuple[FieldName, ...]:
        """Fields with texts beside each other."""
        return tuple(name for name in FIELDS if len(self.heads(name)) > 1)

    @property
    def content(self) -> Content:
        """The draft; of a field in conflict its newest text."""
        newest: dict[str, Any] = {name: self.heads(name)[-1].value for name in FIELDS if self.heads(name)}
        return replace(EMPTY, **newest)

    @property
    def is_open(self) -> bool:
        """A closed consultation whose record is not signed is somebody's task."""
        return self.status in ("interrupted", "completed")

    def heads(self, name: FieldName) -> Heads:
        return self.texts.get(name, ())

    def wrote(self, physician: str) -> bool:
        """Whether the physician treats or treated."""
        return any(tenure.physician == physician for tenure in self.physicians)


Decision = tuple[e.Event, ...] | Refusal
"""What the command makes happen; nothing at all where things already are as it wants them."""


def missing(state: Record) -> tuple[MissingCode, ...]:
    """What the draft lacks to be closed; empty when it may be. Patient, time and physician no record is without."""
    content = state.content
    lacks: dict[MissingCode, bool] = {
        "reason": not content.reason.strip(),
        "impression": not any(impression.text.strip() for impression in content.impressions),
        "treatment": not (content.prescriptions or content.instructions.strip()),
        "prescription-details": not all(prescription.is_complete for prescription in content.prescriptions),
        "next-action": content.next_action is None,
        "next-action-details": content.next_action is not None and not content.next_action.is_complete,
        "conflict": bool(state.conflicts),
    }
    return tuple(code for code, lacking in lacks.items() if lacking)


def decide(state: Record, command: c.Command, now: datetime) -> Decision:
    """The facts that the command makes, or why it is refused. Who treated before may still bring what was typed then;
    all else is for who treats now."""
    may = state.wrote(command.by) if isinstance(command, c.Save) else command.by == state.treating
    return _RULES[type(command)](state, command, now) if may else Refusal("not-allowed")


def apply(state: Record, event: e.Event) -> Record:
    """The state after a fact. Facts are not judged again: `decide` did that."""
    state = replace(state, revision=state.revision + 1)
    match event:
        case e.Saved():
            kept = tuple(head for head in state.heads(event.field) if head.revision not in event.replaced)
            heads = kept if event.head is None else (*kept, event.head)
            return replace(state, texts={**state.texts, event.field: heads})
        case e.Completed():
            return replace(state, status="completed", closed_at=state.closed_at or event.at)
        case e.Interrupted():
            since = state.closed_at or event.at
            return replace(state, status="interrupted", closed_at=since, interrupted_because=event.reason)
        case e.Signed():
            return replace(state, status="signed", versions=(*state.versions, event.version))
        case e.HandedOver():
            return replace(state, physicians=(*state.physicians, Tenure(event.to, event.at)))


def _save(state: Record, command: c.Save, now: datetime) -> Decision:
    merged = merge(state.heads(command.field), _head(state, command, now), command.base)
    return _unfit(command.value, merged) or _saved(state, command, merged, now)


def _choose(state: Record, command: c.Choose, now: datetime) -> Decision:
    merged = choose(state.heads(command.field), _head(state, command, now), command.seen)
    return _unfit(command.value, merged) or _saved(state, command, merged, now)


def _head(state: Record, command: c.Save | c.Choose, now: datetime) -> Head:
    return Head(state.revision + 1, command.value, command.by, command.client, command.edit, now)


def _unfit(value: Value, merged: Merged | None) -> Refusal | None:
    over = too_long(value)
    if over:
        return Refusal("too-long", limit=over.limit)
    if not ids_are_distinct(value):
        return Refusal("bad-ids")
    return Refusal("too-many-texts", limit=MAX_HEADS) if merged and len(merged.heads) > MAX_HEADS else None


def _saved(state: Record, command: c.Save | c.Choose, merged: Merged | None, now: datetime) -> tuple[e.Saved, ...]:
    if merged is None:
        return ()
    new, newest = to_json(command.field, command.value), merged.heads[-1]
    own = [old for old in merged.replaced if old.client == command.client]
    return (
        e.Saved(
            field=command.field,
            head=newest if newest.revision == state.revision + 1 else None,
            replaced=tuple(old.revision for old in merged.replaced),
            forgotten=tuple(old.revision for old in own if grew(to_json(command.field, old.value), new)),
            continued=len(own) == len(merged.replaced) == 1 and now - own[0].at < SAME_TYPING,
            chosen=isinstance(command, c.Choose),
        ),
    )


def _complete(state: Record, command: c.Complete, now: datetime) -> Decision:
    if state.status in ("completed", "signed"):
        return ()
    lacks = missing(state)
    return Refusal("incomplete", missing=lacks) if lacks else (e.Completed(command.by, now),)


def _interrupt(state: Record, command: c.Interrupt, now: datetime) -> Decision:
    if state.status in ("completed", "signed"):
        return Refusal(state.status)
    if state.status == "interrupted":
        return ()
    return _no_reason(command.reason) or (e.Interrupted(command.by, now, command.reason),)


def _sign(state: Record, command: c.Sign, now: datetime) -> Decision:
    if state.status == "signed":
        return ()
    if state.status != "completed":
        return Refusal("not-completed")
    if command.held in UNSEEN and not command.attested:
        return Refusal("attestation-required")
    return _version(state, command.by, now, "", command.held, command.attested)


def _amend(state: Record, command: c.Amend, now: datetime) -> Decision:
    if state.signed is None:
        return Refusal("not-signed")
    if refused := _no_reason(command.reason):
        return refused
    if state.content == state.signed.content:
        return Refusal("nothing-changed")
    return _version(state, command.by, now, command.reason, state.signed.held, state.signed.attested)


def _no_reason(reason: str) -> Refusal | None:
    if not reason.strip():
        return Refusal("reason-required")
    return Refusal("too-long", limit=MAX_LINE_CHARS) if len(reason) > MAX_LINE_CHARS else None


def _version(state: Record, by: str, now: datetime, reason: str, held: Held | None, attested: bool) -> Decision:
    """The gate holds for what is signed, whenever it was closed."""
    lacks = missing(state)
    if lacks:
        return Refusal("incomplete", missing=lacks)
    written = [(name, head) for name in FIELDS for head in state.heads(name) if head.value]
    authors = tuple(e.Authorship(name, head.authors) for name, head in written)
    before = state.signed.sha256 if state.signed else ""
    number = len(state.versions) + 1
    version = e.Version(number, state.content, by, now, reason, authors, before, "", held, attested)
    return (e.Signed(sealed(version, state.consultation, state.patient)),)


def _hand_over(state: Record, command: c.HandOver, now: datetime) -> Decision:
    return () if command.to == state.treating else (e.HandedOver(command.by, command.to, now),)


_RULES: Final[dict[type[c.Command], Callable[[Record, Any, datetime], Decision]]] = {
    c.Save: _save,
    c.Choose: _choose,
    c.Complete: _complete,
    c.Interrupt: _interrupt,
    c.Sign: _sign,
    c.Amend: _amend,
    c.HandOver: _hand_over,
}
