"""Patients as the API takes and shows them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from clinic.people.names import MAX_TYPED
from clinic.people.patient import Patient
from clinic.people.recognition import Difference, Reason
from clinic.people.registration import Registration, registration_of

if TYPE_CHECKING:
    from clinic.people.phones import Phone


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class NewPatient(Registration):
    """Who is to be taken in."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    not_these: tuple[str, ...] = Field(default=(), max_length=50)
    """Ids of patients who are alike, and were looked at: it is none of them."""


class Correction(Registration):
    """All that is known of a patient, as it is to be."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    version: int = Field(ge=1)
    """Of the patient that the correction was made from."""


class Wanted(_Model):
    text: str = Field(max_length=MAX_TYPED, repr=False)
    """A cédula in any spelling, a passport's number, a phone, a guardian's cédula, or the beginnings of names."""


class PhoneView(_Model):
    e164: str
    text: str
    """As people read it."""
    mobile: bool
    """It may have WhatsApp."""


class PatientView(_Model):
    id: str
    version: int
    name: str
    document: str
    """As people read it: of a minor without one, the guardian's and the child's number."""
    birth_date: date
    minor: bool
    """Today, in the clinic's time zone."""
    phones: tuple[PhoneView, ...]
    """The patient's own first, then the guardian's."""
    guardian: str | None
    """The name of whoever decides for the patient."""


class PatientSheet(PatientView):
    registration: Registration
    """All that is known, as a correction takes it."""


class Found(_Model):
    patients: tuple[PatientView, ...]


class Alike(_Model):
    patient: PatientView
    reason: Reason
    differences: tuple[Difference, ...]
    """What to look at before believing it."""
    sure: bool


class Recognised(_Model):
    alike: tuple[Alike, ...]
    """Who is here already, or may be, the surest first."""


def view(patient: Patient, today: date) -> PatientView:
    """In lists."""
    return PatientView(**_fields(patient, today))


def sheet(patient: Patient, today: date) -> PatientSheet:
    """Alone."""
    return PatientSheet(**_fields(patient, today), registration=registration_of(patient.demographics))


def _fields(patient: Patient, today: date) -> dict[str, object]:
    person = patient.demographics
    return {
        "id": patient.id,
        "version": patient.version,
        "name": person.name,
        "document": str(person.identifiers[0]),
        "birth_date": person.birth_date,
        "minor": person.is_minor_on(today),
        "phones": tuple(map(_phone, person.reachable_at)),
        "guardian": person.guardian.name if person.guardian else None,
    }


def _phone(phone: Phone) -> PhoneView:
    return PhoneView(e164=phone.e164, text=str(phone), mobile=phone.mobile)
