"""A person as a form, an API or a line of a CSV file describes one, and how that becomes `Demographics`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from clinic.people import faults as f
from clinic.people.faults import Fault
from clinic.people.identifiers import Cedula, Identifier, Minor, Passport, minor_of, parse_cedula, parse_passport
from clinic.people.names import MAX_TYPED, parse_name
from clinic.people.patient import Demographics, Guardian, Language, Relation, Sex, faults_of, newcomer_faults
from clinic.people.phones import Phone, parse_phone

_DAY_FIRST: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
_ISO: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)

_Value = TypeVar("_Value")


class TypedPerson(BaseModel):
    """What patient and guardian have in common. At most one of cédula and passport needs to be there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(max_length=MAX_TYPED)
    cedula: str = Field(default="", max_length=100)
    passport_country: str = Field(default="", max_length=100)
    passport_number: str = Field(default="", max_length=100)
    phones: tuple[str, ...] = Field(default=(), max_length=20)


class TypedGuardian(TypedPerson):
    relation: Relation = "GUARD"


class Registration(TypedPerson):
    """A patient. `birth_date`: 2019-03-31, or 31/03/2019 as Venezuelans write it. `ordinal`: of a minor without a
    document, which child of the guardian it is."""

    birth_date: str = Field(max_length=20)
    sex: Sex = "unknown"
    language: Language = "es"
    guardian: TypedGuardian | None = None
    ordinal: int | None = None


def read(registration: Registration, today: date) -> Demographics | tuple[Fault, ...]:
    """The new patient, or everything that is wrong at once; `today` in the clinic's time zone."""
    person = _described(registration)
    return person if isinstance(person, tuple) else newcomer_faults(person, today) or person


def read_correction(registration: Registration, today: date) -> Demographics | tuple[Fault, ...]:
    """The same of a patient who is here already: who came of age may bring a document later."""
    person = _described(registration)
    return person if isinstance(person, tuple) else faults_of(person, today) or person


def registration_of(person: Demographics) -> Registration:
    """As a form would have it: `read` gives the same person again, but for documents beyond the first of each kind."""
    documents = _typed_documents(person.identifiers)
    return Registration(
        name=person.name,
        birth_date=person.birth_date.isoformat(),
        sex=person.sex,
        language=person.language,
        phones=tuple(phone.e164 for phone in person.phones),
        guardian=_typed_guardian(person.guardian) if person.guardian else None,
        ordinal=next((each.ordinal for each in person.identifiers if isinstance(each, Minor)), None),
        **documents,
    )


def _described(registration: Registration) -> Demographics | tuple[Fault, ...]:
    found: list[Fault] = []
    name = _kept(parse_name(registration.name), found)
    born = _kept(parse_birth_date(registration.birth_date), found)
    guardian = _guardian(registration.guardian, found) if registration.guardian else None
    identifiers = [*_documents(registration, "cedula", "passport", found), *_minor(registration, guardian, found)]
    phones = _phones(registration.phones, "phone", found)
    if found or name is None or born is None:
        return tuple(found)
    return Demographics(
        name, born, registration.sex, tuple(identifiers), phones, guardian, language=registration.language
    )


def parse_birth_date(text: str) -> date | Fault:
    """A day in ISO order or day first; never month first."""
    typed = text.strip()
    if not typed:
        return Fault("birth_date", "missing")
    iso, day_first = _ISO.fullmatch(typed), _DAY_FIRST.fullmatch(typed)
    parts = iso.groups() if iso else day_first.groups()[::-1] if day_first else None
    try:
        return date(*map(int, parts)) if parts else Fault("birth_date", "not-a-date")
    except ValueError:
        return Fault("birth_date", "not-a-date")


def _guardian(typed: TypedGuardian, found: list[Fault]) -> Guardian | None:
    name = _kept(parse_name(typed.name, "guardian_name"), found)
    documents = _documents(typed, "guardian_cedula", "guardian_passport", found)
    phones = _phones(typed.phones, "guardian_phone", found)
    if name is None or not documents:
        return None
    return Guardian(name, documents[0], typed.relation, phones)


def _documents(typed: TypedPerson, cedula: f.Field, passport: f.Field, found: list[Fault]) -> list[Cedula | Passport]:
    """A guardian must have one; what is missing of a patient is judged with the rest."""
    given: list[Cedula | Passport | None] = []
    if typed.cedula.strip():
        given.append(_kept(_in_field(parse_cedula(typed.cedula), cedula), found))
    if typed.passport_number.strip() or typed.passport_country.strip():
        read = parse_passport(typed.passport_country, typed.passport_number)
        given.append(_kept(_in_field(read, passport), found))
    if not given and isinstance(typed, TypedGuardian):
        found.append(Fault(cedula, "missing"))
    return [document for document in given if document]


def _minor(registration: Registration, guardian: Guardian | None, found: list[Fault]) -> Iterable[Identifier]:
    if registration.ordinal is None or guardian is None:
        return []
    minor = _kept(minor_of(guardian.identifier, registration.ordinal), found)
    return [minor] if minor else []


def _typed_guardian(guardian: Guardian) -> TypedGuardian:
    phones = tuple(phone.e164 for phone in guardian.phones)
    documents = _typed_documents((guardian.identifier,))
    return TypedGuardian(name=guardian.name, relation=guardian.relation, phones=phones, **documents)


def _typed_documents(identifiers: Iterable[Identifier]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for identifier in identifiers:
        match identifier:
            case Cedula():
                found.setdefault("cedula", str(identifier))
            case Passport():
                found.setdefault("passport_country", identifier.country)
                found.setdefault("passport_number", identifier.number)
    return found


def _phones(typed: Iterable[str], field: Literal["phone", "guardian_phone"], found: list[Fault]) -> tuple[Phone, ...]:
    """Without blanks and repetitions, in their order."""
    read = (_kept(_in_field(parse_phone(text), field), found) for text in typed if text.strip())
    return tuple(dict.fromkeys(phone for phone in read if phone))


def _in_field(value: _Value | Fault, field: f.Field) -> _Value | Fault:
    return Fault(field, value.code) if isinstance(value, Fault) else value


def _kept(value: _Value | Fault, found: list[Fault]) -> _Value | None:
    """The value, or None after its fault was noted."""
    if isinstance(value, Fault):
        found.append(value)
        return None
    return value
