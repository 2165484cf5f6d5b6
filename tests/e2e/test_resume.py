"""The same seat again, at real browsers: on another device, and after a tab crashed with words that nobody had read."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.async_api import expect

from e2e.chromium import Chromiums, ChromiumTab
from e2e.demo import Demo
from e2e.meeting import meet, two_browsers, until_both_hear_and_see
from e2e.participant import Participant
from e2e.picture import GREEN
from e2e.tab import TIMEOUT_S
from e2e.voice import COMPANION

pytestmark = pytest.mark.e2e

TAKEN = "La consulta está abierta en otro lugar"
SIGNALING = re.compile(r" started program=signaling pid=(\d+)")


async def test_another_device_takes_the_call_over_and_the_first_says_so(browsers: Chromiums, server: Demo) -> None:
    patient, physician = await two_browsers(browsers, server)
    await meet(patient, physician)
    await physician.say("antes del cambio")
    await patient.until_chat_holds("antes del cambio")

    other = Participant(await browsers.open(COMPANION, GREEN), server.patient_url, COMPANION, GREEN)
    await other.tab.goto(other.url)
    await other.until_in_call()
    await other.until_chat_holds("antes del cambio")
    await until_both_hear_and_see(other, physician)
    assert isinstance(patient.tab, ChromiumTab)
    heading = patient.tab.page.get_by_role("heading", name=TAKEN)
    await expect(heading).to_be_visible()

    await patient.tab.page.get_by_role("button", name="Usar aquí").click()
    await patient.until_in_call()
    await until_both_hear_and_see(patient, physician)
    await expect(heading).to_be_hidden()


async def test_a_crashed_tab_comes_back_with_what_it_had_not_sent(browsers: Chromiums, server: Demo) -> None:
    patient, physician = await two_browsers(browsers, server)
    await meet(patient, physician)
    with signaling_stopped(server):
        await patient.say("esto nadie lo ha leído")
        tab = await crashed(patient.tab)
    patient = Participant(tab, patient.url, patient.voice, patient.colour)
    await patient.tab.goto(patient.url)
    await patient.until_in_call()
    await asyncio.gather(*(who.until_chat_holds("esto nadie lo ha leído") for who in (patient, physician)))
    await until_both_hear_and_see(patient, physician)


@contextmanager
def signaling_stopped(server: Demo) -> Iterator[None]:
    """For less long than the supervisor takes it for dead."""
    pid = int(SIGNALING.findall(server.log.read_text())[-1])
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


async def crashed(tab: object) -> ChromiumTab:
    """The tab's process ends as if for want of memory; another tab of the same browser."""
    assert isinstance(tab, ChromiumTab)
    context, gone = tab.page.context, asyncio.Event()
    tab.page.on("crash", lambda _: gone.set())
    crashing = asyncio.create_task((await context.new_cdp_session(tab.page)).send("Page.crash"))
    await asyncio.wait_for(gone.wait(), TIMEOUT_S)
    crashing.cancel()  # there is nobody left to answer
    return ChromiumTab(await context.new_page())
