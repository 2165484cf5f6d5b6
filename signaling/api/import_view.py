"""CSV files as the API answers about them: each bad line with its reasons, and what became of the good ones."""

from __future__ import annotations

from typing import Final, get_args

from pydantic import AwareDatetime, BaseModel, ConfigDict

from clinic.booking.csv_problem import Problem
from clinic.people.faults import FaultCode
from signaling.api.words import words
from signaling.texts import Lang

_FAULTS: Final = frozenset[str](get_args(FaultCode))
_SAID: Final = ("missing-value", "empty-name", "phone-without-country")
"""Whose own sentence says all: the detail would only confuse."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class LineProblem(_Model):
    line: int
    """In the file, from 1, as editors number them."""
    code: str
    column: str | None
    """In words, as the template names it; None: the whole line."""
    message: str
    """What is wrong, and what to do."""
    other_line: int | None = None
    appointment: str | None = None
    """The id of the one in the way."""


class GoodLine(_Model):
    line: int
    name: str
    physician: str
    """Ids are of staff."""
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class Preview(_Model):
    """What an import would book if it began now. Nothing was written."""

    usable: bool
    """False: nothing of this file can be imported; `problems` says why."""
    good: tuple[GoodLine, ...]
    problems: tuple[LineProblem, ...]


class ImportedLine(_Model):
    """One line of the stream that an import answers."""

    line: int
    outcome: str
    """`booked`, `repeated` (an earlier try had booked it), or the code of the refusal."""
    appointment: str | None
    """That was booked, or is in the way."""
    message: str
    """Empty for what is booked."""


class ImportEnd(_Model):
    """The last line of the stream. Without it the import was cut off: send the same file under the same key again."""

    booked: int
    repeated: int
    refused: int


def problem_view(problem: Problem, lang: Lang) -> LineProblem:
    """In a person's language."""
    message = words(lang, f"csv-{problem.code}")
    if problem.detail in _FAULTS and problem.code not in _SAID:
        message = f"{words(lang, f'field-{problem.detail}')} {message}"
    if problem.detail == "no-such-time":
        message = words(lang, "field-no-such-time")
    about_other = problem.code in ("duplicate-line", "clash-in-file")
    return LineProblem(
        line=problem.line,
        code=problem.code,
        column=column_name(problem, lang),
        message=message,
        other_line=int(problem.detail) if about_other and problem.detail else None,
        appointment=problem.detail if problem.code == "clash-in-diary" else None,
    )


def column_name(problem: Problem, lang: Lang) -> str | None:
    """Of an unknown column its number."""
    if problem.column is None or problem.code == "unknown-column":
        return problem.column
    return words(lang, f"column-{problem.column}")
