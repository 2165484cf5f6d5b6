"""From what somebody typed to a patient, or to all that is wrong with it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from person import ANA, LUIS, TODAY
from pydantic import ValidationError

from clinic.people.faults import Fault
from clinic.people.patient import Demographics
from clinic.people.registration import Registration, parse_birth_date, read

TYPED_ANA: dict[str, Any] = {
    "name": " Ana  María Paz ",
    "cedula": "v 12.345.678",
    "phones": ["0412 1234567", "", "+58 412 1234567"],
    "birth_date": "17/05/1980",
    "sex": "female",
}
TYPED_LUIS: dict[str, Any] = {
    "name": "Luis Paz",
    "birth_date": "2020-02-29",
    "sex": "male",
    "ordinal": 1,
    "guardian": {"name": "Ana María Paz", "cedula": "V12345678", "phones": ["0412-1234567"], "relation": "MTH"},
}


def read_typed(**typed: Any) -> Demographics | tuple[Fault, ...]:
    return read(Registration.model_validate(typed), TODAY)


def test_a_form_becomes_a_patient() -> None:
    assert read_typed(**TYPED_ANA) == ANA
    assert read_typed(**TYPED_LUIS) == LUIS


def test_everything_wrong_is_said_at_once() -> None:
    found = read_typed(name="😀", cedula="12345678", birth_date="31/02/1980", phones=["0499-1234567"])
    assert found == (
        Fault("name", "no-letter"),
        Fault("birth_date", "not-a-date"),
        Fault("cedula", "nationality-missing"),
        Fault("phone", "no-such-prefix"),
    )


def test_a_guardians_faults_are_told_from_the_patients() -> None:
    guardian = {"name": "", "phones": ["1"]}
    assert read_typed(**TYPED_LUIS | {"guardian": guardian}) == (
        Fault("guardian_name", "missing"),
        Fault("guardian_cedula", "missing"),
        Fault("guardian_phone", "not-a-phone"),
    )


def test_a_person_without_any_document_is_told_so() -> None:
    assert read_typed(**TYPED_ANA | {"cedula": ""}) == (Fault("identifiers", "missing"),)


def test_a_foreigner_comes_with_a_passport() -> None:
    read_one = read_typed(**TYPED_ANA | {"cedula": "", "passport_country": "CO", "passport_number": "AR 123456"})
    assert isinstance(read_one, Demographics)
    assert [identifier.key for identifier in read_one.identifiers] == ["COL-AR123456"]


def test_a_field_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValidationError):
        Registration.model_validate(TYPED_ANA | {"diagnosis": "x"})


@pytest.mark.parametrize(
    ("typed", "born"),
    [
        ("1980-05-17", date(1980, 5, 17)),
        ("17/05/1980", date(1980, 5, 17)),
        (" 7-5-1980 ", date(1980, 5, 7)),
        ("05/17/1980", Fault("birth_date", "not-a-date")),
        ("17/05/80", Fault("birth_date", "not-a-date")),
        ("0000-01-01", Fault("birth_date", "not-a-date")),
        ("", Fault("birth_date", "missing")),
    ],
)
def test_dates_are_read_day_first_or_iso(typed: str, born: date | Fault) -> None:
    assert parse_birth_date(typed) == born


@given(st.dates(date(1900, 1, 1), TODAY))
def test_both_spellings_of_a_date_are_one(day: date) -> None:
    assert parse_birth_date(day.isoformat()) == parse_birth_date(f"{day:%d/%m/%Y}") == day
