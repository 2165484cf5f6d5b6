"""The optional question before a join link opens a seat: a birth year, or the last digits of the document. Pure.

It is no password: it keeps a link that was forwarded by mistake from being opened by the wrong person.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from typing import Final, Literal

from clinic.people.identifiers import Cedula, Identifier, Minor, Passport
from clinic.people.patient import Demographics

MAX_TRIES: Final = 5
"""Wrong answers to one link; then the clinic sends a new one."""

LAST: Final = 3
"""Digits or letters asked for: of 1000 answers, 5 tries find one in 200."""

Question = Literal["birth-year", "last-digits"]
Verdict = Literal["passed", "wrong", "malformed", "exhausted"]


@dataclass(frozen=True)
class Tries:
    """Of one join link."""

    wrong: int = 0

    @property
    def left(self) -> int:
        return max(0, MAX_TRIES - self.wrong)


def expected(question: Question, person: Demographics) -> str:
    """The right answer; of a minor without a document it is the guardian's that counts."""
    if question == "birth-year":
        return str(person.birth_date.year)
    return _document(person.identifiers[0])[-LAST:]


def answer(question: Question, person: Demographics, given: str, tries: Tries) -> tuple[Verdict, Tries]:
    """What an answer is worth. One of the wrong shape ("ochenta") costs no try; after the last, none is right."""
    if not tries.left:
        return "exhausted", tries
    typed = re.sub(r"\s", "", given[:20]).upper()
    right = expected(question, person)
    if not re.fullmatch(r"[A-Z0-9]+", typed) or len(typed) != len(right):
        return "malformed", tries
    if hmac.compare_digest(typed, right):
        return "passed", tries
    spent = Tries(tries.wrong + 1)
    return ("wrong" if spent.left else "exhausted"), spent


def _document(identifier: Identifier) -> str:
    match identifier:
        case Cedula():
            return str(identifier.number)
        case Passport():
            return identifier.number
        case Minor():
            return _document(identifier.guardian)
