"""A whole CSV file of appointments, read: the lines that can be booked, and each bad one with its reasons. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from clinic.booking.appointment import Slot
from clinic.booking.csv_columns import Header, header_of
from clinic.booking.csv_line import Desk, Line, read_line
from clinic.booking.csv_problem import LineCode, Problem
from clinic.booking.csv_text import MAX_RECORDS, CsvRecord, decoded, records, separator_of
from clinic.people.identifiers import Identifier
from clinic.people.patient import Demographics, Patient
from clinic.people.recognition import differences


@dataclass(frozen=True)
class Sheet:
    """`lines`: those that could be booked, also ones whose only problems are of `BY_THE_HOUR`."""

    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]
    """By line."""

    @property
    def good(self) -> tuple[Line, ...]:
        """What may be booked as things are now."""
        bad = {problem.line for problem in self.problems if problem.code != "unknown-column"}
        return tuple(line for line in self.lines if line.line not in bad)


def read_sheet(data: bytes, desk: Desk) -> Sheet:
    """Everything but what the diary has against it."""
    text = decoded(data)
    if isinstance(text, Problem):
        return Sheet((), (text,))
    found = records(text, separator_of(text))
    first = next(found)
    if isinstance(first, Problem):
        return Sheet((), (first, Problem(first.line, "missing-column")))
    header = header_of(first.line, first.fields)
    if any(problem.spoils_the_file for problem in header.problems):
        return Sheet((), header.problems)
    rest = list(found)
    if len(rest) > MAX_RECORDS:
        return Sheet((), (*header.problems, Problem(rest[MAX_RECORDS].line, "too-many-lines")))
    return _sheet(header, rest, desk)


def against_patients(sheet: Sheet, patients: Mapping[Identifier, Patient]) -> Sheet:
    """The same with what speaks against a line's patient being the one who has the document. `patients`: known ones."""
    others = [
        Problem(line.line, "other-person", "birth_date")
        for line in sheet.good
        if any(is_other(line.person, patients[each]) for each in line.person.identifiers if each in patients)
    ]
    return replace(sheet, problems=_by_line((*sheet.problems, *others)))


def is_other(person: Demographics, known: Patient) -> bool:
    """One document and two birth dates: one of the three was mistyped, and perhaps it is the document."""
    return "birth_date" in differences(person, known.demographics)


def against_diary(sheet: Sheet, slots: Iterable[Slot], patients: Mapping[Identifier, str]) -> Sheet:
    """The same with what clashes with the diary. `slots`: taken about the lines' times; `patients`: ids of those who
    are known already."""
    taken = list(slots)
    clashes: list[Problem] = []
    for line in sheet.good:
        known = next((patients[each] for each in line.person.identifiers if each in patients), "")
        mine = Slot("", line.physician, known, line.starts_at, line.ends_at)
        meeting = next((slot for slot in taken if _shares(mine, slot) and mine.meets(slot)), None)
        if meeting:
            column = "physician" if meeting.physician == line.physician else "cedula"
            clashes.append(Problem(line.line, "clash-in-diary", column, meeting.appointment))
    return replace(sheet, problems=_by_line((*sheet.problems, *clashes)))


def _sheet(header: Header, found: Iterable[CsvRecord | Problem], desk: Desk) -> Sheet:
    lines: list[Line] = []
    problems = list(header.problems)
    for record in found:
        if isinstance(record, Problem):
            problems.append(record)
            continue
        read = read_line(record, header, desk)
        problems += read.problems
        lines += [read.line] if read.line else []
    among = tuple(_clashes_among(lines))
    bad = {problem.line for problem in among}
    return Sheet(tuple(line for line in lines if line.line not in bad), _by_line((*problems, *among)))


def _clashes_among(lines: Iterable[Line]) -> Iterator[Problem]:
    """Of two lines that cannot both be, the later is the bad one."""
    before: dict[str | Identifier, list[Line]] = defaultdict(list)
    for line in lines:
        people: tuple[str | Identifier, ...] = (line.physician, *line.person.identifiers)
        others = [other for each in people for other in before[each] if _meet(line, other)]
        if others:
            first = min(others, key=lambda other: other.line)
            code: LineCode = "duplicate-line" if _same(line, first) else "clash-in-file"
            yield Problem(line.line, code, None, str(first.line))
            continue
        for each in people:
            before[each].append(line)


def _meet(one: Line, other: Line) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _same(one: Line, other: Line) -> bool:
    """The same visit of the same person, whatever else is spelled otherwise."""
    shared = set(one.person.identifiers) & set(other.person.identifiers)
    return bool(shared) and (one.physician, one.starts_at) == (other.physician, other.starts_at)


def _shares(mine: Slot, slot: Slot) -> bool:
    return mine.physician == slot.physician or mine.patient == slot.patient


def _by_line(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: problem.line))
