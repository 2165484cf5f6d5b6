"""The clinic's questions before a visit, as the patient's page asks and saves them."""

from __future__ import annotations

from typing import Any

from api_under_test import Api
from visit import book

from clinic.commands import Cancel
from clinic.intake.questionnaires import BEFORE_VISIT
from clinic.intake.triage_default import DEFAULT
from clinic.people.request import Request

PATH = "/api/v1/visit/triage"
ALL = {
    "reason": {"valueString": "Tos"}, "breath": {"valueBoolean": False}, "chest": {"valueBoolean": False},
    "conscious": {"valueBoolean": False}, "allergy": {"valueBoolean": False},
}  # fmt: skip


async def asking(api: Api, companions: tuple[str, ...] = ()) -> None:
    """A visit of a clinic that asks something."""
    request = Request("publish", "admin", "administrator", api.office.now())
    assert await api.office.questionnaires.publish(BEFORE_VISIT, DEFAULT, 0, request)
    await book(api.clinic, companions=companions)


async def ask(
    api: Api, method: str, body: object = None, *, who: str = "patient", status: int = 200, **more: str
) -> Any:
    headers = {"Authorization": f"Join {api.clinic.tokens[who]}", **more}
    return await api.stranger.ask(method, PATH, body, status=status, headers=headers)


def answers(given: dict[str, dict[str, Any]], *, complete: bool = False) -> dict[str, Any]:
    return {"item": [{"linkId": link, "answer": [value]} for link, value in given.items()], "complete": complete}


async def test_a_clinic_that_asks_nothing(api: Api) -> None:
    await book(api.clinic)
    assert (await ask(api, "GET"))["questions"] == []
    assert (await ask(api, "PUT", answers({"a": {"valueString": "b"}}), status=404))["code"] == "no-questions"


async def test_questions_in_the_pages_language(api: Api) -> None:
    await asking(api)
    shown = await ask(api, "GET", **{"Accept-Language": "en"})
    assert shown["title"] == "Before your consultation"
    assert shown["questions"][0]["text"] == "What is the matter?"
    assert "fever-days" not in shown["asked"]
    assert shown["missing"] == ["reason", "breath", "chest", "conscious", "allergy"]
    assert (shown["status"], shown["urgent"], shown["answers"]) == ("in-progress", False, {})


async def test_saved_while_typing_and_there_again_after_a_reload(api: Api) -> None:
    await asking(api)
    state = await ask(api, "PUT", answers({"reason": {"valueString": "To"}, "fever": {"valueBoolean": True}}))
    assert "fever-days" in state["asked"]
    await ask(api, "PUT", answers({"reason": {"valueString": "Tos"}, "since": {"valueDate": "2026-11-20"}}))
    shown = await ask(api, "GET")
    assert shown["answers"] == {"reason": ["Tos"], "fever": [True], "since": ["2026-11-20"]}
    await ask(api, "PUT", {"item": [{"linkId": "fever", "answer": []}]})
    assert "fever" not in (await ask(api, "GET"))["answers"]


async def test_complete_only_when_nothing_is_missing(api: Api) -> None:
    await asking(api)
    state = await ask(api, "PUT", answers({"reason": {"valueString": "Tos"}}, complete=True))
    assert state["status"] == "in-progress"
    assert state["missing"] == ["breath", "chest", "conscious", "allergy"]
    state = await ask(api, "PUT", answers(ALL, complete=True))
    assert (state["status"], state["missing"]) == ("completed", [])


async def test_an_urgent_answer_is_told_at_once(api: Api) -> None:
    await asking(api)
    assert (await ask(api, "PUT", answers({"chest": {"valueBoolean": True}})))["urgent"]


async def test_a_retry_under_its_key_changes_nothing(api: Api) -> None:
    await asking(api)
    for _ in range(2):
        await ask(api, "PUT", answers({"reason": {"valueString": "Tos"}}), **{"Idempotency-Key": "the-same"})
    assert (await api.office.triage.load(api.clinic.consultation)).revision == 2


async def test_what_is_no_answer_is_refused_by_question(api: Api) -> None:
    await asking(api)
    fault = await ask(api, "PUT", answers({"chest": {"valueString": "sí"}}), status=422)
    assert [(each["field"], each["code"]) for each in fault["fields"]] == [("chest", "wrong-type")]


async def test_only_the_patients_seat_and_only_until_the_end(api: Api) -> None:
    await asking(api, companions=("Pedro Paz",))
    assert (await ask(api, "GET", who="companion", status=403))["code"] == "not-the-patient"
    assert (await ask(api, "GET", who="physician", status=403))["code"] == "not-the-patient"
    await ask(api, "PUT", answers({"reason": {"valueString": "Tos"}}))
    await api.office.store.execute(api.clinic.consultation, Cancel("cancel"), api.office.now())
    assert (await ask(api, "PUT", answers({"reason": {"valueString": "x"}}), status=409))["code"] == "triage-closed"
