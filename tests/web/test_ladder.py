"""What people see of the ladder, on the real pages in a real Chromium (tests/web/scene.py plays the rest)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

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
    await scene.join()
    await video_is(scene.page, "live")
    return scene


async def physician_in_call(stage: Theatre) -> Scene:
    scene = await stage.scene("physician", DESK, [seat("patient"), seat("physician")])
    await scene.join()
    return scene


async def video_is(page: Page, state: str) -> None:
    await expect(page.get_by_test_id("remote")).to_have_attribute("data-video", state)


async def test_a_pause_is_announced_and_ends_with_the_first_picture(stage: Theatre) -> None:
    scene = await patient_in_call(stage)
    page = scene.page
    scene.level("physician", up="A1")
    await video_is(page, "paused")
    await expect(page.get_by_text("Imagen en pausa: conexión lenta")).to_be_visible()
    assert not await page.evaluate(
        "document.querySelector('[data-testid=remote-video]').checkVisibility({opacityProperty: true})"
    )
    await expect(page.get_by_test_id("status")).to_have_text(
        "La conexión de Dra. Carmen Rojas está lenta: le seguimos oyendo."
    )
    scene.level("physician", up="V1", reason="recovered")
    await video_is(page, "live")
    await expect(page.get_by_test_id("status")).to_have_text("La conexión mejoró: volvemos al video.")


async def test_a_camera_that_is_off_is_no_pause(stage: Theatre) -> None:
    scene = await patient_in_call(stage)
    scene.say({"type": "media_changed", "seat": "physician", "audio": True, "video": False, "problem": None})
    await video_is(scene.page, "off")


async def test_the_own_camera_says_when_the_link_has_it_paused(stage: Theatre) -> None:
    scene = await patient_in_call(stage)
    paused = scene.page.get_by_test_id("self-paused")
    await expect(paused).to_be_hidden()
    scene.level("patient", up="A2")
    await expect(paused).to_be_visible()
    await expect(scene.page.get_by_test_id("rung")).to_have_text("Video")  # theirs still comes
    scene.level("patient", down="A2")
    await expect(scene.page.get_by_test_id("rung")).to_have_text("Solo voz")


async def test_on_text_the_page_is_a_chat_with_answers_for_one_tap(stage: Theatre) -> None:
    scene = await patient_in_call(stage)
    page = scene.page
    scene.level("patient", up="T", down="T")
    await expect(page.get_by_test_id("chat-input")).to_be_visible()
    await expect(page.get_by_test_id("rung")).to_have_text("Solo texto")
    await expect(page.get_by_test_id("hang-up")).to_be_visible()
    for stepped_back in ("mic-toggle", "camera-toggle", "chat-toggle"):
        await expect(page.get_by_test_id(stepped_back)).to_be_hidden()
    await page.get_by_test_id("quick-reply").first.click()
    await page.get_by_test_id("pain").click()
    await page.get_by_role("button", name="Mi dolor, de 0 a 10: 7").click()
    await expect(page.get_by_test_id("chat-message")).to_have_text(["Sí", "Mi dolor, de 0 a 10: 7"])
    scene.level("patient", up="A1", down="A1", reason="recovered")
    await expect(page.get_by_test_id("mic-toggle")).to_be_visible()
    await expect(page.get_by_test_id("write-instead")).to_be_visible()


async def test_a_message_without_a_line_waits_in_sight(stage: Theatre) -> None:
    scene = await patient_in_call(stage)
    page = scene.page
    scene.level("patient", up="T", down="T")
    await scene.lose_the_line()
    await page.wait_for_selector("html:not([data-link='open'])")
    await page.get_by_test_id("chat-input").fill("¿Sigue ahí?")
    await page.get_by_test_id("chat-send").click()
    await expect(page.get_by_text("Se enviará cuando vuelva la conexión")).to_be_visible()


async def test_saving_data_is_one_switch_and_both_pages_say_so(stage: Theatre) -> None:
    scene = await patient_in_call(stage)
    await scene.page.get_by_test_id("save-data").filter(visible=True).click()
    await expect(scene.page.get_by_test_id("status")).to_have_text("Está ahorrando datos: seguimos con voz.")
    assert [m["save_data"] for m in scene.said if m["type"] == "set_preference"] == [True]
    await expect(scene.page.get_by_test_id("data-meter")).to_contain_text("MB")
    physician = await physician_in_call(stage)
    physician.say({"type": "preference_changed", "seat": "patient", "hold": "video", "save_data": True})
    await expect(physician.page.get_by_test_id("status")).to_have_text(
        "María González está ahorrando datos: seguimos con voz."
    )


async def test_a_physician_limits_the_call_and_reads_every_step_of_it(stage: Theatre) -> None:
    scene = await physician_in_call(stage)
    page = scene.page
    await page.get_by_test_id("hold").select_option("voice")
    await expect(page.get_by_test_id("status")).to_have_text("Usted eligió solo voz.")
    assert [m["hold"] for m in scene.said if m["type"] == "set_preference"] == ["voice"]
    scene.level("patient", up="A2", reason="held")
    await page.get_by_text("Cambios de la conexión").click()
    await expect(page.get_by_test_id("rung-history")).to_contain_text("María González envía: Solo voz")
    scene.say({"type": "ended", "by": "physician", "reason": "completed"})
    await expect(page.get_by_test_id("rung-history")).to_be_visible()


async def test_a_physician_is_told_of_a_dead_uplink_and_what_to_do(stage: Theatre) -> None:
    scene = await physician_in_call(stage)
    scene.level("patient", up="T", reason="silent")
    await expect(scene.page.get_by_test_id("status")).to_have_text(
        "María González puede verle y oírle, pero su señal no llega. Pídale que responda por escrito o espere."
    )
    await expect(scene.page.get_by_test_id("quick-reply").first).to_be_visible()
    await expect(scene.page.get_by_test_id("rung")).to_have_text("Video")


@pytest.mark.parametrize("levels", [("V3", "V3"), ("A1", "A1"), ("T", "T")], ids=lambda levels: levels[0])
async def test_targets_are_large_and_nothing_runs_over_the_edge(stage: Theatre, levels: tuple[str, str]) -> None:
    """WCAG 2.2, 2.5.8 asks for 24 px; sick hands and cracked screens want 44."""
    scene = await patient_in_call(stage)
    scene.level("patient", *levels)
    await scene.page.wait_for_timeout(300)
    small = await scene.page.evaluate(
        """() => [...document.querySelectorAll("button, textarea, label.saver")]
             .filter((e) => e.checkVisibility()).map((e) => [e.textContent || e.ariaLabel, e.getBoundingClientRect()])
             .filter(([, box]) => box.width < 44 || box.height < 44).map(([name]) => name)"""
    )
    assert small == []
    assert await scene.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert scene.complaints == []
