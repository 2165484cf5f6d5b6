"""Every state of the call's pages, looked at by axe-core, in both languages and at both sizes."""

from __future__ import annotations

import asyncio

import pytest

from e2e.axe import assert_accessible
from e2e.chromium import Chromiums
from e2e.demo import Demo
from e2e.meeting import two_browsers
from e2e.morning import Console
from e2e.picture import BLUE
from e2e.voice import PHYSICIAN

pytestmark = pytest.mark.e2e


async def test_a_consultation_from_the_link_to_the_end(browsers: Chromiums, server: Demo) -> None:
    patient, physician = await two_browsers(browsers, server)
    await asyncio.gather(patient.open(), physician.open())
    await assert_accessible(patient.tab, "patient: idle")
    await assert_accessible(physician.tab, "physician: idle")
    await patient.press("join")
    await assert_accessible(patient.tab, "patient: consent")
    await patient.press("consent-accept")
    await patient.until_state("waiting")
    await assert_accessible(patient.tab, "patient: waiting")
    await physician.press("admit")
    await asyncio.gather(patient.until_in_call(), physician.until_in_call())
    await patient.until_hears(physician.voice)
    await assert_accessible(patient.tab, "patient: in the call")
    await assert_accessible(physician.tab, "physician: in the call")
    await patient.press("chat-toggle")
    await assert_accessible(patient.tab, "patient: chat")
    await physician.press("end-consultation")
    await assert_accessible(physician.tab, "physician: end?")
    await physician.press("end-confirm")
    await asyncio.gather(patient.until_state("ended"), physician.until_state("ended"))
    await assert_accessible(patient.tab, "patient: ended")
    await assert_accessible(physician.tab, "physician: ended")


async def test_every_page_of_the_staff(browsers: Chromiums, server: Demo) -> None:
    desk = Console(await browsers.open(PHYSICIAN, BLUE, phone=False), server.staff_url, PHYSICIAN, BLUE)
    for page in ("/enter", "/setup#unknown", "/password#unknown"):
        await desk.tab.goto(f"{server.origin}{page}")
        await desk.page.wait_for_selector("h1")
        await assert_accessible(desk.tab, page)
    await desk.sign_in(server)
    await desk.tab.goto(f"{server.origin}/account")
    await desk.page.wait_for_selector("h2")
    await assert_accessible(desk.tab, "/account")
    await desk.tab.goto(f"{server.origin}/admin")
    await desk.page.wait_for_selector(".tabs a")
    for tab in await desk.page.locator(".tabs a").all():
        await tab.click()
        await desk.page.wait_for_load_state("networkidle")
        await assert_accessible(desk.tab, f"/admin: {await tab.inner_text()}")
