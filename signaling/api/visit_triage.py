"""The clinic's questions before a visit, for the patient's page: shown, saved while typing, completed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, Field

from clinic.intake.answers import Answers, enabled, missing, urgent
from clinic.intake.questionnaire import Answer, ItemType, Questions
from clinic.intake.questionnaires import BEFORE_VISIT
from clinic.intake.response import Refusal, Response, ResponseItem, Status, flat
from clinic.intake.triage import UnknownTriage
from signaling.api.fault import Fault, FieldFault
from signaling.api.route import Asked, Route
from signaling.consent import Visit, visit_of

if TYPE_CHECKING:
    from signaling.api.gate import ApiGate

_FAULTS = ("no-questions", "not-the-patient", "triage-closed")


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Choice(_Model):
    code: str
    text: str


class Question(_Model):
    """A question, or the heading of a group."""

    id: str
    """The linkId."""
    type: ItemType
    text: str
    required: bool
    repeats: bool
    max_length: int | None
    options: tuple[Choice, ...]


class TriageState(_Model):
    status: Status
    asked: tuple[str, ...]
    """The linkIds of what is asked, given the answers so far (FHIR enableWhen)."""
    missing: tuple[str, ...]
    """Of these, the required ones without an answer."""
    urgent: bool
    """An answer says that this cannot wait for a visit by video."""


class Triage(TriageState):
    title: str
    questions: tuple[Question, ...]
    """In the order of the page."""
    answers: dict[str, tuple[bool | int | str, ...]] = Field(repr=False)
    """By linkId; dates as YYYY-MM-DD, choices as codes."""


NOTHING: Final = Triage(
    status="completed", asked=(), missing=(), urgent=False, title="", questions=(), answers={}
)  # fmt: skip
"""Of a clinic that asks nothing."""


class TriageAnswers(_Model):
    """QuestionnaireResponse.item of FHIR R4, `valueCoding` as its code alone."""

    item: tuple[ResponseItem, ...] = Field(max_length=100, repr=False)
    """What changed; an empty `answer` takes one back."""
    complete: bool = False
    """They are done, if nothing is missing."""


def routes(gate: ApiGate) -> tuple[Route, ...]:
    """All of this file."""
    path = "/api/v1/visit/triage"
    return (
        Route("GET", path, "visit.triage", "seat", show, "The clinic's questions before this visit, and the answers.",
              answer=Triage, faults=("not-the-patient",)),
        Route("PUT", path, "visit.triage.save", "seat", save, "Save some answers; all others stay.",
              body=TriageAnswers, answer=TriageState, max_body_bytes=64 * 1024, faults=_FAULTS),
    )  # fmt: skip


async def show(asked: Asked) -> Triage:
    visit = await _visit(asked)
    begun = await _begun(asked, visit) if visit else None
    if begun is None:
        return NOTHING
    response, questions = begun
    shown = tuple(
        Question(
            id=item.link_id, type=item.type, text=item.text.in_language(asked.lang), required=item.required,
            repeats=item.repeats, max_length=item.max_length,
            options=tuple(Choice(code=o.code, text=o.text.in_language(asked.lang)) for o in item.answer_option),
        )
        for item in questions.walk()
    )  # fmt: skip
    answers = {link: tuple(map(_plain, given)) for link, given in response.answers.items()}
    title = questions.title.in_language(asked.lang)
    return Triage(title=title, questions=shown, answers=answers, **dict(_state(response, questions)))


async def save(asked: Asked) -> TriageState:
    visit, typed, triage = await _visit(asked), asked.body(TriageAnswers), asked.office.triage
    if visit is None:
        raise Fault(404, "no-questions")
    if (await asked.office.store.load(asked.seat.consultation)).consultation.status == "ended":
        raise Fault(409, "triage-closed")
    id = visit.appointment.id
    begin = replace(asked.as_request, id=f"{asked.id}/begin")
    response = await triage.begin(id, visit.patient.id, BEFORE_VISIT, begin)
    if response is None:
        raise Fault(404, "no-questions")
    saved = await triage.save(id, flat(typed.item), asked.as_request)
    if isinstance(saved, Refusal):
        raise Fault(422, "invalid", [FieldFault(each.item, each.code) for each in saved.faults])
    if typed.complete:
        done = await triage.complete(id, replace(asked.as_request, id=f"{asked.id}/complete"))
        saved = saved if isinstance(done, Refusal) else done
    return _state(saved.response, (await triage.questionnaire(saved.response)).questions)


async def _begun(asked: Asked, visit: Visit) -> tuple[Response, Questions] | None:
    """Looking begins nothing: it is the first answer that does. None: the clinic asks nothing."""
    triage, appointment = asked.office.triage, visit.appointment
    try:
        response = await triage.load(appointment.id)
        return response, (await triage.questionnaire(response)).questions
    except UnknownTriage:
        newest = await asked.office.questionnaires.newest(BEFORE_VISIT)
    if newest is None:
        return None
    return Response(appointment.id, visit.patient.id, BEFORE_VISIT, newest.version), newest.questions


async def _visit(asked: Asked) -> Visit | None:
    """The visit whose patient asks; None: the diary knows of none. Raises Fault."""
    visit = await visit_of(asked.office, asked.seat.consultation)
    if visit is not None and visit.appointment.patient_seat != asked.seat.seat:
        raise Fault(403, "not-the-patient")
    return visit


def _state(response: Response, questions: Questions) -> TriageState:
    answers: Answers = response.answers
    asked = enabled(questions, answers)
    return TriageState(
        status=response.status,
        asked=tuple(item.link_id for item in questions.walk() if item.link_id in asked),
        missing=tuple(fault.item for fault in missing(questions, answers)),
        urgent=bool(urgent(questions, answers)),
    )


def _plain(answer: Answer) -> bool | int | str:
    value = answer.value
    return value if isinstance(value, bool | int | str) else value.isoformat()
