"""What people see while a connection is away, on the real pages in a real Chromium (scene.py plays the rest)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import expect

from e2e.conftest import needs
from tests.web.scene import CHROMIUM, DESK, PHONE, Scene, Theatre, seat, theatre

pytestmark = pytest.mark.e2e


@pytest.fixture
async def stage() -> AsyncIterator[Theatre]:
    needs(CHROMIUM)
    async with theatre() as open_theatre:
        yield open_theatre


async def patient_in_call(stage: Theatre) -> Scene:
    scene = await stage.scene("patient", PHONE, [seat("patient"), seat("physician")])
    await scene.page.clock.install()
    await scene.join()
    await expect(scene.page.get_by_test_id("remote")).to_have_attribute("data-video", "live")
    return scene


async def test_a_lost_path_keeps_the_last_picture_and_says_for_how_long(stage: Theatre) -> None:
    scene = await patient_in_call(stage)
    page = scene.page
    await scene.lose_the_path()
    await scene.until("state", "reconnecting")
    card = page.get_by_test_id("outage")
    await expect(card).to_contain_text("Se perdió la conexión")
    await expect(page.get_by_test_id("remote")).to_have_attribute("data-video", "lost")
    assert await page.get_by_test_id("remote-video").evaluate("video => getComputedStyle(video).opacity") == "1"
    await scene.pass_time(25)
    await expect(card).to_contain_text(re.compile(r"Llevamos [23]0\ss sin conexión"))
    await scene.pass_time(120)
    await expect(card).to_contain_text("Su lugar está guardado")
    await expect(card).to_contain_text(re.compile(r"Llevamos 2\smin sin conexión"))
    await scene.find_the_path()
    await scene.until("state", "in-call")
    await expect(card).to_be_hidden()
    await expect(page.get_by_test_id("remote")).to_have_attribute("data-video", "live")


async def test_who_would_rather_not_wait_has_a_large_button_that_answers(stage: Theatre) -> None:
    scene = await patient_in_call(stage)
    await scene.lose_the_path()
    await scene.until("state", "reconnecting")
    button = scene.page.get_by_test_id("reconnect")
    box = await button.bounding_box()
    assert box is not None
    assert box["height"] >= 48
    await button.click()
    await expect(button).to_have_text("Reconectando…")
    await scene.find_the_path()
    await scene.until("state", "in-call")
    assert (await scene.page.evaluate("document.activeElement.className")).startswith("call")


async def test_words_written_in_the_dark_wait_in_sight(stage: Theatre) -> None:
    scene = await patient_in_call(stage)
    page = scene.page
    await scene.lose_the_path()
    await scene.lose_the_line()
    await scene.until("state", "reconnecting")
    await page.get_by_test_id("chat-toggle").click()
    await page.get_by_test_id("chat-input").fill("Se me fue la luz")
    await page.get_by_test_id("chat-send").click()
    await expect(page.get_by_text("Se enviará cuando vuelva la conexión")).to_be_visible()
    card, view = [await page.locator(each).bounding_box() for each in (".outage", ".view")]
    assert card is not None
    assert view is not None
    assert view["y"] <= card["y"]
    assert card["y"] + card["height"] <= view["y"] + view["height"]


async def test_the_other_one_s_loss_is_told_without_a_button(stage: Theatre) -> None:
    scene = await patient_in_call(stage)
    page = scene.page
    scene.say({"type": "path_lost", "seat": "physician"})
    await expect(page.get_by_test_id("status")).to_have_text("Dra. Carmen Rojas perdió la conexión; le esperamos.")
    await expect(page.get_by_test_id("remote")).to_have_attribute("data-video", "lost")
    await expect(page.get_by_test_id("outage")).to_be_hidden()
    await scene.pass_time(65)
    await expect(page.get_by_test_id("remote")).to_contain_text(re.compile(r"Sin conexión · 1\smin"))
    scene.say({"type": "path_back", "seat": "physician"})
    await expect(page.get_by_test_id("remote")).to_have_attribute("data-video", "live")


async def test_a_server_that_is_away_disturbs_no_call(stage: Theatre) -> None:
    scene = await patient_in_call(stage)
    await scene.lose_the_line()
    await expect(scene.page.get_by_test_id("status")).to_have_text("La llamada sigue; sus mensajes esperan.")
    await expect(scene.page.get_by_test_id("outage")).to_be_hidden()
    await expect(scene.page.get_by_test_id("remote")).to_have_attribute("data-video", "live")


async def test_a_page_loaded_in_the_dark_promises_no_waiting_room(stage: Theatre) -> None:
    scene = await patient_in_call(stage)
    scene.hears = False
    await scene.page.reload()
    await expect(scene.page.get_by_text("Conectando con la clínica…").last).to_be_visible()
    await expect(scene.page.get_by_text("Está en la sala de espera")).to_be_hidden()


async def test_the_older_page_of_a_seat_can_have_it_back(stage: Theatre) -> None:
    scene = await patient_in_call(stage)
    await scene.lose_the_seat()
    await expect(scene.page.get_by_role("heading", name="La consulta está abierta en otro lugar")).to_be_focused()
    scene.hears = True
    await scene.page.get_by_role("button", name="Usar aquí").click()
    await scene.until("state", "in-call")


async def test_notes_are_kept_told_and_read_after_the_end(stage: Theatre) -> None:
    scene = await stage.scene("physician", DESK, [seat("patient"), seat("physician")])
    page = scene.page
    await scene.join()
    field, state = page.get_by_test_id("note"), page.get_by_test_id("note-state")
    await field.press_sequentially("TA 150/95")
    await expect(state).to_have_text("Guardando…")
    await expect(state).to_have_text(re.compile(r"Guardado \d+:\d\d"))
    assert [m["text"] for m in scene.said if m["type"] == "save_note"][-1] == "TA 150/95"
    await field.press("Home")
    scene.level("patient", up="A1")
    await field.press_sequentially("Hoy: ")
    await expect(field).to_be_focused()
    await expect(field).to_have_value("Hoy: TA 150/95")
    await scene.lose_the_line()
    await field.press_sequentially("sin ")
    await expect(state).to_have_text("Sin conexión: guardado en este equipo")


async def test_notes_are_read_after_the_end_and_changed_no_more(stage: Theatre) -> None:
    scene = await stage.scene("physician", DESK, [seat("patient"), seat("physician")], note="Pedir perfil 20")
    await scene.join()
    scene.say({"type": "ended", "by": "physician", "reason": "completed"})
    field = scene.page.get_by_test_id("note")
    await expect(field).to_be_visible()
    await expect(field).to_have_value("Pedir perfil 20")
    await expect(field).not_to_be_editable()


async def test_a_patient_s_page_knows_of_no_notes(stage: Theatre) -> None:
    scene = await patient_in_call(stage)
    await expect(scene.page.get_by_test_id("note")).to_have_count(0)
