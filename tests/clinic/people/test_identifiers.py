"""Cédulas, passports and children without either, in every spelling that people use."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.people.countries import ALPHA2, alpha3
from clinic.people.faults import Fault
from clinic.people.identifiers import (
    MAX_ORDINAL,
    Cedula,
    Minor,
    Passport,
    minor_of,
    parse_cedula,
    parse_passport,
)

SPELLINGS = [
    "V-12345678",
    "v-12345678",
    "V12345678",
    "v 12345678",
    "V.12345678",
    "V-12.345.678",
    "V12.345.678",
    "v. 12.345.678",
    "  V - 12 345 678 ",
    "Ｖ－１２３４５６７８",
    "V\u2013\u200e12.345.678\u00a0",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_cedula_in_eleven_spellings_is_one(spelling: str) -> None:
    assert parse_cedula(spelling) == Cedula("V", 12345678)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "missing"),
        ("   ", "missing"),
        ("12345678", "nationality-missing"),
        ("J-12345678", "nationality-unknown"),
        ("P12345678", "nationality-unknown"),
        ("V-01234567", "leading-zero"),
        ("V-12345", "too-short"),
        ("V-1234567890", "too-long"),
        ("V-12.345.678-9", "looks-like-rif"),
        ("V-1234.5678", "not-digits"),
        ("V-12,345,678", "not-digits"),
        ("V-١٢٣٤٥٦٧٨", "not-digits"),
        ("Ana Paz", "not-digits"),
        ("V" + "1" * 1000, "too-long"),
    ],
)
def test_what_is_wrong_with_a_cedula_is_said(typed: str, code: str) -> None:
    fault = parse_cedula(typed)
    assert isinstance(fault, Fault)
    assert (fault.field, fault.code) == ("cedula", code)


cedulas = st.builds(Cedula, st.sampled_from(["V", "E"]), st.integers(100_000, 999_999_999))


@given(cedulas)
def test_key_and_display_of_a_cedula_read_back_as_the_same(cedula: Cedula) -> None:
    assert parse_cedula(cedula.key) == cedula
    assert parse_cedula(str(cedula)) == cedula
    assert parse_cedula(cedula.key.lower().replace("-", " ")) == cedula


@given(cedulas, cedulas)
def test_two_cedulas_have_two_keys(one: Cedula, other: Cedula) -> None:
    assert (one.key == other.key) == (one == other)


@given(st.text(max_size=200))
def test_nothing_typed_makes_the_parsers_fail(typed: str) -> None:
    assert isinstance(parse_cedula(typed), Cedula | Fault)
    assert isinstance(parse_passport("VE", typed), Passport | Fault)
    assert isinstance(parse_passport(typed, "123456789"), Passport | Fault)


@pytest.mark.parametrize("country", ["VE", "ve", "VEN", " ven "])
def test_a_passport_is_its_country_and_number(country: str) -> None:
    assert parse_passport(country, " 123-456 789 ") == Passport("VEN", "123456789")


@pytest.mark.parametrize(
    ("country", "number", "code"),
    [
        ("", "123456789", "country-missing"),
        ("XX", "123456789", "country-unknown"),
        ("COL", "", "missing"),
        ("COL", "A123", "too-short"),
        ("COL", "A" + "1" * 15, "too-long"),
        ("COL", "ABCDEFG", "no-digit"),
        ("COL", "AB_12345", "unreadable"),
    ],
)
def test_what_is_wrong_with_a_passport_is_said(country: str, number: str, code: str) -> None:
    assert parse_passport(country, number) == Fault("passport", code)  # type: ignore[arg-type]


@given(st.sampled_from(sorted(ALPHA2)))
def test_every_country_has_two_codes_that_mean_the_same(country: str) -> None:
    assert alpha3(ALPHA2[country]) == alpha3(country.lower()) == country


def test_a_child_is_the_guardians_document_and_an_ordinal() -> None:
    child = minor_of(Cedula("V", 12345678), 2)
    assert isinstance(child, Minor)
    assert child.key == "V-12345678/2"
    assert str(child) == "V-12.345.678 / 2"


@pytest.mark.parametrize(("ordinal", "code"), [(0, "too-short"), (-1, "too-short"), (MAX_ORDINAL + 1, "too-many")])
def test_an_ordinal_counts_from_one(ordinal: int, code: str) -> None:
    assert minor_of(Cedula("V", 12345678), ordinal) == Fault("minor", code)  # type: ignore[arg-type]
