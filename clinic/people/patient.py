"""What is known of a patient, and the pure rules for taking it in: FHIR R4 Patient, as far as consultations go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from clinic.people.faults import Fault
from clinic.people.identifiers import Cedula, Identifier, Minor, Passport
from clinic.people.phones import Phone

FULL_AGE: Final = 18
"""Years. Código Civil of Venezuela, article 18."""

MAX_AGE: Final = 125
MAX_IDENTIFIERS: Final = 5
MAX_PHONES: Final = 5

Sex = Literal["male", "female", "other", "unknown"]
"""FHIR administrative-gender."""

Language = Literal["es", "en"]

Relation = Literal["MTH", "FTH", "GRPRN", "SIB", "EXT", "GUARD"]
"""Of a guardian, as in HL7 v3 RoleCode: mother, father, grandparent, sibling, other family, by law."""


@dataclass(frozen=True)
class Guardian:
    """Who decides for a patient that cannot: of a minor, or of an adult in need."""

    name: str
    identifier: Cedula | Passport
    relation: Relation
    phones: tuple[Phone, ...] = ()


@dataclass(frozen=True)
class Demographics:
    """A person as described, with no id of ours: every text is normalised already."""

    name: str
    birth_date: date
    sex: Sex
    identifiers: tuple[Identifier, ...]
    phones: tuple[Phone, ...] = ()
    guardian: Guardian | None = None
    language: Language = "es"

    def age_on(self, day: date) -> int:
        """Whole years; who was born on 29 February has the birthday on 1 March of other years."""
        before_birthday = (day.month, day.day) < (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - before_birthday

    def is_minor_on(self, day: date) -> bool:
        return self.age_on(day) < FULL_AGE

    @property
    def reachable_at(self) -> tuple[Phone, ...]:
        """Whom to write to, best first: a patient's own phones, then the guardian's."""
        return self.phones + (self.guardian.phones if self.guardian else ())


@dataclass(frozen=True)
class Patient:
    """A patient of this clinic. `version` counts from 1; a correction names the one that it was made from."""

    id: str
    version: int
    demographics: Demographics


def faults_of(person: Demographics, today: date) -> tuple[Fault, ...]:
    """What keeps this from being taken in or corrected; `today` in the clinic's time zone."""
    return (*_birth_date_faults(person, today), *_identifier_faults(person), *_guardian_faults(person, today))


def newcomer_faults(person: Demographics, today: date) -> tuple[Fault, ...]:
    """The same for a new patient: an adult brings a document. Who came of age here may bring it later."""
    if _only_by_guardian(person) and not person.is_minor_on(today):
        return (*faults_of(person, today), Fault("identifiers", "of-age"))
    return faults_of(person, today)


def _birth_date_faults(person: Demographics, today: date) -> tuple[Fault, ...]:
    if person.birth_date > today:
        return (Fault("birth_date", "in-the-future"),)
    return (Fault("birth_date", "too-long-ago"),) if person.age_on(today) > MAX_AGE else ()


def _identifier_faults(person: Demographics) -> tuple[Fault, ...]:
    if not person.identifiers:
        return (Fault("identifiers", "missing"),)
    if len(person.identifiers) > MAX_IDENTIFIERS:
        return (Fault("identifiers", "too-many"),)
    if len(set(person.identifiers)) < len(person.identifiers):
        return (Fault("identifiers", "repeated"),)
    return (Fault("phone", "too-many"),) if len(person.phones) > MAX_PHONES else ()


def _guardian_faults(person: Demographics, today: date) -> tuple[Fault, ...]:
    minors = [identifier for identifier in person.identifiers if isinstance(identifier, Minor)]
    if person.guardian is None:
        return (Fault("guardian", "missing"),) if minors or person.is_minor_on(today) else ()
    if any(minor.guardian != person.guardian.identifier for minor in minors):
        return (Fault("minor", "not-theirs"),)
    if person.guardian.identifier in person.identifiers:
        return (Fault("guardian_cedula", "repeated"),)
    return (Fault("guardian_phone", "too-many"),) if len(person.guardian.phones) > MAX_PHONES else ()


def _only_by_guardian(person: Demographics) -> bool:
    return bool(person.identifiers) and all(isinstance(identifier, Minor) for identifier in person.identifiers)
