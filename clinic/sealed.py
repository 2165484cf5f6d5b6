"""A consultation as it lies in Redis: what names a person or was written by one is sealed, all else is in clear. Pure.

Ids, times, levels and presence are in clear, so that they can be looked after when the patient was erased and nobody
can open the rest. A text is sealed for its place: nowhere else can it be opened.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any, Final

from pydantic import TypeAdapter

from clinic.consultation import Consultation
from clinic.events import Event, Words
from clinic.events import event as event_adapter
from clinic.privacy.sealing import Sealer, Shredded, Tampered
from clinic.records import Snapshot

ERASED: Final = "[…]"
"""In place of a message whose patient was erased."""


@dataclass(frozen=True)
class _Private:
    """What is sealed of a state, as one text."""

    reason: str = ""
    note: str = ""
    names: tuple[str, ...] = ()
    """Of the seats, in their order."""


@dataclass(frozen=True)
class _Stored:
    """The JSON of a state. `sealed`: empty where there are no words."""

    state: Consultation
    sealed: str


_NOTHING: Final = _Private()
_private: Final = TypeAdapter(_Private)
_stored: Final = TypeAdapter(_Stored)


@dataclass(frozen=True)
class Reading:
    """A consultation as it was read, with what it takes to write it again. For one step: a sealer is never kept."""

    snapshot: Snapshot
    sealer: Sealer
    sealed: str = field(repr=False)
    """The words of the snapshot as they were."""

    def state(self, after: Consultation) -> str:
        """The state to write. Raises Shredded where words changed."""
        unchanged = _words(after) == _words(self.snapshot.consultation)
        return _state(after, self.sealed) if unchanged else sealed_state(after, self.sealer)

    def event(self, event: Event) -> str:
        """The fact to write. Raises Shredded where it has words."""
        return sealed_event(self.snapshot.consultation.id, event, self.sealer)


def sealed_state(state: Consultation, sealer: Sealer) -> str:
    """JSON. Raises Shredded where there are words."""
    words = _words(state)
    if words == _Private(names=("",) * len(state.seats)):
        return _state(state, "")
    return _state(state, sealer.seal(_place(state.id), _private.dump_json(words).decode()))


def without_words(state: Consultation) -> str:
    """JSON of all but its words, where they are deleted."""
    return _state(state, "")


def opened_state(text: bytes, sealer: Sealer) -> tuple[Consultation, str]:
    """The state, of an erased patient without words, and its words as they are sealed. Raises Tampered."""
    stored = _stored.validate_json(text)
    words = _opened_words(stored, sealer)
    names = words.names or ("",) * len(stored.state.seats)
    seats = tuple(replace(seat, name=name) for seat, name in zip(stored.state.seats, names, strict=True))
    return replace(stored.state, reason=words.reason, note=words.note, seats=seats), stored.sealed


def sealed_event(consultation: str, event: Event, sealer: Sealer) -> str:
    """JSON. Raises Shredded where it has words."""
    if not isinstance(event, Words):
        return event.model_dump_json()
    clear: dict[str, Any] = event.model_dump(mode="json", exclude={"text"})
    clear["sealed"] = sealer.seal(_place(consultation, event.seat, event.command_id), event.text)
    return json.dumps(clear, separators=(",", ":"))


def opened_event(consultation: str, text: bytes, sealer: Sealer) -> Event:
    """The fact; of an erased patient without words. Raises Tampered."""
    fields = json.loads(text)
    if "text" in fields:
        raise Tampered("words in clear")
    if "sealed" in fields:
        place = _place(consultation, fields["seat"], fields["command_id"])
        fields["text"] = _opened(sealer, place, fields.pop("sealed"))
    return event_adapter.validate_python(fields)


def _opened(sealer: Sealer, place: str, sealed: str) -> str:
    try:
        return sealer.open(place, sealed)
    except Shredded:
        return ERASED


def _opened_words(stored: _Stored, sealer: Sealer) -> _Private:
    if not stored.sealed:
        return _NOTHING
    try:
        return _private.validate_json(sealer.open(_place(stored.state.id), stored.sealed))
    except Shredded:
        return _NOTHING


def _words(state: Consultation) -> _Private:
    return _Private(state.reason, state.note, tuple(seat.name for seat in state.seats))


def _state(state: Consultation, sealed: str) -> str:
    bare = replace(state, reason="", note="", seats=tuple(replace(seat, name="") for seat in state.seats))
    return _stored.dump_json(_Stored(bare, sealed)).decode()


def _place(*parts: str) -> str:
    return ".".join(("consultation", *parts))
