"""One line of a CSV file of appointments: what it asks for, or everything that is wrong with it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from clinic.booking.csv_columns import Column, Header
from clinic.booking.csv_person import person_of
from clinic.booking.csv_problem import BY_THE_HOUR, Problem
from clinic.booking.csv_text import CsvRecord, has_controls, is_formula
from clinic.booking.csv_time import instant, parse_minutes, parse_time
from clinic.booking.day import Span, day_of
from clinic.booking.rules import MAX_TITLE_CHARS, Rules, untimely
from clinic.people.faults import Fault
from clinic.people.names import comparable
from clinic.people.patient import Demographics
from clinic.people.registration import parse_birth_date

_TITLES: Final = frozenset({"dr", "dra", "doctor", "doctora"})
_PHONE: Final = re.compile(r"\+[\d\s().-]+(/\s*\+?[\d\s().-]+)*", re.ASCII)


@dataclass(frozen=True)
class Line:
    """An appointment that the file asks for. Times are in UTC."""

    line: int
    physician: str
    """A staff id."""
    starts_at: datetime
    ends_at: datetime
    person: Demographics = field(repr=False)
    reason: str = field(repr=False)


@dataclass(frozen=True)
class Desk:
    """Where the file is read."""

    physicians: Mapping[str, str]
    """`spelling(name)` or staff id -> staff id. Two physicians of one name are to be left out."""
    rules: Rules
    now: datetime


@dataclass(frozen=True)
class LineRead:
    """`line` is None when something is wrong that has nothing to do with the hour at which the file is read."""

    line: Line | None
    problems: tuple[Problem, ...]


def spelling(name: str) -> str:
    """Of a physician, as files have it: without titles, case, accents and order."""
    return " ".join(word for word in comparable(name).split() if word not in _TITLES)


def read_line(record: CsvRecord, header: Header, desk: Desk) -> LineRead:
    """Cells first; what they mean only where all of them can be read."""
    fields, columns = list(record.fields), header.columns
    while len(fields) > len(columns) and not fields[-1].strip():
        fields.pop()
    if len(fields) != len(columns):
        return LineRead(None, (Problem(record.line, "wrong-field-count", None, str(len(fields))),))
    cells = {column: cell.strip() for column, cell in zip(columns, fields, strict=True) if column is not None}
    unreadable = tuple(_unreadable(record.line, cells))
    return LineRead(None, unreadable) if unreadable else _meaning(record.line, cells, desk)


def _unreadable(line: int, cells: Mapping[Column, str]) -> Iterator[Problem]:
    for column, cell in cells.items():
        if has_controls(cell):
            yield Problem(line, "control-characters", column)
        elif is_formula(cell) and not (column in ("phone", "guardian_phone") and _PHONE.fullmatch(cell)):
            yield Problem(line, "formula", column)


def _meaning(line: int, cells: Mapping[Column, str], desk: Desk) -> LineRead:
    span = _span(line, cells, desk)
    person = person_of(line, cells, day_of(span.starts_at if isinstance(span, Span) else desk.now, desk.rules.zone))
    physician = desk.physicians.get(cells["physician"]) or desk.physicians.get(spelling(cells["physician"]))
    problems = [*_untimely(line, cells, span, desk), *(person if isinstance(person, tuple) else ())]
    if physician is None:
        problems.append(Problem(line, "unknown-physician", "physician"))
    if len(cells.get("reason", "")) > MAX_TITLE_CHARS:
        problems.append(Problem(line, "bad-reason", "reason", "too-long"))
    hopeless = any(problem.code not in BY_THE_HOUR for problem in problems)
    if hopeless or physician is None or isinstance(person, tuple) or isinstance(span, Problem):
        return LineRead(None, tuple(problems))
    asked = Line(line, physician, span.starts_at, span.ends_at, person, cells.get("reason", ""))
    return LineRead(asked, tuple(problems))


def _untimely(line: int, cells: Mapping[Column, str], span: Span | Problem, desk: Desk) -> tuple[Problem, ...]:
    if isinstance(span, Problem):
        return (span,)
    match untimely(span.starts_at, span.ends_at, desk.now):
        case "bad-length":
            return (Problem(line, "bad-length", "end" if cells.get("end") else "minutes"),)
        case "in-past":
            return (Problem(line, "in-past", "date"),)
        case "too-far":
            return (Problem(line, "too-far", "date"),)
    return ()


def _span(line: int, cells: Mapping[Column, str], desk: Desk) -> Span | Problem:
    starts_at = _start(line, cells, desk)
    if isinstance(starts_at, Problem):
        return starts_at
    ends_at = _end(line, cells, starts_at, desk)
    if isinstance(ends_at, Problem):
        return ends_at
    return Span(starts_at, ends_at) if ends_at > starts_at else Problem(line, "end-before-start", "end")


def _start(line: int, cells: Mapping[Column, str], desk: Desk) -> datetime | Problem:
    day = parse_birth_date(cells["date"])
    if isinstance(day, Fault):
        return Problem(line, "missing-value" if day.code == "missing" else "bad-date", "date", day.code)
    if not cells["time"]:
        return Problem(line, "missing-value", "time")
    at = parse_time(cells["time"])
    if at is None or day.year < 1900 or day.year > 9000:
        return Problem(line, "bad-time" if at is None else "bad-date", "time" if at is None else "date")
    return instant(day, at, desk.rules.zone) or Problem(line, "bad-time", "time", "no-such-time")


def _end(line: int, cells: Mapping[Column, str], starts_at: datetime, desk: Desk) -> datetime | Problem:
    """On the same day, so one that goes over midnight needs its minutes instead."""
    if cells.get("end"):
        at = parse_time(cells["end"])
        moment = instant(day_of(starts_at, desk.rules.zone), at, desk.rules.zone) if at else None
        return moment or Problem(line, "bad-time", "end")
    if not cells.get("minutes"):
        return Problem(line, "missing-value", "end")
    length = parse_minutes(cells["minutes"])
    if not length:
        return Problem(line, "bad-length", "minutes")
    return starts_at + length
