"""What a patient's page asks and says about consent, in a real browser; the server's part is played."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from playwright.async_api import Dialog

from clinic.intake.consent_default import DEFAULT
from clinic.intake.consent_text import ConsentText
from tests.web.scene import CONSENT, PHONE, Json, Scene, Theatre, seat, theatre

NEWCOMER = seat("patient", consented=False, arrived=False, admitted=False, present=False)


@pytest.fixture
async def stage() -> AsyncIterator[Theatre]:
    async with theatre() as stage:
        yield stage


async def asked(stage: Theatre, **changes: str) -> Scene:
    """A patient's page that shows the text."""
    scene = await stage.scene("patient", PHONE, [dict(NEWCOMER), seat("physician")], consent=CONSENT | changes)
    await scene.page.get_by_test_id("join").click()
    return scene


async def said(scene: Scene, kind: str) -> Json:
    """The page's first message of a kind."""
    while not (found := [message for message in scene.said if message["type"] == kind]):
        await scene.page.wait_for_timeout(20)
    return found[0]


async def test_the_digest_is_of_what_was_on_the_screen(stage: Theatre) -> None:
    scene = await asked(stage)
    await scene.page.get_by_label("WhatsApp").check()
    await scene.page.get_by_test_id("consent-accept").click()
    given = await said(scene, "consent")
    assert given["text_sha256"] == ConsentText(1, datetime.now(UTC), DEFAULT).sha256("es")
    assert given["declined"] == ["recording"]
    assert "whatsapp" in given["accepted"]
    assert given["guardian"] is None


async def test_a_guardian_says_who_they_are(stage: Theatre) -> None:
    scene = await asked(stage, by="guardian")
    page = scene.page
    await page.get_by_test_id("guardian-name").fill("Rosa Paz")
    await page.get_by_test_id("consent-accept").click()
    assert not [message for message in scene.said if message["type"] == "consent"], "the browser asks for the rest"
    await page.get_by_test_id("guardian-document").fill("V-11.222.333")
    await page.get_by_test_id("guardian-relation").select_option("MTH")
    await page.get_by_test_id("guardian-present").check()
    await page.get_by_test_id("consent-accept").click()
    given = await said(scene, "consent")
    assert given["guardian"] == {
        "name": "Rosa Paz", "document": "V-11.222.333", "relation": "MTH", "present": True,
    }  # fmt: skip


async def test_a_refused_consent_stays_on_the_screen_with_the_reason(stage: Theatre) -> None:
    scene = await asked(stage, by="guardian")
    scene.refuses = {"consent": "guardian-wrong", "arrive": "consent-required"}
    for name, text in (("name", "Rosa Paz"), ("document", "V-11.222.333")):
        await scene.page.get_by_test_id(f"guardian-{name}").fill(text)
    await scene.page.get_by_test_id("guardian-relation").select_option("MTH")
    await scene.page.get_by_test_id("consent-accept").click()
    await scene.page.locator(".consent .problem", has_text="guardian-wrong").wait_for()
    assert await scene.page.get_by_test_id("guardian-name").input_value() == "Rosa Paz"


async def test_later_leaves_everything_as_it_was(stage: Theatre) -> None:
    scene = await asked(stage)
    await scene.page.get_by_test_id("consent-later").click()
    await scene.page.get_by_test_id("join").wait_for()
    await scene.page.get_by_test_id("join").click()
    await scene.page.get_by_test_id("consent-accept").wait_for()


async def test_withdrawal_leaves_and_says_so(stage: Theatre) -> None:
    waiting = seat("patient", admitted=False, present=False)
    scene = await stage.scene("patient", PHONE, [waiting, seat("physician")])
    await scene.until("state", "waiting")

    async def agree(dialog: Dialog) -> None:
        await dialog.accept()

    scene.page.on("dialog", agree)
    await scene.page.locator(".waiting").get_by_test_id("withdraw").click()
    await said(scene, "withdraw")
    await scene.until("state", "idle")
    waiting["consented"] = waiting["arrived"] = False
    scene.consent = CONSENT | {"why": "withdrawn"}
    scene.say({"type": "consent_withdrawn", "seat": "patient"})
    await scene.page.get_by_text("Puede darlo de nuevo").wait_for()
    await scene.page.get_by_test_id("join").click()
    await scene.page.get_by_text("léalo y acéptelo de nuevo").wait_for()
