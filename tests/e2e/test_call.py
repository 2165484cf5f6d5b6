"""The main story: a patient and a physician at two real browsers, from the link to the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from e2e.chromium import Chromiums, ChromiumTab
from e2e.demo import Demo
from e2e.meeting import meet, two_browsers, until_both_hear_and_see
from e2e.participant import Participant

pytestmark = pytest.mark.e2e

Call = tuple[Participant, Participant]


@pytest.fixture
async def call(browsers: Chromiums, server: Demo) -> AsyncIterator[Call]:
    """Both are in the call and hear and see each other. Whatever the test did, the pages kept to themselves."""
    patient, physician = await two_browsers(browsers, server)
    await meet(patient, physician)
    await until_both_hear_and_see(patient, physician)
    yield patient, physician
    for participant in (patient, physician):
        await _assert_keeps_to_itself(participant, server)


async def test_chat_both_ways_and_the_end_is_seen_by_both(call: Call, server: Demo) -> None:
    patient, physician = call
    server.secrets.extend(["me duele la cabeza", "desde cuándo"])
    await patient.say("Doctora, me duele la cabeza")
    await physician.until_chat_holds("me duele la cabeza")
    await physician.say("¿desde cuándo?")
    await patient.until_chat_holds("¿desde cuándo?")
    await physician.end_consultation()
    await asyncio.gather(patient.until_state("ended"), physician.until_state("ended"))


async def test_mute_and_camera_off_without_renegotiation(call: Call) -> None:
    patient, physician = call
    before = await patient.descriptions(), await physician.descriptions()
    made = await patient.connections_made(), await physician.connections_made()  # the patient's link was tried before
    await patient.press("mic-toggle")
    await physician.until_silence()
    await patient.press("mic-toggle")
    await physician.until_hears(patient.voice)
    await patient.press("camera-toggle")
    await physician.until_sees_nothing()
    await patient.press("camera-toggle")
    await until_both_hear_and_see(patient, physician)
    assert (await patient.descriptions(), await physician.descriptions()) == before
    assert (await patient.connections_made(), await physician.connections_made()) == made


async def test_hang_up_and_come_back_to_the_same_seat(call: Call) -> None:
    patient, physician = call
    await patient.hang_up()
    await physician.until_silence()
    await patient.come_back()
    await until_both_hear_and_see(patient, physician)


async def test_a_reloaded_page_is_back_in_the_call_with_its_chat(call: Call, server: Demo) -> None:
    patient, physician = call
    server.secrets.append("antes de recargar")
    await physician.say("antes de recargar")
    await patient.until_chat_holds("antes de recargar")
    await patient.reload()
    await until_both_hear_and_see(patient, physician)
    await patient.until_chat_holds("antes de recargar")


async def _assert_keeps_to_itself(participant: Participant, server: Demo) -> None:
    """The page asked nobody but its own server for anything, broke no policy, and complained about nothing."""
    tab = participant.tab
    assert isinstance(tab, ChromiumTab)
    own = (server.origin, server.origin.replace("http", "ws", 1), "blob:", "data:")
    assert tab.requests
    assert [url for url in tab.requests if not url.startswith(own)] == []
    assert tab.complaints == []
    assert await tab.evaluate("() => probe.violations") == []
