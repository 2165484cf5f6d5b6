"""Phones of the country and of those who left it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.people.faults import Fault
from clinic.people.phones import Phone, parse_phone


@pytest.mark.parametrize(
    "typed",
    ["0412-1234567", "0412 123 45 67", "+58 412 1234567", "58412-1234567", "0058 412 1234567", "+580412 1234567"],
)
def test_a_venezuelan_phone_in_any_spelling_is_one(typed: str) -> None:
    assert parse_phone(typed) == Phone("+584121234567")


@pytest.mark.parametrize(
    ("typed", "e164", "shown"),
    [
        ("0412 1234567", "+584121234567", "0412-1234567"),
        ("+57 300 1234567", "+573001234567", "+57 300 1234567"),
        ("+1 (415) 555-2671", "+14155552671", "+1 415-555-2671"),
        ("+34 612 34 56 78", "+34612345678", "+34 612 34 56 78"),
    ],
)
def test_phones_abroad_keep_their_country_when_shown(typed: str, e164: str, shown: str) -> None:
    phone = parse_phone(typed)
    assert isinstance(phone, Phone)
    assert (phone.e164, str(phone)) == (e164, shown)
    assert phone.mobile


def test_a_landline_is_a_phone_without_whatsapp() -> None:
    phone = parse_phone("0212-5551234")
    assert isinstance(phone, Phone)
    assert not phone.mobile


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (" ", "missing"),
        ("0412-123", "too-short"),
        ("0412-12345678901", "too-long"),
        ("0499-1234567", "no-such-prefix"),
        ("+999 1234567", "country-unknown"),
        ("0212-5551234 ext 5", "extension"),
        ("llamar a Ana", "not-a-phone"),
        ("0" * 41, "too-long"),
    ],
)
def test_what_is_wrong_with_a_phone_is_said(typed: str, code: str) -> None:
    assert parse_phone(typed) == Fault("phone", code)  # type: ignore[arg-type]


@given(st.sampled_from(["412", "414", "416", "422", "424", "426"]), st.integers(0, 9_999_999))
def test_e164_and_display_read_back_as_the_same(prefix: str, number: int) -> None:
    phone = parse_phone(f"0{prefix}-{number:07}")
    assert isinstance(phone, Phone)
    assert parse_phone(phone.e164) == parse_phone(str(phone)) == phone


@given(st.text(max_size=60))
def test_nothing_typed_makes_the_parser_fail(typed: str) -> None:
    assert isinstance(parse_phone(typed), Phone | Fault)
