"""What a patient's page does beside the call: the second check, questions, the line, what was prescribed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Request

from tests.web.scene import PHONE, Json, Scene, Theatre, seat, theatre

WAITING = {"admitted": False, "present": False}
QUESTIONS: list[tuple[str, str, bool]] = [
    ("reason", "string", True),
    ("chest", "boolean", True),
    ("days", "integer", False),
]
SUMMARY = {
    "number": 1, "signed_at": "2026-11-23T15:05:00-04:00", "signed_by": "Dra. Carmen Rojas",
    "sections": [{"heading": "Récipe", "entries": [["Paracetamol 500 mg", "1 tableta cada 8 h"]]}],
}  # fmt: skip


class Clinic:
    """The answers to one visit's questions, as the server keeps them."""

    def __init__(self) -> None:
        self.answers: Json = {}
        self.keys: list[str] = []
        self.completed = False
        self.away = False

    def __call__(self, request: Request) -> Any:
        if self.away:
            return None
        if request.method == "PUT":
            self.keys.append(request.headers["idempotency-key"])
            body = json.loads(request.post_data or "{}")
            for item in body["item"]:
                self.answers[item["linkId"]] = [value for each in item["answer"] for value in each.values()]
            missing = [id for id, _, required in QUESTIONS if required and not self.answers.get(id)]
            self.completed = body["complete"] and not missing
            return self.state() | {"missing": missing}
        questions = [
            {"id": id, "type": kind, "text": f"Pregunta {id}", "required": required, "repeats": False,
             "max_length": None, "options": []}
            for id, kind, required in QUESTIONS
        ]  # fmt: skip
        return self.state() | {"title": "Antes de su consulta", "questions": questions, "answers": self.answers}

    def state(self) -> Json:
        asked = ["reason", "chest", *(["days"] if self.answers.get("chest") == [True] else [])]
        urgent = self.answers.get("chest") == [True]
        return {
            "status": "completed" if self.completed else "in-progress",
            "asked": asked,
            "missing": [],
            "urgent": urgent,
        }


@pytest.fixture
async def stage() -> AsyncIterator[Theatre]:
    async with theatre() as stage:
        yield stage


@pytest.fixture
def office() -> Clinic:
    return Clinic()


async def waiting(stage: Theatre, **visit: Any) -> Scene:
    scene = await stage.scene("patient", PHONE, [seat("patient", **WAITING), seat("physician")], visit=visit)
    await scene.until("state", "waiting")
    return scene


async def kept(scene: Scene, office: Clinic, **answers: list[object]) -> None:
    """The server has these."""
    while any(office.answers.get(id) != given for id, given in answers.items()):
        await scene.page.wait_for_timeout(20)


async def test_answers_are_saved_while_typing_and_there_after_a_reload(stage: Theatre, office: Clinic) -> None:
    scene = await waiting(stage, triage=office)
    await scene.page.get_by_label("Pregunta reason").fill("Tos")
    await kept(scene, office, reason=["Tos"])
    await scene.page.reload()
    assert await scene.page.get_by_label("Pregunta reason").input_value() == "Tos"


async def test_an_urgent_answer_is_said_plainly_and_opens_what_follows(stage: Theatre, office: Clinic) -> None:
    scene = await waiting(stage, triage=office)
    assert await scene.page.get_by_label("Pregunta days").is_hidden()
    await scene.page.get_by_role("radio", name="Sí").check()
    await scene.page.get_by_test_id("triage-urgent").wait_for()
    await scene.page.get_by_label("Pregunta days").fill("3")
    await kept(scene, office, chest=[True], days=[3])


async def test_what_was_answered_offline_is_not_lost(stage: Theatre, office: Clinic) -> None:
    scene = await waiting(stage, triage=office)
    await scene.page.get_by_label("Pregunta reason").wait_for()
    office.away = True
    await scene.page.get_by_label("Pregunta reason").fill("Fiebre")
    await scene.page.get_by_text("lo guardamos cuando vuelva").wait_for()
    await scene.page.reload()
    office.away = False
    await kept(scene, office, reason=["Fiebre"])


async def test_done_names_what_is_missing_then_thanks(stage: Theatre, office: Clinic) -> None:
    scene = await waiting(stage, triage=office)
    await scene.page.get_by_label("Pregunta reason").fill("Tos")
    await scene.page.get_by_test_id("triage-done").click()
    await scene.page.get_by_text("Falta responder").wait_for()
    await scene.page.get_by_role("radio", name="No").check()
    await scene.page.get_by_test_id("triage-done").click()
    await scene.page.locator("[data-testid=triage][data-status=completed]").wait_for()
    assert await scene.page.get_by_test_id("triage-done").is_hidden()
    assert len(set(office.keys)) == len(office.keys)


