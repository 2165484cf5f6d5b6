"""What is known before the first word, for who treats: the patient, the consent, the answers to the questions."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from clinic.booking import appointment as a
from clinic.booking.agenda import UnknownAppointment
from clinic.intake.answers import counting, urgent
from clinic.intake.consent import ByGuardian, in_force
from clinic.intake.questionnaire import Answer, Item
from clinic.intake.triage import UnknownTriage
from clinic.people.patient import Patient, Sex
from clinic.people.patients import ErasedPatient, UnknownPatient
from clinic.privacy.sealing import Shredded
from signaling.api.fault import Fault
from signaling.api.route import Asked, Route
from signaling.texts import Lang

if TYPE_CHECKING:
    from signaling.api.gate import ApiGate

_YES_NO = {"es": ("Sí", "No"), "en": ("Yes", "No")}


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class ConsentView(_Model):
    given: bool
    at: datetime | None = None
    by: str = Field(default="", repr=False)
    """Who gave it."""


class AnswerView(_Model):
    question: str = Field(repr=False)
    answer: str = Field(repr=False)
    urgent: bool
    """It puts the patient first."""


class IntakeView(_Model):
    age: int | None
    sex: Sex
    guardian: str = Field(default="", repr=False)
    """As the patient's record names them; empty for none."""
    phones: tuple[str, ...] = Field(default=(), repr=False)
    consent: ConsentView | None
    triage: tuple[AnswerView, ...]
    """What counts of the answers so far, in the order of the questions."""
    triage_complete: bool


def routes(gate: ApiGate) -> tuple[Route, ...]:
    """All of this file."""
    return (
        Route("GET", "/api/v1/consultations/{id}/intake", "intake.read", "triage.read", read,
              "The patient, the consent and the answers before a visit.", answer=IntakeView,
              faults=("not-found", "patient-erased")),
    )  # fmt: skip


async def read(asked: Asked) -> IntakeView:
    """The audit tells who read it."""
    try:
        appointment = await asked.office.diary.agenda.load(asked.path("id"))
        patient = await asked.office.patients.load(appointment.patient)
        consent = await _consent(asked, appointment, patient)
        answers, complete = await _answers(asked, appointment)
    except (UnknownAppointment, UnknownPatient):
        raise Fault(404, "not-found") from None
    except (ErasedPatient, Shredded):
        raise Fault(410, "patient-erased") from None
    person = patient.demographics
    return IntakeView(
        age=person.age_on(asked.now.astimezone(asked.office.zone).date()),
        sex=person.sex,
        guardian=person.guardian.name if person.guardian else "",
        phones=tuple(phone.e164 for phone in person.reachable_at),
        consent=consent,
        triage=answers,
        triage_complete=complete,
    )


async def _consent(asked: Asked, appointment: a.Appointment, patient: Patient) -> ConsentView:
    records = await asked.office.consents.read(patient.id, asked.as_request)
    given = in_force(records, appointment.patient_seat)
    if given is None:
        return ConsentView(given=False)
    giver = given.grant.giver
    name = giver.name if isinstance(giver, ByGuardian) else patient.demographics.name
    return ConsentView(given=True, at=given.at.astimezone(asked.office.zone), by=name)


async def _answers(asked: Asked, appointment: a.Appointment) -> tuple[tuple[AnswerView, ...], bool]:
    triage = asked.office.triage
    try:
        response = await triage.read(appointment.id, asked.as_request)
    except UnknownTriage:
        return (), False
    questions = (await triage.questionnaire(response)).questions
    given = counting(questions, response.answers)
    pressing = urgent(questions, response.answers)
    found = tuple(
        AnswerView(
            question=item.text.in_language(asked.lang),
            answer=", ".join(_answer(item, answer, asked.lang) for answer in given[item.link_id]),
            urgent=item.link_id in pressing,
        )
        for item in questions.walk()
        if given.get(item.link_id)
    )
    return found, response.status == "completed"


def _answer(item: Item, answer: Answer, lang: Lang) -> str:
    match answer.value:
        case bool() as yes:
            return _YES_NO[lang][not yes]
        case str() as code if answer.value_coding is not None:
            return next((option.text.in_language(lang) for option in item.answer_option if option.code == code), code)
    return str(answer.value)
