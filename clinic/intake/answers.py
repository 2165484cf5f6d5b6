"""Answers to a questionnaire, held against the edition that was asked: which fit, what is missing or urgent. Pure.

Answers go by linkId. What was answered to a question that another answer has since closed is kept for as long as the
page is being filled in, and counts for nothing.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from clinic.intake.questionnaire import MAX_STRING, Answer, Condition, Item, Questions

Answers = Mapping[str, tuple[Answer, ...]]
"""linkId -> the answers to it: one, or several to a choice that repeats."""

FaultCode = Literal[
    "unknown-question", "not-one-answer", "wrong-type", "unknown-option", "too-many", "repeated", "too-long", "missing"
]


@dataclass(frozen=True)
class Fault:
    """Never holds what was answered."""

    item: str
    code: FaultCode


_COMPARED: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}


def faults(questions: Questions, answers: Answers) -> tuple[Fault, ...]:
    """What cannot be an answer to these questions; an empty tuple of answers takes one back."""
    known = {item.link_id: item for item in questions.walk() if item.type != "group"}
    found = ((link, _fault(known.get(link), given)) for link, given in answers.items())
    return tuple(Fault(link, code) for link, code in found if code)


def missing(questions: Questions, answers: Answers) -> tuple[Fault, ...]:
    """Required questions that are asked and have no answer, in the order of the page."""
    asked = enabled(questions, answers)
    return tuple(
        Fault(item.link_id, "missing")
        for item in questions.walk()
        if item.required and item.link_id in asked and not _given(answers, item.link_id)
    )


def enabled(questions: Questions, answers: Answers) -> frozenset[str]:
    """The linkIds of what is asked, given these answers (FHIR R4 Questionnaire.item.enableWhen)."""
    found: set[str] = set()
    _enable(questions.item, answers, found)
    return frozenset(found)


def counting(questions: Questions, answers: Answers) -> dict[str, tuple[Answer, ...]]:
    """The answers to what is asked, in the order of the page."""
    asked = enabled(questions, answers)
    return {
        item.link_id: tuple(answers[item.link_id])
        for item in questions.walk()
        if item.link_id in asked and answers.get(item.link_id)
    }


def urgent(questions: Questions, answers: Answers) -> tuple[str, ...]:
    """The linkIds of questions whose answers put the patient first; also while others are not answered yet."""
    given = counting(questions, answers)
    return tuple(
        item.link_id
        for item in questions.walk()
        if any(_holds(condition, given.get(item.link_id, ()), present=True) for condition in item.urgent_when)
    )


def _enable(items: Sequence[Item], answers: Answers, found: set[str]) -> None:
    """A closed group closes what is in it, and a closed question's answer decides nothing."""
    for item in items:
        held = [
            _holds(each, _given(answers, each.question) if each.question in found else (), present=False)
            for each in item.enable_when
        ]
        if not held or (all(held) if item.enable_behavior == "all" else any(held)):
            found.add(item.link_id)
            _enable(item.item, answers, found)


def _holds(condition: Condition, given: Sequence[Answer], *, present: bool) -> bool:
    """`present`: a question without an answer fits nothing, not even `exists = false`."""
    if present and not given:
        return False
    if condition.operator == "exists":
        return bool(given) == condition.answer.value
    compare = _COMPARED[condition.operator]
    return any(compare(answer.value, condition.answer.value) for answer in given)


def _given(answers: Answers, link: str) -> tuple[Answer, ...]:
    return answers.get(link, ())


def _fault(item: Item | None, given: Sequence[Answer]) -> FaultCode | None:
    if item is None:
        return "unknown-question"
    if len(given) > (len(item.answer_option) if item.repeats else 1):
        return "too-many"
    if len(set(given)) < len(given):
        return "repeated"
    return next((code for answer in given if (code := _answer_fault(item, answer))), None)


def _answer_fault(item: Item, answer: Answer) -> FaultCode | None:
    try:
        answer_type = answer.type
    except ValueError:
        return "not-one-answer"
    if answer_type != item.type:
        return "wrong-type"
    if item.type == "choice":
        return None if answer.value in {option.code for option in item.answer_option} else "unknown-option"
    limit = item.max_length or MAX_STRING
    return "too-long" if answer.value_string is not None and len(answer.value_string) > limit else None
