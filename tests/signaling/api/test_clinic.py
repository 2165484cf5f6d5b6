"""The clinic's profile, its consent text and its questions, as an administrator edits them."""

from __future__ import annotations

from typing import Any

import pytest
from api_under_test import Api

from clinic.intake.triage_default import DEFAULT

PROFILE = "/api/v1/clinic/profile"
TEXTS = "/api/v1/consent-texts"
TRIAGE = "/api/v1/questionnaires/triage"


async def test_a_new_clinic_is_called_as_its_settings_say(api: Api) -> None:
    assert (await api.stranger.ask("GET", "/api/v1/clinic"))["name"] == "Clínica Hilo"
    shown = await api.staff["administrator"].ask("GET", PROFILE)
    assert (shown["version"], shown["time_zone"]) == (0, "America/Caracas")


async def test_a_published_profile_heads_the_pages(api: Api) -> None:
    profile = {
        "name": " Clínica  Los Andes",
        "rif": "j 12345678-9",
        "address": "Av. 3, Mérida",
        "second_check": "birth-year",
    }
    answer = await api.staff["administrator"].ask("PUT", PROFILE, {"base": 0, "profile": profile})
    assert (answer["version"], answer["profile"]["rif"]) == (1, "J-12345678-9")
    assert (await api.stranger.ask("GET", "/api/v1/clinic"))["name"] == "Clínica Los Andes"
    newest = await api.office.profiles.newest()
    assert newest.profile.lines == ("RIF J-12345678-9", "Av. 3, Mérida")
    page = await api.clinic.page("patient")
    assert page.welcome.consultation.clinic == "Clínica Los Andes"


@pytest.mark.parametrize(
    ("profile", "field", "code"),
    [
        ({"name": "  "}, "profile.name", "missing"),
        ({"name": "C", "rif": "123"}, "profile.rif", "unreadable"),
        ({"name": "C", "address": "a\u0000b"}, "profile.address", "malformed"),
        ({"name": "C" * 201}, "profile.name", "too-long"),
        ({"name": "C", "second_check": "pet"}, "profile.second_check", "malformed"),
    ],
)
async def test_what_cannot_be_a_profile(api: Api, profile: Any, field: str, code: str) -> None:
    told = await api.staff["administrator"].ask("PUT", PROFILE, {"base": 0, "profile": profile}, status=422)
    assert [(each["field"], each["code"]) for each in told["fields"]] == [(field, code)]


async def test_of_two_who_publish_the_slower_is_told(api: Api) -> None:
    admin = api.staff["administrator"]
    await admin.ask("PUT", PROFILE, {"base": 0, "profile": {"name": "Una"}})
    told = await admin.ask("PUT", PROFILE, {"base": 0, "profile": {"name": "Otra"}}, status=409)
    assert told["code"] == "changed"


async def test_a_consent_text_is_published_and_every_edition_stays(api: Api) -> None:
    admin = api.staff["administrator"]
    first = await admin.ask("GET", f"{TEXTS}/newest")
    items = [{**item, "text": {**item["text"], "es": item["text"]["es"] + " Gracias."}} for item in first["items"]]
    second = await admin.ask("POST", TEXTS, {"base": first["version"], "items": items}, status=201)
    assert second["version"] == first["version"] + 1
    assert second["sha256_es"] != first["sha256_es"]
    assert await admin.ask("GET", f"{TEXTS}/1") == first
    assert await admin.ask("GET", TEXTS) == {"versions": [1, 2]}
    await admin.ask("GET", f"{TEXTS}/3", status=404)
    told = await admin.ask("POST", TEXTS, {"base": 1, "items": items}, status=409)
    assert told["code"] == "changed"


async def test_a_consent_text_that_lacks_something_is_told_where(api: Api) -> None:
    admin = api.staff["administrator"]
    items = (await admin.ask("GET", f"{TEXTS}/newest"))["items"]
    items = [item for item in items if item["id"] != "data"]
    items[0]["text"]["en"] = ""
    told = await admin.ask("POST", TEXTS, {"base": 1, "items": items}, status=422)
    assert {(each["field"], each["code"]) for each in told["fields"]} == {
        ("data", "missing-topic"),
        ("items.0", "empty"),
    }


async def test_questions_are_offered_then_published(api: Api) -> None:
    admin = api.staff["administrator"]
    offered = await admin.ask("GET", TRIAGE)
    assert offered["version"] == 0
    assert offered["questions"] == DEFAULT.model_dump(mode="json", by_alias=True)
    answer = await admin.ask("POST", TRIAGE, {"base": 0, "questions": offered["questions"]}, status=201)
    assert answer["version"] == 1
    questions = {**offered["questions"], "item": [{"linkId": "a", "text": {"es": "¿?", "en": ""}, "type": "choice"}]}
    told = await admin.ask("POST", TRIAGE, {"base": 1, "questions": questions}, status=422)
    assert {each["code"] for each in told["fields"]} == {"triage-empty", "triage-options-missing"}


async def test_how_long_everything_is_kept(api: Api) -> None:
    kept = (await api.staff["administrator"].ask("GET", "/api/v1/clinic/retention"))["kept"]
    assert {each["data_class"]: (each["years"], each["days"]) for each in kept}["chat"] == (0, 90)
