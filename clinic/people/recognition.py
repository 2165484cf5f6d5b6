"""Is this person here already? Pure: whoever looks up says whom it found; this says what that means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from clinic.people.identifiers import Cedula, Minor, Passport
from clinic.people.names import comparable
from clinic.people.patient import Demographics, Patient

Reason = Literal["identifier", "name-and-birth-date", "phone-and-birth-date", "phone-and-name"]
"""From sure to likely. Families share phones, so a phone alone says nothing."""

Difference = Literal["name", "birth_date", "sex"]


@dataclass(frozen=True)
class Candidate:
    """A patient who is, or may be, the same person. `differences`: what a human should look at before believing it."""

    patient: str
    reason: Reason
    differences: tuple[Difference, ...]

    @property
    def sure(self) -> bool:
        """An identifier is one person's. With another birth date somebody mistyped one of the two: ask."""
        return self.reason == "identifier" and "birth_date" not in self.differences


_REASONS: Final[tuple[Reason, ...]] = ("identifier", "name-and-birth-date", "phone-and-birth-date", "phone-and-name")


def candidates(person: Demographics, known: Iterable[Patient]) -> tuple[Candidate, ...]:
    """Who of `known` is or may be this person, the surest first."""
    found = [candidate for patient in known if (candidate := _candidate(person, patient))]
    return tuple(sorted(found, key=lambda candidate: (_REASONS.index(candidate.reason), candidate.differences)))


def differences(one: Demographics, other: Demographics) -> tuple[Difference, ...]:
    """In which of what seldom changes the two differ. An unknown sex differs from none."""
    sexes = {one.sex, other.sex} - {"unknown"}
    found: list[tuple[Difference, bool]] = [
        ("name", not _similar(one.name, other.name)),
        ("birth_date", one.birth_date != other.birth_date),
        ("sex", len(sexes) > 1),
    ]
    return tuple(field for field, differs in found if differs)


def next_ordinal(guardian: Cedula | Passport, children: Iterable[Patient]) -> int:
    """The first number that no child of this guardian has."""
    taken = {
        identifier.ordinal
        for child in children
        for identifier in child.demographics.identifiers
        if isinstance(identifier, Minor) and identifier.guardian == guardian
    }
    return next(ordinal for ordinal in range(1, len(taken) + 2) if ordinal not in taken)


def _candidate(person: Demographics, patient: Patient) -> Candidate | None:
    differing = differences(person, patient.demographics)
    reason = _reason(person, patient.demographics, differing)
    return Candidate(patient.id, reason, differing) if reason else None


def _reason(person: Demographics, known: Demographics, differing: tuple[Difference, ...]) -> Reason | None:
    same_name, same_birth_date = "name" not in differing, "birth_date" not in differing
    shared_phone = bool(set(person.reachable_at) & set(known.reachable_at))
    if set(person.identifiers) & set(known.identifiers):
        return "identifier"
    if same_name and same_birth_date:
        return "name-and-birth-date"
    if shared_phone and same_birth_date:
        return "phone-and-birth-date"
    return "phone-and-name" if shared_phone and same_name else None


def _similar(one: str, other: str) -> bool:
    """The same words, or all of the shorter name in the longer: "Ana Paz" and "Ana María Paz Rojas"."""
    shorter, longer = sorted((set(comparable(one).split()), set(comparable(other).split())), key=len)
    return shorter == longer or (len(shorter) > 1 and shorter <= longer)
