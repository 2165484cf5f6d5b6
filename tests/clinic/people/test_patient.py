"""What may be known of a patient, and who is the same person."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from person import ANA, LUIS, MOTHER, TODAY, ana, luis

from clinic.people.faults import Fault
from clinic.people.identifiers import Cedula, Minor, Passport
from clinic.people.patient import MAX_PHONES, Demographics, Patient, faults_of, newcomer_faults
from clinic.people.phones import Phone
from clinic.people.recognition import Candidate, candidates, next_ordinal

PHONES = tuple(Phone(f"+58412123456{digit}") for digit in range(MAX_PHONES + 1))


def test_an_adult_and_a_minor_are_taken_in() -> None:
    assert newcomer_faults(ANA, TODAY) == ()
    assert newcomer_faults(LUIS, TODAY) == ()


@pytest.mark.parametrize(
    ("person", "fault"),
    [
        (ana(birth_date=TODAY + timedelta(days=1)), Fault("birth_date", "in-the-future")),
        (ana(birth_date=date(1880, 1, 1)), Fault("birth_date", "too-long-ago")),
        (ana(identifiers=()), Fault("identifiers", "missing")),
        (ana(identifiers=(Cedula("V", 1234567),) * 2), Fault("identifiers", "repeated")),
        (ana(identifiers=tuple(Passport("COL", f"{n}12345") for n in range(6))), Fault("identifiers", "too-many")),
        (ana(phones=PHONES), Fault("phone", "too-many")),
        (luis(guardian=None), Fault("guardian", "missing")),
        (luis(identifiers=(Cedula("V", 40123456),), guardian=None), Fault("guardian", "missing")),
        (luis(identifiers=(Minor(Cedula("V", 9999999), 1),)), Fault("minor", "not-theirs")),
        (luis(identifiers=(MOTHER.identifier,)), Fault("guardian_cedula", "repeated")),
        (luis(birth_date=date(2000, 1, 1)), Fault("identifiers", "of-age")),
    ],
)
def test_what_keeps_a_patient_out_is_said(person: Demographics, fault: Fault) -> None:
    assert fault in newcomer_faults(person, TODAY)


def test_who_came_of_age_here_can_still_be_corrected() -> None:
    assert faults_of(luis(birth_date=date(2000, 1, 1)), TODAY) == ()


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2008, 11, 24), TODAY, 18),
        (date(2008, 11, 25), TODAY, 17),
        (date(2020, 2, 29), date(2026, 2, 28), 5),
        (date(2020, 2, 29), date(2026, 3, 1), 6),
        (TODAY, TODAY, 0),
    ],
)
def test_age_counts_whole_years(born: date, day: date, age: int) -> None:
    assert ana(birth_date=born).age_on(day) == age


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 400))
def test_nobody_grows_younger(born: date, days: int) -> None:
    person = ana(birth_date=born)
    assert person.age_on(TODAY + timedelta(days=days)) >= person.age_on(TODAY) >= 0


KNOWN = Patient("known", 1, ANA)


@pytest.mark.parametrize(
    ("person", "found"),
    [
        (ANA, Candidate("known", "identifier", ())),
        (ana(name="Ana Paz"), Candidate("known", "identifier", ())),
        (ana(name="Berta Gil", birth_date=date(1990, 1, 1)), Candidate("known", "identifier", ("name", "birth_date"))),
        (ana(identifiers=(Passport("VEN", "A123456"),)), Candidate("known", "name-and-birth-date", ())),
        (
            ana(identifiers=(Passport("VEN", "A123456"),), name="Anita", phones=ANA.phones),
            Candidate("known", "phone-and-birth-date", ("name",)),
        ),
        (
            ana(identifiers=(Passport("VEN", "A123456"),), birth_date=date(1980, 5, 7)),
            Candidate("known", "phone-and-name", ("birth_date",)),
        ),
        (luis(), None),
        (ana(identifiers=(Cedula("E", 12345678),), name="Berta Gil", birth_date=date(1990, 1, 1)), None),
    ],
)
def test_who_may_be_the_same_person(person: Demographics, found: Candidate | None) -> None:
    assert candidates(person, [KNOWN]) == ((found,) if found else ())


def test_an_identifier_with_another_birth_date_is_not_believed_unasked() -> None:
    typo = ana(birth_date=date(1980, 5, 7))
    assert [candidate.sure for candidate in candidates(typo, [KNOWN])] == [False]
    assert [candidate.sure for candidate in candidates(ANA, [KNOWN])] == [True]


def test_the_surest_candidate_comes_first() -> None:
    likely = Patient("likely", 1, ana(identifiers=(Cedula("V", 7654321),)))
    assert [candidate.patient for candidate in candidates(ANA, [likely, KNOWN])] == ["known", "likely"]


def test_a_guardians_next_child_gets_the_first_free_number() -> None:
    mother = Cedula("V", 12345678)
    children = [Patient(str(n), 1, luis(identifiers=(Minor(mother, n),))) for n in (1, 3)]
    assert next_ordinal(mother, []) == 1
    assert next_ordinal(mother, children) == 2
    assert next_ordinal(Cedula("V", 9999999), children) == 1
