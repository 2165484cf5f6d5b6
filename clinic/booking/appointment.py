"""An appointment and what may be asked of it, as values: the rules are in rules.py, the store is in diary.py.

Named after FHIR R4 Appointment. An appointment and its consultation have the same id: one is the plan of the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Status = Literal["booked", "arrived", "fulfilled", "cancelled", "noshow"]
"""The codes of FHIR R4 Appointment.status that are used here."""

Absence = Literal["patient", "physician", "technical"]
"""Whose no-show it was; only the patient's counts in the clinic's no-show rate."""

Party = Literal["patient", "physician", "clinic"]
Source = Literal["staff", "api", "import"]

OCCUPYING: frozenset[Status] = frozenset({"booked", "arrived"})
"""What keeps others out of its time. A visit that is over, or was missed, leaves the rest of it free."""


@dataclass(frozen=True)
class Reason:
    """Why the patient comes. Clinical: `repr` leaves it out, and it is stored sealed."""

    title: str = field(repr=False)
    code: str = field(default="", repr=False)
    """The clinic's own; empty for none."""


@dataclass(frozen=True)
class Companion:
    """Who comes with the patient: a relative, an interpreter. `seat` is theirs in the consultation."""

    seat: str
    name: str = field(repr=False)


@dataclass(frozen=True)
class Handed:
    """Who had the visit before, and the seat that was theirs: what was said from it keeps its author."""

    seat: str
    physician: str


@dataclass(frozen=True)
class Cancellation:
    party: Party
    """Who could not, or did not want to."""
    why: str = field(default="", repr=False)


@dataclass(frozen=True)
class Appointment:
    """One visit. Times are aware and in UTC; day.py says what day and hour that is in the clinic."""

    id: str
    patient: str
    physician: str
    """Ids of a patient and of a member of staff."""
    starts_at: datetime
    ends_at: datetime
    reason: Reason
    patient_seat: str
    physician_seat: str
    created_by: str
    """The id of a member of staff or of an API key."""
    source: Source = "staff"
    companions: tuple[Companion, ...] = ()
    """Also those who were sent away again: the consultation's seats tell."""
    handed: tuple[Handed, ...] = ()
    """Oldest first."""
    status: Status = "booked"
    overbooked: bool = False
    """It was put where another one was, by somebody who may."""
    absence: Absence | None = None
    """Set exactly when the status is `noshow`."""
    cancellation: Cancellation | None = None
    """Set exactly when the status is `cancelled`."""

    @property
    def slot(self) -> Slot:
        return Slot(self.id, self.physician, self.patient, self.starts_at, self.ends_at)

    @property
    def occupies(self) -> bool:
        return self.status in OCCUPYING


@dataclass(frozen=True)
class Slot:
    """The time that an appointment takes of two people; half open, so that one may end when the next begins."""

    appointment: str
    physician: str
    patient: str
    starts_at: datetime
    ends_at: datetime

    def meets(self, other: Slot) -> bool:
        """Whether the two share time, whoever they are of."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True)
class Book:
    """Put a new appointment into the diary. It is `booked`, without an absence or a cancellation."""

    appointment: Appointment
    may_overbook: bool = False
    """The capability of who asks: clashes and the day's limit do not hold them."""


@dataclass(frozen=True)
class Reschedule:
    """Other times for the same two people; the join links stay as they are."""

    starts_at: datetime
    ends_at: datetime
    may_overbook: bool = False


@dataclass(frozen=True)
class Cancel:
    party: Party
    why: str = field(default="", repr=False)


@dataclass(frozen=True)
class Arrive:
    """The patient is in the waiting room."""


@dataclass(frozen=True)
class MarkNoShow:
    absence: Absence


@dataclass(frozen=True)
class Fulfil:
    """The visit took place."""


@dataclass(frozen=True)
class Invite:
    """One more seat, for a companion or an interpreter. `language`: BCP 47, of the latter."""

    guest: Companion
    language: str = ""


@dataclass(frozen=True)
class SendAway:
    """Take the seat of who was invited back."""

    seat: str


@dataclass(frozen=True)
class HandOver:
    """To another physician, in a seat of their own. It stands in their diary from now on, whatever else is there."""

    physician: str
    seat: str


Change = Reschedule | Cancel | Arrive | MarkNoShow | Fulfil | Invite | SendAway | HandOver
"""What may be asked of an appointment that is in the diary."""

Command = Book | Change
