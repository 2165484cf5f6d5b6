"""Appointments as the API takes and shows them. What is clinical in one only those see who treat."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from clinic.booking.appointment import Absence, Party, Source, Status
from clinic.consultation import Role
from signaling.api.patient_view import PatientView


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Times(_Model):
    starts_at: datetime
    """RFC 3339; without an offset it is what the clinic's clock on the wall shows."""
    minutes: int = Field(ge=1, le=1440)
    overbook: bool = False
    """Also where another one is, for those who may."""


class NewAppointment(Times):
    patient: str = Field(max_length=100)
    physician: str = Field(max_length=100)
    """Ids."""
    reason: str = Field(default="", max_length=4000, repr=False)
    """Why the patient comes. Clinical: only who treats reads it."""
    reason_code: str = Field(default="", max_length=400, repr=False)
    companions: tuple[str, ...] = Field(default=(), max_length=50)
    """Names of those who come too: relatives, interpreters."""


class CancelledBy(_Model):
    party: Party
    why: str = Field(default="", max_length=4000, repr=False)


class Missed(_Model):
    absence: Absence
    """Whose no-show it was; only the patient's counts in the clinic's rate."""


class DiaryQuery(_Model):
    """`day`: in the clinic's time zone, today if it is left out."""

    day: date | None = None
    span: Literal["day", "week"] = "day"
    physician: str | None = Field(default=None, max_length=100)
    patient: str | None = Field(default=None, max_length=100)
    """Ids. Of a patient all times are shown, unless there is a day."""
    status: Status | None = None
    after: str | None = Field(default=None, max_length=100)
    """The `next` of the page before."""
    limit: int = Field(default=200, ge=1, le=500)


class StaffName(_Model):
    id: str
    name: str


class CompanionView(_Model):
    seat: str
    name: str


class LinkView(_Model):
    """Of one seat that may get a link here."""

    seat: str
    role: Role
    name: str
    state: Literal["none", "sent", "expired"]
    """`none`: there is none, or all were revoked."""


class AppointmentView(_Model):
    id: str
    patient: PatientView | None
    """None: all that was known of the patient was erased."""
    patient_id: str
    physician: StaffName
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    """With the clinic's offset: the text shows what its clock shows."""
    status: Status
    absence: Absence | None
    cancelled_by: Party | None
    overbooked: bool
    source: Source
    booked_by: StaffName
    companions: tuple[CompanionView, ...]


class AppointmentSheet(AppointmentView):
    links: tuple[LinkView, ...]
    links_until: AwareDatetime
    """So long the links are good."""
    reason: str | None
    reason_code: str | None
    cancelled_why: str | None
    """None: who asks sees no clinical text."""


class DiaryPage(_Model):
    today: date
    zone: str
    starts_at: AwareDatetime | None
    ends_at: AwareDatetime | None
    """What is shown, from midnight to midnight in the clinic; None for all times."""
    appointments: tuple[AppointmentView, ...]
    """By their start."""
    next: str | None


class Physician(StaffName):
    specialty: str


class Physicians(_Model):
    physicians: tuple[Physician, ...]


class NewLink(_Model):
    """A join link, told this once: only its hash is kept."""

    seat: str
    url: str = Field(repr=False)
    message: str = Field(repr=False)
    """To be sent as it is, in the patient's language."""
    phones: tuple[str, ...]
    """Where to, best first; E.164."""
    expires_at: AwareDatetime


class Revoked(_Model):
    links: int
    """How many there were."""
