"""A morning at the console in real browsers: the queue, the call, a guest, a colleague, and the keyboard alone."""

from __future__ import annotations

import asyncio

import pytest

from e2e.axe import assert_accessible
from e2e.chromium import Chromiums
from e2e.demo import Demo
from e2e.meeting import until_both_hear_and_see
from e2e.morning import Console
from e2e.participant import Participant
from e2e.picture import BLUE, GREEN, RED
from e2e.tab import wait_until
from e2e.voice import COMPANION, PATIENT, PHYSICIAN

pytestmark = pytest.mark.e2e
LINK_IS = "(link) => document.documentElement.dataset.link === link"
CHOSEN = "(tab) => document.querySelector(`[data-testid='${tab}']`)?.getAttribute('aria-selected') === 'true'"


async def morning(browsers: Chromiums, server: Demo) -> tuple[Participant, Console]:
    """A patient in the waiting room, and the physician at the console who sees them there."""
    tab, desk = await asyncio.gather(browsers.open(PATIENT, RED), browsers.open(PHYSICIAN, BLUE, phone=False))
    patient = Participant(tab, server.patient_url, PATIENT, RED)
    physician = Console(desk, server.staff_url, PHYSICIAN, BLUE)
    await physician.sign_in(server)
    await physician.until_queued("expected", 3)
    await assert_accessible(desk, "console: nobody is there")
    await patient.ask_to_be_let_in()
    await physician.until_queued("waiting")
    return patient, physician


async def test_the_queue_leads_into_the_call_with_a_guest_and_on_to_a_colleague(
    browsers: Chromiums, server: Demo
) -> None:
    patient, physician = await morning(browsers, server)
    await assert_accessible(physician.tab, "console: somebody waits")
    await patient.say("Ya llegué, doctora")
    await physician.press("next-patient")
    await asyncio.gather(patient.until_in_call(), physician.until_in_call())
    await until_both_hear_and_see(patient, physician)
    await assert_accessible(physician.tab, "console: in the call")
    await physician.press("tab-messages")
    await physician.until_chat_holds("Ya llegué, doctora")

    await physician.press("tab-visit")
    await physician.press("invite")
    await physician.fill("guest-name", "Rosa Uriana")
    await physician.pick("guest-kind", "interpreter")
    await assert_accessible(physician.tab, "console: inviting")
    await physician.press("guest-send")
    await physician.until_shown("guest-link")
    link = await physician.value("guest-link")
    server.secrets.extend(["Rosa Uriana", link.rsplit("/", 1)[1]])
    await physician.page.keyboard.press("Escape")
    guest = Participant(await browsers.open(COMPANION, GREEN, phone=False), link, COMPANION, GREEN)
    await guest.ask_to_be_let_in()
    await physician.press("admit")
    await guest.until_in_call()
    await patient.until_hears(PHYSICIAN, COMPANION)
    await guest.until_hears(PHYSICIAN, PATIENT)
    await physician.press("send-away")
    await physician.press("ask-confirm")
    await wait_until(guest.tab, LINK_IS, "refused")
    await patient.until_hears(PHYSICIAN)

    await physician.press("hand-over")
    await physician.press("taker-send")
    await physician.until_shown("handed")
    taker = Console(guest.tab, server.staff_url, COMPANION, GREEN)
    await taker.sign_in(server, "andres")
    await taker.until_queued("inside")
    await taker.choose("inside")
    await taker.press("join")
    await taker.until_in_call()
    await patient.until_hears(PHYSICIAN, COMPANION)
    await physician.press("hang-up")
    await patient.until_hears(COMPANION)
    await taker.end_consultation()
    await patient.until_state("ended")
    await wait_until(taker.tab, CHOSEN, "tab-record")


async def test_a_consultation_by_the_keyboard_alone(browsers: Chromiums, server: Demo) -> None:
    patient, physician = await morning(browsers, server)
    keyboard = physician.page.keyboard
    await physician.tab_to("next-patient")
    await keyboard.press("Enter")
    await asyncio.gather(patient.until_in_call(), physician.until_in_call())
    await physician.tab_to("tab-record")
    await keyboard.press("ArrowRight")
    await physician.tab_to("chat-input")
    await keyboard.type("¿Me oye?")
    await keyboard.press("Enter")
    await patient.until_chat_holds("¿Me oye?")
    await physician.tab_to("end-consultation")
    await keyboard.press("Enter")
    await physician.until_shown("end-confirm")
    await physician.tab_to("end-confirm")
    await keyboard.press("Enter")
    await asyncio.gather(patient.until_state("ended"), physician.until_state("ended"))
    await wait_until(physician.tab, CHOSEN, "tab-record")
