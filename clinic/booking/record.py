"""An appointment as it stands in Redis: who, when and how it went in clear, what it is about sealed.

The sealed part is one text under the patient's key, so that erasing the patient leaves the slot and nothing else.
"""

from __future__ import annotations

from typing import Final

from pydantic import AwareDatetime, BaseModel, ConfigDict

from clinic.booking import appointment as a
from clinic.privacy.sealing import Sealer, Shredded


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Private(_Model):
    """What is sealed."""

    title: str = ""
    code: str = ""
    companions: tuple[str, ...] = ()
    """Their names, in the order of the record's `companion_seats`."""
    why: str = ""
    """Of a cancellation."""


class Record(_Model):
    id: str
    patient: str
    physician: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    patient_seat: str
    physician_seat: str
    companion_seats: tuple[str, ...]
    handed: tuple[a.Handed, ...] = ()
    created_by: str
    source: a.Source
    status: a.Status
    overbooked: bool
    absence: a.Absence | None
    cancelled_by: a.Party | None
    sealed: str
    """`Private`, for the field `appointment.<id>`."""

    @property
    def slot(self) -> a.Slot:
        return a.Slot(self.id, self.physician, self.patient, self.starts_at, self.ends_at)

    @property
    def occupies(self) -> bool:
        return self.status in a.OCCUPYING


_NOTHING: Final = Private()


def private_text(appointment: a.Appointment, sealer: Sealer) -> str:
    """What is personal in it, sealed. Raises Shredded."""
    why = appointment.cancellation.why if appointment.cancellation else ""
    names = tuple(companion.name for companion in appointment.companions)
    private = Private(title=appointment.reason.title, code=appointment.reason.code, companions=names, why=why)
    return sealer.seal(_field(appointment.id), private.model_dump_json())


def sealed_nothing(record: Record, sealer: Sealer) -> str:
    """For `sealed`, where what was personal is deleted. Raises Shredded."""
    return sealer.seal(_field(record.id), _NOTHING.model_dump_json())


def record_of(appointment: a.Appointment, sealed: str) -> Record:
    """`sealed`: of `private_text`."""
    return Record(
        id=appointment.id,
        patient=appointment.patient,
        physician=appointment.physician,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        patient_seat=appointment.patient_seat,
        physician_seat=appointment.physician_seat,
        companion_seats=tuple(companion.seat for companion in appointment.companions),
        handed=appointment.handed,
        created_by=appointment.created_by,
        source=appointment.source,
        status=appointment.status,
        overbooked=appointment.overbooked,
        absence=appointment.absence,
        cancelled_by=appointment.cancellation.party if appointment.cancellation else None,
        sealed=sealed,
    )


def opened(record: Record, sealer: Sealer) -> a.Appointment:
    """The appointment; of an erased patient without words. Raises Tampered."""
    private = _private(record, sealer)
    names = private.companions or ("",) * len(record.companion_seats)
    return a.Appointment(
        id=record.id,
        patient=record.patient,
        physician=record.physician,
        starts_at=record.starts_at,
        ends_at=record.ends_at,
        reason=a.Reason(private.title, private.code),
        patient_seat=record.patient_seat,
        physician_seat=record.physician_seat,
        companions=tuple(a.Companion(*pair) for pair in zip(record.companion_seats, names, strict=True)),
        handed=record.handed,
        created_by=record.created_by,
        source=record.source,
        status=record.status,
        overbooked=record.overbooked,
        absence=record.absence,
        cancellation=a.Cancellation(record.cancelled_by, private.why) if record.cancelled_by else None,
    )


def _private(record: Record, sealer: Sealer) -> Private:
    try:
        return Private.model_validate_json(sealer.open(_field(record.id), record.sealed))
    except Shredded:
        return _NOTHING


def _field(appointment_id: str) -> str:
    return f"appointment.{appointment_id}"
