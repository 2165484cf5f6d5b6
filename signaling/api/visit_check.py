"""The second check of a join link: which question it asks, and what an answer is worth. Nothing else is told before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from clinic.people.second_check import Question
from signaling.api.fault import Fault
from signaling.api.route import Asked, Route
from signaling.consent import visit_of

if TYPE_CHECKING:
    from signaling.api.gate import ApiGate

_STATUS: Final = {"wrong": 403, "exhausted": 403, "malformed": 422}


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class SecondCheck(_Model):
    question: Question | Literal[""]
    """Empty: nothing is asked of this device (any more)."""
    left: int
    """Wrong answers that are still forgiven; 0: the clinic sends a new link."""


class CheckAnswer(_Model):
    answer: str = Field(max_length=40, repr=False)


class Passed(_Model):
    proof: str = Field(repr=False)
    """Of this device: from now on its token is `<token>.<proof>`."""


def routes(gate: ApiGate) -> tuple[Route, ...]:
    """All of this file."""
    path = "/api/v1/visit/check"
    return (
        Route("GET", path, "visit.check", "link", look, "What this join link asks first.", answer=SecondCheck),
        Route("POST", path, "visit.answer", "link", answer, "Answer it; a few wrong answers are forgiven.",
              body=CheckAnswer, answer=Passed, max_body_bytes=1024,
              faults=("check-wrong", "check-malformed", "check-exhausted")),
    )  # fmt: skip


async def look(asked: Asked) -> SecondCheck:
    tries = await asked.office.join_checks.tries(_token(asked))
    return SecondCheck(question=asked.seat.check, left=tries.left)


async def answer(asked: Asked) -> Passed:
    question, visit = asked.seat.check, await visit_of(asked.office, asked.seat.consultation)
    if question == "" or visit is None:
        raise Fault(404, "not-found")
    answered = await asked.office.join_checks.answer(
        _token(asked), question, asked.body(CheckAnswer).answer, visit.patient, asked.as_request
    )
    if answered.verdict != "passed":
        raise Fault(_STATUS[answered.verdict], f"check-{answered.verdict}", more={"left": str(answered.left)})
    return Passed(proof=answered.proof)


def _token(asked: Asked) -> str:
    """Without a proof."""
    return asked.request.headers["Authorization"].partition(" ")[2].partition(".")[0]
