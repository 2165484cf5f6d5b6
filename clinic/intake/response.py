"""The answers to one visit's questions: saved while typing, completed, corrected. Pure.

FHIR R4 QuestionnaireResponse. It stays with the edition that was newest when the questions were first shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from clinic.intake.answers import Answers, Fault, faults, missing
from clinic.intake.questionnaire import Answer, Questions
from clinic.people.request import Request

Status = Literal["in-progress", "completed", "amended"]
"""FHIR questionnaire-answers-status. A correction that leaves a required question open is in progress again."""


class ResponseItem(BaseModel):
    """`QuestionnaireResponse.item` as a page sends it; `answer` empty takes an answer back."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)

    link_id: str = Field(max_length=64)
    answer: tuple[Answer, ...] = Field(default=(), max_length=30)
    item: tuple[ResponseItem, ...] = Field(default=(), max_length=60)


@dataclass(frozen=True)
class Answered:
    """Who answered one question, when, and what."""

    link_id: str
    answers: tuple[Answer, ...] = field(repr=False)
    by: str
    role: str
    at: datetime


@dataclass(frozen=True)
class Response:
    """Everything answered so far."""

    appointment: str
    patient: str
    questionnaire: str
    version: int
    """The edition of the questionnaire that was asked."""
    revision: int = 0
    """Counts every change, from 1 for the empty response."""
    status: Status = "in-progress"
    answered: tuple[Answered, ...] = ()
    last_by: str = ""
    """Who changed it last."""
    completed_by: str = ""
    completed_at: datetime | None = None

    @property
    def answers(self) -> Answers:
        return {each.link_id: each.answers for each in self.answered}


@dataclass(frozen=True)
class Refusal:
    """Nothing was changed. `faults` by question."""

    faults: tuple[Fault, ...]


def flat(items: tuple[ResponseItem, ...]) -> dict[str, tuple[Answer, ...]]:
    """The answers by linkId, out of their groups; a group by itself says nothing."""
    found: dict[str, tuple[Answer, ...]] = {}
    for item in items:
        found |= flat(item.item) if item.item else {item.link_id: item.answer}
    return found


def save(response: Response, questions: Questions, changes: Answers, request: Request) -> Response | Refusal:
    """The response with these answers instead of what they replace; all others stay. Partial is fine."""
    wrong = faults(questions, changes)
    if wrong:
        return Refusal(wrong)
    answered = _merged(response, changes, request)
    after = replace(response, answered=answered, revision=response.revision + 1, last_by=request.actor)
    if response.status == "in-progress":
        return after
    open_again = missing(questions, after.answers)
    return replace(after, status="in-progress" if open_again else "amended")


def complete(response: Response, questions: Questions, request: Request) -> Response | Refusal:
    """The response as finished, or what is still to be answered."""
    if response.status != "in-progress":
        return response
    left = missing(questions, response.answers)
    if left:
        return Refusal(left)
    return replace(
        response,
        status="amended" if response.completed_at else "completed",
        revision=response.revision + 1,
        last_by=request.actor,
        completed_by=request.actor,
        completed_at=request.at,
    )


def _merged(response: Response, changes: Answers, request: Request) -> tuple[Answered, ...]:
    """An answer that is sent again as it was keeps who gave it, and when."""
    by_link: Mapping[str, Answered] = {each.link_id: each for each in response.answered}
    found = dict(by_link)
    for link, answers in changes.items():
        if not answers:
            found.pop(link, None)
        elif link not in by_link or by_link[link].answers != answers:
            found[link] = Answered(link, answers, request.actor, request.role, request.at)
    return tuple(found.values())
