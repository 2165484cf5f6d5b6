"""Patients over HTTP: taking in, recognising, finding, correcting."""

from __future__ import annotations

import pytest
from api_under_test import Api
from booking_desk import ANA, ana

SPELLINGS = (
    "V-12345678", "V-12.345.678", "v12345678", "V 12.345.678", "v-12 345 678", "V.12345678", " V12.345.678 ",
    "V–12345678", "V−12.345.678", "Ｖ１２３４５６７８", "V\u00a012.345.678",
)  # fmt: skip


async def test_a_cedula_in_eleven_spellings_is_one_patient(api: Api) -> None:
    person = api.staff["coordinator"]
    first = await ana(person)
    for spelling in SPELLINGS:
        told = await person.ask("POST", "/api/v1/patients", {**ANA, "cedula": spelling}, status=409)
        assert (told["code"], told["more"]) == ("patient-known", {"patient": first})
        found = await person.ask("POST", "/api/v1/patients/find", {"text": spelling})
        assert [(each["id"], each["document"]) for each in found["patients"]] == [(first, "V-12.345.678")]


async def test_a_name_with_emoji_and_right_to_left_letters_comes_back_whole(api: Api) -> None:
    person = api.staff["coordinator"]
    name = "مريم 🌺 Ana Núñez"
    patient = await ana(person, name=f"  {name}\u202e\u200b ")
    assert (await person.ask("GET", f"/api/v1/patients/{patient}"))["name"] == name
    for typed in ("مريم", "nunez"):
        found = await person.ask("POST", "/api/v1/patients/find", {"text": typed})
        assert [each["name"] for each in found["patients"]] == [name]
    wrong = await person.ask("POST", "/api/v1/patients", {**ANA, "name": "🌺🌺"}, status=422)
    assert [(each["field"], each["code"]) for each in wrong["fields"]] == [("name", "no-letter")]


async def test_who_is_alike_is_looked_at_before_another_is_made(api: Api) -> None:
    person = api.staff["coordinator"]
    first = await ana(person)
    other = {**ANA, "cedula": "V-9.876.543"}
    told = await person.ask("POST", "/api/v1/patients", other, status=409)
    assert (told["code"], told["more"]) == ("patient-alike", {"patients": first})
    seen = await person.ask("POST", "/api/v1/patients/recognise", other)
    assert [(each["patient"]["id"], each["reason"], each["sure"]) for each in seen["alike"]] == [
        (first, "name-and-birth-date", False)
    ]
    made = await person.ask("POST", "/api/v1/patients", {**other, "not_these": [first]}, status=201)
    assert made["id"] != first


async def test_a_known_document_with_another_birth_date_is_not_sure(api: Api) -> None:
    person = api.staff["coordinator"]
    await ana(person)
    seen = await person.ask("POST", "/api/v1/patients/recognise", {**ANA, "birth_date": "17/05/1981"})
    assert [(each["sure"], each["differences"]) for each in seen["alike"]] == [(False, ["birth_date"])]


async def test_a_lost_answer_is_given_again_and_a_key_is_for_one_request(api: Api) -> None:
    person = api.staff["coordinator"]
    key = {"Idempotency-Key": "once"}
    made = [await person.ask("POST", "/api/v1/patients", ANA, status=201, headers=key) for _ in range(2)]
    assert made[0]["id"] == made[1]["id"]
    other = {**ANA, "name": "Eva Díaz", "cedula": "V-9.876.543", "birth_date": "1/1/1970"}
    told = await person.ask("POST", "/api/v1/patients", other, status=422, headers=key)
    assert told["code"] == "idempotency-key-reused"
    await person.ask("POST", "/api/v1/patients", other, status=400, headers={"Idempotency-Key": ""})
    await api.staff["physician"].ask("POST", "/api/v1/patients", other, status=201, headers=key)


async def test_a_minor_comes_through_the_guardian(api: Api) -> None:
    person = api.staff["coordinator"]
    child = {
        "name": "Luis Paz", "birth_date": "2020-02-29", "ordinal": 1,
        "guardian": {"name": "Ana Paz", "cedula": "V-12345678", "relation": "MTH", "phones": ["+57 310 5551234"]},
    }  # fmt: skip
    alone = await person.ask("POST", "/api/v1/patients", {**child, "guardian": None}, status=422)
    assert {each["field"] for each in alone["fields"]} >= {"identifiers"}
    made = await person.ask("POST", "/api/v1/patients", child, status=201)
    assert (made["minor"], made["guardian"], made["document"]) == (True, "Ana Paz", "V-12.345.678 / 1")
    assert made["phones"] == [{"e164": "+573105551234", "text": "+57 310 5551234", "mobile": True}]
    for typed in ("V12345678", "+573105551234", "Ana P"):
        found = await person.ask("POST", "/api/v1/patients/find", {"text": typed})
        assert [each["id"] for each in found["patients"]] == [made["id"]], typed


async def test_a_correction_counts_for_the_version_that_was_seen(api: Api) -> None:
    person = api.staff["coordinator"]
    patient = await ana(person)
    sheet = await person.ask("GET", f"/api/v1/patients/{patient}")
    changed = {**sheet["registration"], "phones": ["+34 612 345 678"], "version": sheet["version"]}
    after = await person.ask("PUT", f"/api/v1/patients/{patient}", changed)
    assert (after["version"], after["phones"][0]["e164"]) == (2, "+34612345678")
    told = await person.ask("PUT", f"/api/v1/patients/{patient}", {**changed, "name": "Otra Ana"}, status=409)
    assert (told["code"], told["more"]) == ("changed", {"version": "2"})


async def test_everything_wrong_is_told_at_once_in_words(api: Api) -> None:
    wrong = {"name": "", "cedula": "12345678", "birth_date": "31/02/1980", "phones": ["0499-1234567"]}
    told = await api.staff["coordinator"].ask("POST", "/api/v1/patients", wrong, status=422)
    assert {(each["field"], each["code"]) for each in told["fields"]} == {
        ("name", "missing"),
        ("cedula", "nationality-missing"),
        ("birth_date", "not-a-date"),
        ("phone", "no-such-prefix"),
    }
    assert all(each["message"] for each in told["fields"])


@pytest.mark.parametrize("typed", ["", "V-12", "+58 499 1234567"])
async def test_a_search_that_means_nothing_is_told(api: Api, typed: str) -> None:
    told = await api.staff["coordinator"].ask("POST", "/api/v1/patients/find", {"text": typed}, status=422)
    assert told["fields"][0]["message"]


async def test_looking_somebody_up_is_in_the_audit(api: Api) -> None:
    person = api.staff["coordinator"]
    patient = await ana(person)
    await person.ask("POST", "/api/v1/patients/find", {"text": "V12345678"})
    await person.ask("GET", f"/api/v1/patients/{patient}")
    page = await api.office.audit.page(patient=patient, action="read")
    assert [entry.fields["facts"] for entry in page.entries] == ["demographics", "demographics"]


async def test_nobody_there(api: Api) -> None:
    person = api.staff["coordinator"]
    await person.ask("GET", "/api/v1/patients/clinic", status=404)
    await person.ask("PUT", "/api/v1/patients/0000", {**ANA, "version": 1}, status=404)
