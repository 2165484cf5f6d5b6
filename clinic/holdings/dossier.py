"""What is told of one patient when their data is handed out: values, put together by whoever may read them all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from clinic.booking.appointment import Appointment
from clinic.consultation import Consultation
from clinic.events import Admitted, Joined
from clinic.intake.consent import Record as ConsentRecord
from clinic.intake.questionnaire import Questionnaire
from clinic.intake.response import Response
from clinic.people.patient import Patient
from clinic.people.staff import Profile
from clinic.record.record import Record
from clinic.records import Stored


@dataclass(frozen=True)
class Visit:
    """One appointment with all that came of it. `None`: it never came to that."""

    appointment: Appointment
    consultation: Consultation | None = None
    events: tuple[Stored, ...] = ()
    record: Record | None = None
    answers: tuple[Response, Questionnaire] | None = None

    @property
    def took_place(self) -> bool:
        """Somebody was let in, or something was written: not a visit that was cancelled, missed or is to come."""
        let_in = any(isinstance(stored.event, Admitted | Joined) for stored in self.events)
        begun = self.consultation is not None and self.consultation.status != "scheduled"
        return begun and (let_in or self.record is not None)


@dataclass(frozen=True)
class Dossier:
    patient: Patient
    visits: tuple[Visit, ...]
    """By their start."""
    consents: tuple[ConsentRecord, ...]
    staff: Mapping[str, Profile]
    """Who treated, by id."""
