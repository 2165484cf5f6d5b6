"""What the store takes and gives: values, with no Redis in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from clinic.consultation import Consultation, RefusalCode, Role, Seat
from clinic.events import Event
from clinic.privacy.audit_entry import Head


@dataclass(frozen=True)
class Actor:
    """Who acts from outside the call, for the audit: the id of a member of staff or of an API key, and the role."""

    id: str
    role: str


CLINIC: Final = Actor("clinic", "system")
"""Our own processes."""


@dataclass(frozen=True)
class NewSeat:
    """A seat of a consultation to be created; its id is made by the store."""

    role: Role
    name: str


@dataclass(frozen=True)
class Created:
    consultation: str
    seats: tuple[Seat, ...]
    """In the order in which they were asked for."""


@dataclass(frozen=True)
class SeatLink:
    """What a join token opens."""

    consultation: str
    seat: str
    expires_at: datetime
    check: Literal["", "birth-year", "last-digits"] = ""
    """What must be answered first, on this device."""


@dataclass(frozen=True)
class Snapshot:
    """A consultation after all its events up to and including `upto`."""

    consultation: Consultation
    version: int
    upto: str | None
    head: Head
    """The last entry of its audit."""
    subject: str
    """Whose data key seals what was said in it: the patient's id; its own where it was made without the diary."""


@dataclass(frozen=True)
class Stored:
    """An event on the timeline. `at_ms`: Unix time at which it became durable."""

    id: str
    at_ms: int
    event: Event


@dataclass(frozen=True)
class Page:
    """A stretch of the timeline, oldest first. `more`: there are others after it."""

    events: tuple[Stored, ...]
    more: bool


@dataclass(frozen=True)
class Applied:
    """The command is durable. No events: it changed nothing, or was applied before (`repeated`)."""

    event_ids: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    repeated: bool = False


@dataclass(frozen=True)
class Refused:
    code: RefusalCode
