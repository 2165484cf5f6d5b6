"""What somebody types into one box to find a patient: a document, a phone, a name, in any usual spelling. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from clinic.people.countries import ALPHA2
from clinic.people.faults import Fault
from clinic.people.identifiers import Cedula, Passport, parse_cedula, parse_passport
from clinic.people.names import comparable
from clinic.people.patient import Patient
from clinic.people.phones import Phone, parse_phone

MAX_TYPED: Final = 100
SHORTEST_NAME: Final = 2
"""Letters of a word that is looked for."""

_LETTERED: Final = re.compile(r"\s*[A-Za-z][-–.\s]*\d[\d.\s]*")
"""A letter and digits: only a cédula is written so."""


@dataclass(frozen=True)
class Search:
    """All that the text may mean. A passport's country is not typed: it may be anyone's."""

    identifiers: tuple[Cedula | Passport, ...] = ()
    phones: tuple[Phone, ...] = ()
    name: str = ""
    """As `comparable` gives it."""

    def names(self, patient: Patient) -> bool:
        """Whether each word typed begins a word of the patient's name, or of their guardian's."""
        person = patient.demographics
        words = comparable(person.name).split()
        words += comparable(person.guardian.name).split() if person.guardian else []
        return all(any(word.startswith(typed) for word in words) for typed in self.name.split())


def read_search(text: str) -> Search | Fault:
    """The fault is of a text that means one thing only, and is wrong as that."""
    typed = text.strip()
    if len(typed) > MAX_TYPED:
        return Fault("name", "too-long")
    if not any(character.isdigit() for character in typed):
        return _by_name(typed)
    cedula = parse_cedula(typed)
    if isinstance(cedula, Fault) and _LETTERED.fullmatch(typed) and not _passports(typed):
        return cedula
    phone = parse_phone(typed)
    search = Search(_documents(typed, cedula), (phone,) if isinstance(phone, Phone) else ())
    if search == Search():
        return phone if isinstance(phone, Fault) and typed[0] in "+0" else Fault("name", "unreadable")
    return search


def _by_name(typed: str) -> Search | Fault:
    name = comparable(typed)
    if max(map(len, name.split()), default=0) < SHORTEST_NAME:
        return Fault("name", "too-short" if typed else "missing")
    return Search(name=name)


def _documents(typed: str, cedula: Cedula | Fault) -> tuple[Cedula | Passport, ...]:
    """Of digits alone both cédulas: V and E share numbers."""
    if isinstance(cedula, Cedula):
        return (cedula, *_passports(typed))
    if cedula.code != "nationality-missing":
        return _passports(typed)
    both = (parse_cedula(f"{letter}{typed}") for letter in "VE")
    return (*(each for each in both if isinstance(each, Cedula)), *_passports(typed))


def _passports(typed: str) -> tuple[Passport, ...]:
    """The number with every country; a country's code before it is understood too."""
    country, _, number = typed.partition(" ")
    named = parse_passport(country, number) if number else None
    if isinstance(named, Passport):
        return (named,)
    of_all = (parse_passport(each, typed) for each in ALPHA2)
    return tuple(each for each in of_all if isinstance(each, Passport))
