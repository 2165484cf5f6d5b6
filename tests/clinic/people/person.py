"""People for tests, each differing from the first in what a test is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Final

from clinic.people.identifiers import Cedula, Minor
from clinic.people.patient import Demographics, Guardian
from clinic.people.phones import Phone

TODAY: Final = date(2026, 11, 24)

ANA: Final = Demographics(
    name="Ana María Paz",
    birth_date=date(1980, 5, 17),
    sex="female",
    identifiers=(Cedula("V", 12345678),),
    phones=(Phone("+584121234567"),),
)

MOTHER: Final = Guardian("Ana María Paz", Cedula("V", 12345678), "MTH", (Phone("+584121234567"),))

LUIS: Final = Demographics(
    name="Luis Paz",
    birth_date=date(2020, 2, 29),
    sex="male",
    identifiers=(Minor(Cedula("V", 12345678), 1),),
    guardian=MOTHER,
)


def ana(**changes: Any) -> Demographics:
    return replace(ANA, **changes)


def luis(**changes: Any) -> Demographics:
    return replace(LUIS, **changes)
