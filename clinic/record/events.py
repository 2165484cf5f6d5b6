"""The facts of a record, and the signed versions that come of them. Stored sealed, so nothing here is redacted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from clinic.record.content import Content, FieldName
from clinic.record.field import Head
from clinic.record.held import Held


@dataclass(frozen=True)
class Authorship:
    """Who wrote a field."""

    field: FieldName
    physicians: tuple[str, ...]
    """Their ids, sorted."""


@dataclass(frozen=True)
class Version:
    """What was signed: never changed, and readable for ever."""

    number: int
    """From 1."""
    content: Content
    signed_by: str
    signed_at: datetime
    reason: str
    """Why it was amended; empty in the first."""
    authors: tuple[Authorship, ...]
    """Of each field that has a text."""
    previous_sha256: str
    """Of the version before; empty in the first."""
    sha256: str
    """Of all the others and of whose record it is: clinic/record/signature.py."""
    held: Held | None = None
    """How the visit was held; None: there was no call."""
    attested: bool = False
    """Who signed says that not having seen the patient did not keep this from being decided."""


@dataclass(frozen=True)
class Saved:
    """A text of a field, written by a page."""

    field: FieldName
    head: Head | None
    """None: a page came to the text that stands beside its own, and its own went."""
    replaced: tuple[int, ...]
    """The revisions that it followed."""
    forgotten: tuple[int, ...] = ()
    """Those of them that the history need not keep: the new text has all of them in it."""
    continued: bool = False
    """The same page went on typing; a new line in the audit says nothing new."""
    chosen: bool = False
    """A physician settled a conflict with it."""
    type: Literal["saved"] = "saved"


@dataclass(frozen=True)
class Completed:
    by: str
    at: datetime
    type: Literal["completed"] = "completed"


@dataclass(frozen=True)
class Interrupted:
    by: str
    at: datetime
    reason: str = ""
    type: Literal["interrupted"] = "interrupted"


@dataclass(frozen=True)
class Signed:
    version: Version
    type: Literal["signed"] = "signed"


@dataclass(frozen=True)
class HandedOver:
    by: str
    to: str
    at: datetime
    type: Literal["handed-over"] = "handed-over"


Event = Saved | Completed | Interrupted | Signed | HandedOver