async def test_a_clinic_that_asks_nothing_shows_nothing(stage: Theatre) -> None:
    scene = await waiting(stage)
    assert await scene.page.get_by_test_id("triage").count() <= 1
    assert await scene.page.get_by_test_id("triage").is_hidden()


async def test_the_line_is_said_in_words(stage: Theatre) -> None:
    scene = await waiting(stage)
    line = scene.page.get_by_test_id("line")
    told: Json = {"type": "waiting", "place": 3, "wait": {"at_least_min": 10, "at_most_min": 20}, "late": None,
                  "messages": ["La doctora atiende una emergencia."]}  # fmt: skip
    scene.send(told)
    await line.get_by_text("Hay 2 personas antes que usted. La espera es de 10 a 20 minutos.").wait_for()
    await scene.page.get_by_text("La doctora atiende una emergencia.").wait_for()
    late = {"minutes": 15, "physician_here": False, "back_at": None}
    scene.send(told | {"place": 1, "wait": None, "late": late, "messages": []})
    await line.get_by_text("Usted es el siguiente. Dra. Carmen Rojas aún no llega").wait_for()


async def test_whoever_is_let_in_reads_it_in_the_title(stage: Theatre) -> None:
    scene = await waiting(stage)
    scene.say({"type": "admitted", "seat": "patient", "by": "physician"})
    while await scene.page.title() != "¡Ya puede pasar!":
        await scene.page.wait_for_timeout(20)


async def test_the_sound_is_tried(stage: Theatre) -> None:
    scene = await waiting(stage)
    await scene.page.get_by_test_id("soundPlay").click()
    await scene.page.get_by_test_id("soundNo").click()
    await scene.page.get_by_text("Suba el volumen").wait_for()
    assert scene.complaints == []


async def test_what_was_prescribed_appears_and_is_saved_as_a_file(stage: Theatre) -> None:
    scene = await stage.scene(
        "patient", PHONE, [seat("patient"), seat("physician")],
        visit={"documents": {"documents": [{"number": 1}]}, "summary": SUMMARY, "documents/1": b"%PDF-1.7"},
    )  # fmt: skip
    scene.say({"type": "ended", "by": "physician", "reason": "completed"})
    await scene.page.get_by_text("Paracetamol 500 mg").wait_for()
    async with scene.page.expect_download() as saving:
        await scene.page.get_by_test_id("after-pdf").click()
    assert (await saving.value).suggested_filename == "indicaciones-1.pdf"
    assert scene.complaints == []


async def test_the_second_check_opens_the_page_on_this_device(stage: Theatre) -> None:
    def answered(request: Request) -> Json:
        if request.method == "GET":
            return {"question": "birth-year", "left": 5}
        right = json.loads(request.post_data or "{}")["answer"] == "1980"
        wrong = {"code": "check-wrong", "message": "No coincide.", "more": {"left": "4"}}
        return {"proof": "p" * 22} if right else wrong

    scene = await stage.scene("patient", PHONE, [seat("patient", **WAITING, arrived=False), seat("physician")],
                              visit={"check": answered})  # fmt: skip
    scene.needs_check = True
    await scene.page.reload()
    await scene.page.get_by_test_id("check-answer").fill("1981")
    await scene.page.get_by_test_id("check-send").click()
    await scene.page.get_by_text("No coincide. Quedan 4 intentos.").wait_for()
    await scene.page.get_by_test_id("check-answer").fill("1980")
    await scene.page.get_by_test_id("check-send").click()
    await scene.page.get_by_test_id("join").wait_for()
    assert scene.said[-1]["type"] != "hello" or scene.said[-1]["token"].endswith("." + "p" * 22)


async def test_a_reload_after_the_end_shows_it_again(stage: Theatre) -> None:
    over = {"type": "ended", "by": "physician", "reason": "completed"}
    scene = await stage.scene(
        "patient", PHONE, [seat("patient", present=False), seat("physician", present=False)], [(1, over)],
        visit={"documents": {"documents": [{"number": 1}]}, "summary": SUMMARY},
    )  # fmt: skip
    scene.status = "ended"
    await scene.page.reload()
    await scene.page.get_by_text("1 tableta cada 8 h").wait_for()


async def test_a_link_that_does_not_open_says_so_in_the_servers_words(stage: Theatre) -> None:
    scene = await waiting(stage)
    scene.send(
        {"type": "error", "code": "token-expired", "message": "Este enlace ya venció. Pida otro.", "fatal": True}
    )
    await scene.page.get_by_role("heading", name="No pudimos abrir la consulta").wait_for()
    await scene.page.locator(".notice", has_text="Este enlace ya venció.").wait_for()
