"""What may be asked of a record. Ids are made by the sender; under one id a command is applied at most once."""

from __future__ import annotations

from dataclasses import dataclass

from clinic.record.content import FieldName, Value
from clinic.record.held import Held


@dataclass(frozen=True)
class _Command:
    id: str
    by: str
    """The physician's id."""


@dataclass(frozen=True)
class Save(_Command):
    """The draft of one field, as it stands on a page."""

    field: FieldName
    value: Value
    """Of the field's shape; see content.parse."""
    base: int
    """The revision of the text that this one was made from; 0: there was none."""
    client: str
    """The page: made anew by each tab, and kept by it over reloads."""
    edit: int
    """That page's own count of its changes of this field; each new text has a higher one."""


@dataclass(frozen=True)
class Choose(_Command):
    """Settle a conflict: with one of the texts, or with one made out of them."""

    field: FieldName
    value: Value
    seen: frozenset[int]
    """The revisions of all texts that the physician saw when choosing."""
    client: str
    edit: int


@dataclass(frozen=True)
class Complete(_Command):
    """Close the record: all that it must have is there."""


@dataclass(frozen=True)
class Interrupt(_Command):
    """Close the consultation without a full record: it stays an open task of the treating physician."""

    reason: str


@dataclass(frozen=True)
class Sign(_Command):
    """The first signature."""

    held: Held | None = None
    """What the timeline tells of the visit."""
    attested: bool = False
    """The physician says that it could be decided so, without having seen the patient."""


@dataclass(frozen=True)
class Amend(_Command):
    """Sign what was changed since, as a new version."""

    reason: str


@dataclass(frozen=True)
class HandOver(_Command):
    """Another physician treats from now on."""

    to: str


Command = Save | Choose | Complete | Interrupt | Sign | Amend | HandOver
