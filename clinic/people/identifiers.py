"""What tells patients apart: a cédula, a passport, or for a child without either the guardian's and an ordinal.

`key` is the normalised form, which is stored and compared; `str()` is the form that people read.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

from clinic.people.countries import alpha3
from clinic.people.faults import Fault, FaultCode

MAX_ORDINAL: Final = 30
MAX_TYPED: Final = 40
"""Characters; nothing longer is looked at."""

IdentifierType = Literal["ve-cedula", "passport", "minor"]
"""The first two name FHIR systems under the clinic's base."""


@dataclass(frozen=True)
class Cedula:
    """The Venezuelan identity card: V for citizens, E for foreign residents; 6 to 9 digits."""

    nationality: Literal["V", "E"]
    number: int
    type: Literal["ve-cedula"] = "ve-cedula"

    @property
    def key(self) -> str:
        return f"{self.nationality}-{self.number}"

    def __str__(self) -> str:
        return f"{self.nationality}-{self.number:,}".replace(",", ".")


@dataclass(frozen=True)
class Passport:
    """`country`: ISO 3166-1 alpha-3 of the issuer. `number`: capitals and digits."""

    country: str
    number: str
    type: Literal["passport"] = "passport"

    @property
    def key(self) -> str:
        return f"{self.country}-{self.number}"

    def __str__(self) -> str:
        return f"{self.country} {self.number}"


@dataclass(frozen=True)
class Minor:
    """A child without a document: the `ordinal`-th that this guardian brought to the clinic, from 1."""

    guardian: Cedula | Passport
    ordinal: int
    type: Literal["minor"] = "minor"

    @property
    def key(self) -> str:
        return f"{self.guardian.key}/{self.ordinal}"

    def __str__(self) -> str:
        return f"{self.guardian} / {self.ordinal}"


Identifier = Cedula | Passport | Minor

_CEDULA: Final = re.compile(r"([A-Z]?)[-. ]*(\d{1,3}(?:\.\d{3})+|\d{1,3}(?: \d{3})+|\d+)", re.ASCII)
_RIF: Final = re.compile(r"[A-Z][-. ]*[\d.]{6,11}-\d", re.ASCII)
_DASHES: Final = re.compile(r"[‐-―−]")
_CEDULA_DIGITS: Final = range(6, 10)
_PASSPORT_LENGTH: Final = range(5, 16)


def parse_cedula(text: str) -> Cedula | Fault:
    """Any usual spelling: v12345678, V-12.345.678, E 84 123 456. The letter must be there: V and E share numbers."""
    typed = _plain(text)
    if not typed or len(typed) > MAX_TYPED:
        return _cedula_fault("too-long" if typed else "missing")
    if _RIF.fullmatch(typed):
        return _cedula_fault("looks-like-rif")
    match = _CEDULA.fullmatch(typed)
    if match is None:
        return _cedula_fault("not-digits")
    return _cedula(match[1], re.sub(r"\D", "", match[2]))


def parse_passport(country: str, number: str) -> Passport | Fault:
    """`country`: alpha-2 or alpha-3, in any case. Spaces and dashes in the number do not count."""
    if not country.strip():
        return Fault("passport", "country-missing")
    issuer = alpha3(country)
    if issuer is None:
        return Fault("passport", "country-unknown")
    compact = re.sub(r"[-. ]", "", _plain(number))
    fault = _passport_fault(compact)
    return Fault("passport", fault) if fault else Passport(issuer, compact)


def minor_of(guardian: Cedula | Passport, ordinal: int) -> Minor | Fault:
    """The identifier of a guardian's `ordinal`-th child."""
    if ordinal < 1:
        return Fault("minor", "too-short")
    return Fault("minor", "too-many") if ordinal > MAX_ORDINAL else Minor(guardian, ordinal)


def _cedula(letter: str, digits: str) -> Cedula | Fault:
    if not letter:
        return _cedula_fault("nationality-missing")
    if letter not in ("V", "E"):
        return _cedula_fault("nationality-unknown")
    if digits.startswith("0"):
        return _cedula_fault("leading-zero")
    if len(digits) not in _CEDULA_DIGITS:
        return _cedula_fault("too-short" if len(digits) < _CEDULA_DIGITS.start else "too-long")
    return Cedula("V" if letter == "V" else "E", int(digits))


def _cedula_fault(code: FaultCode) -> Fault:
    return Fault("cedula", code)


def _passport_fault(compact: str) -> FaultCode | None:
    if not compact:
        return "missing"
    if not re.fullmatch(r"[A-Z0-9]+", compact):
        return "unreadable"
    if len(compact) not in _PASSPORT_LENGTH:
        return "too-short" if len(compact) < _PASSPORT_LENGTH.start else "too-long"
    return None if re.search(r"\d", compact) else "no-digit"


def _plain(text: str) -> str:
    """Capitals of the compatibility form (fullwidth digits, no-break spaces), with one kind of dash and of space."""
    compatible = unicodedata.normalize("NFKC", text[: 4 * MAX_TYPED]).upper()
    visible = "".join(character for character in compatible if unicodedata.category(character) != "Cf")
    return " ".join(_DASHES.sub("-", visible).split())
