"""What keeps questions from being published: each can be asked on a page, and each rule can fire. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from clinic.intake.questionnaire import Condition, Item, Questions
from clinic.intake.words import Words

MAX_QUESTIONS: Final = 60
"""Groups too. Nobody answers more on a telephone."""

MAX_DEPTH: Final = 3
MAX_OPTIONS: Final = 30
MAX_TEXT: Final = 500

FaultCode = Literal[
    "none", "too-many", "too-deep", "repeated", "empty", "too-long",
    "group-empty", "group-answers", "nested", "options-missing", "options-unwanted", "option-repeated",
    "repeats-unwanted", "length-unwanted",
    "question-unknown", "question-later", "not-one-answer", "answer-type", "option-unknown", "operator-type",
]  # fmt: skip
"""`nested`: only groups hold questions. `group-answers`: a group is not answered itself, so nothing is required of it.
`question-later`: what decides whether a question is asked must be asked before it."""

_ORDERED: Final = frozenset({"integer", "date"})
_COMPARING: Final = frozenset({">", "<", ">=", "<="})


@dataclass(frozen=True)
class Fault:
    """`item`: the linkId; empty for the whole."""

    item: str
    code: FaultCode


def faults(questions: Questions) -> tuple[Fault, ...]:
    """All of them, in the order of the page."""
    return (*_whole(questions), *(Fault(i.link_id, c) for i in questions.walk() for c in _one(i)), *_links(questions))


def _whole(questions: Questions) -> Iterator[Fault]:
    ids = [item.link_id for item in questions.walk()]
    if not any(item.type != "group" for item in questions.walk()):
        yield Fault("", "none")
    if len(ids) > MAX_QUESTIONS:
        yield Fault("", "too-many")
    if _depth(questions.item) > MAX_DEPTH:
        yield Fault("", "too-deep")
    yield from (Fault("", code) for code in _words(questions.title))
    yield from (Fault(link, "repeated") for link in dict.fromkeys(ids) if ids.count(link) > 1)


def _one(item: Item) -> Iterator[FaultCode]:
    yield from _words(item.text)
    yield from _group(item) if item.type == "group" else _question(item)
    yield from (code for condition in item.urgent_when for code in _condition(item, condition))


def _group(item: Item) -> Iterator[FaultCode]:
    if not item.item:
        yield "group-empty"
    if item.required or item.repeats or item.max_length or item.answer_option or item.urgent_when:
        yield "group-answers"


def _question(item: Item) -> Iterator[FaultCode]:
    if item.item:
        yield "nested"
    if item.type == "choice":
        yield from _options(item)
    elif item.answer_option:
        yield "options-unwanted"
    if item.repeats and item.type != "choice":
        yield "repeats-unwanted"
    if item.max_length and item.type != "string":
        yield "length-unwanted"


def _options(item: Item) -> Iterator[FaultCode]:
    codes = [option.code for option in item.answer_option]
    if not codes:
        yield "options-missing"
    if len(codes) > MAX_OPTIONS:
        yield "too-many"
    if len(set(codes)) < len(codes):
        yield "option-repeated"
    yield from (code for option in item.answer_option for code in _words(option.text))


def _links(questions: Questions) -> Iterator[Fault]:
    every = {item.link_id: item for item in questions.walk() if item.type != "group"}
    before: set[str] = set()
    for item in questions.walk():
        for condition in item.enable_when:
            asked = every.get(condition.question)
            if asked is None:
                yield Fault(item.link_id, "question-unknown")
            elif condition.question not in before:
                yield Fault(item.link_id, "question-later")
            else:
                yield from (Fault(item.link_id, code) for code in _condition(asked, condition))
        before.add(item.link_id)


def _condition(asked: Item, condition: Condition) -> Iterator[FaultCode]:
    """Can it be compared with answers to `asked`?"""
    try:
        answer_type = condition.answer.type
    except ValueError:
        yield "not-one-answer"
        return
    if answer_type != ("boolean" if condition.operator == "exists" else asked.type):
        yield "answer-type"
    elif condition.operator in _COMPARING and asked.type not in _ORDERED:
        yield "operator-type"
    elif answer_type == "choice" and condition.answer.value_coding not in {o.code for o in asked.answer_option}:
        yield "option-unknown"


def _words(words: Words) -> Iterator[FaultCode]:
    if not all(text.strip() for text in (words.es, words.en)):
        yield "empty"
    if max(len(words.es), len(words.en)) > MAX_TEXT:
        yield "too-long"


def _depth(items: tuple[Item, ...]) -> int:
    return 1 + max((_depth(item.item) for item in items), default=0) if items else 0
