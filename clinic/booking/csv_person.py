"""The patient of one line: clinic/people says what a person must be, and this which column is to blame."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from clinic.booking.csv_columns import Column
from clinic.booking.csv_problem import LineCode, Problem
from clinic.people.faults import Fault, Field
from clinic.people.patient import Demographics
from clinic.people.registration import Registration, TypedGuardian, read

_BLAME: Final[dict[Field, tuple[Column, LineCode]]] = {
    "name": ("name", "bad-name"),
    "cedula": ("cedula", "bad-cedula"),
    "identifiers": ("cedula", "bad-cedula"),
    "passport": ("passport_number", "bad-passport"),
    "birth_date": ("birth_date", "bad-birth-date"),
    "phone": ("phone", "bad-phone"),
    "minor": ("child", "bad-guardian"),
    "guardian": ("guardian_cedula", "minor-without-guardian"),
    "guardian_name": ("guardian_name", "bad-guardian"),
    "guardian_cedula": ("guardian_cedula", "bad-guardian"),
    "guardian_passport": ("guardian_cedula", "bad-guardian"),
    "guardian_phone": ("guardian_phone", "bad-phone"),
}

_MAX_CELL: Final = 100
"""More is cut off before it is judged; everything that is that long is too long by far."""


def person_of(line: int, cells: Mapping[Column, str], on: date) -> Demographics | tuple[Problem, ...]:
    """Who comes, or everything that is wrong with them. `on`: the day of the visit; a minor is one on that day."""
    person = read(_registration(cells), on)
    if isinstance(person, Demographics):
        return person
    return tuple(_problem(line, fault, cells) for fault in person)


def _registration(cells: Mapping[Column, str]) -> Registration:
    child = _cell(cells, "child")
    return Registration(
        name=" ".join(filter(None, (cells.get("name", ""), cells.get("given", ""), cells.get("family", ""))))[:1000],
        cedula=_cell(cells, "cedula"),
        passport_country=_cell(cells, "passport_country"),
        passport_number=_cell(cells, "passport_number"),
        phones=_phones(cells, "phone"),
        birth_date=_cell(cells, "birth_date")[:20],
        guardian=_guardian(cells),
        ordinal=int(child) if child.isascii() and child.isdigit() and len(child) < 4 else None,
    )


def _guardian(cells: Mapping[Column, str]) -> TypedGuardian | None:
    name, cedula, phones = (
        _cell(cells, "guardian_name"),
        _cell(cells, "guardian_cedula"),
        _phones(cells, "guardian_phone"),
    )
    return TypedGuardian(name=name, cedula=cedula, phones=phones) if name or cedula else None


def _cell(cells: Mapping[Column, str], column: Column) -> str:
    return " ".join(cells.get(column, "").split())[:_MAX_CELL]


def _phones(cells: Mapping[Column, str], column: Column) -> tuple[str, ...]:
    """Several stand with a slash between."""
    return tuple(phone[:_MAX_CELL] for phone in cells.get(column, "").split("/")[:20])


def _problem(line: int, fault: Fault, cells: Mapping[Column, str]) -> Problem:
    column, code = _BLAME.get(fault.field, ("name", "bad-name"))
    if code == "bad-phone" and any(map(_lacks_country, _phones(cells, column))):
        code = "phone-without-country"
    if code == "bad-name" and fault.code == "missing":
        code = "empty-name"
    return Problem(line, code, column, fault.code)


def _lacks_country(phone: str) -> bool:
    """Long enough for a number, and neither written as abroad nor as in Venezuela."""
    digits = re.sub(r"[\s().-]", "", phone)
    return digits.isascii() and digits.isdigit() and len(digits) >= 7 and not digits.startswith(("0", "58"))
