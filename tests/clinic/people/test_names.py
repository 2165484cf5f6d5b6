"""Names in any script, with what people paste around them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.people.faults import Fault
from clinic.people.names import MAX_NAME, comparable, parse_name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("  Ana   María\tPaz\n", "Ana María Paz"),
        ("Jose\u0301 Nu\u0301n\u0303ez", "José Núñez"),
        ("María 👩‍⚕️❤️ Gómez", "María 👩‍⚕️❤️ Gómez"),
        ("ليلى حداد", "ليلى حداد"),
        ("Ana \u202eziR\u202c Paz", "Ana ziR Paz"),
        ("\u2068Ana\u2069\u200e \ufeffPaz\x00\x1b", "Ana Paz"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("O'Brien-D’Ávila, Jr.", "O'Brien-D’Ávila, Jr."),
        ("李", "李"),
    ],
)
def test_a_name_keeps_what_can_be_seen(typed: str, name: str) -> None:
    assert parse_name(typed) == name


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "missing"),
        ("\u202e\u200b ", "missing"),
        ("😀👍", "no-letter"),
        ("12345", "no-letter"),
        ("A" * (MAX_NAME + 1), "too-long"),
        ("A" * 100_000, "too-long"),
        ("Z" + "\u0300\u0301\u0302\u0303\u0304" + "algo", "stacked-marks"),
        ("Ana \ud800", "unreadable"),
    ],
)
def test_what_is_wrong_with_a_name_is_said(typed: str, code: str) -> None:
    assert parse_name(typed) == Fault("name", code)  # type: ignore[arg-type]


@given(st.text(max_size=80))
def test_a_name_is_stable_and_has_nothing_hidden(typed: str) -> None:
    name = parse_name(typed)
    if isinstance(name, Fault):
        return
    assert parse_name(name) == name
    assert unicodedata.is_normalized("NFC", name)
    assert not {unicodedata.category(character) for character in name} & {"Cc", "Cs", "Co", "Zl", "Zp"}
    assert not set(name) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def test_names_are_compared_without_accents_case_and_order() -> None:
    assert comparable("NÚÑEZ, José") == comparable("jose nunez")
    assert comparable("Ana Paz") != comparable("Ana Pas")
