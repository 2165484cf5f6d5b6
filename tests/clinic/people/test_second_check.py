"""The question before a join link opens a seat."""

from __future__ import annotations

import pytest
from person import ANA, LUIS, ana

from clinic.people.identifiers import Passport
from clinic.people.patient import Demographics
from clinic.people.second_check import MAX_TRIES, Question, Tries, answer, expected

FOREIGNER = ana(identifiers=(Passport("COL", "AR12345X"),))


@pytest.mark.parametrize(
    ("question", "person", "right"),
    [
        ("birth-year", ANA, "1980"),
        ("last-digits", ANA, "678"),
        ("last-digits", LUIS, "678"),
        ("last-digits", FOREIGNER, "45X"),
    ],
)
def test_the_right_answer_passes(question: Question, person: Demographics, right: str) -> None:
    assert expected(question, person) == right
    assert answer(question, person, f" {right.lower()} ", Tries()) == ("passed", Tries())


@pytest.mark.parametrize("typed", ["", "ochenta", "80", "19800", "1 9 8", "١٩٨٠"])
def test_an_answer_of_the_wrong_shape_costs_no_try(typed: str) -> None:
    assert answer("birth-year", ANA, typed, Tries(2)) == ("malformed", Tries(2))


def test_the_last_wrong_answer_ends_it_even_for_the_right_one() -> None:
    tries = Tries()
    for _ in range(MAX_TRIES - 1):
        verdict, tries = answer("birth-year", ANA, "1981", tries)
        assert verdict == "wrong"
    verdict, tries = answer("birth-year", ANA, "1981", tries)
    assert (verdict, tries.left) == ("exhausted", 0)
    assert answer("birth-year", ANA, "1980", tries) == ("exhausted", tries)
