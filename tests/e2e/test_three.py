"""Three in one room: a companion beside the patient, each at a browser of their own."""

from __future__ import annotations

import asyncio

import pytest

from e2e.appointment import appointment
from e2e.chromium import Chromiums
from e2e.demo import Demo
from e2e.meeting import meet
from e2e.participant import Participant
from e2e.picture import BLUE, GREEN, RED
from e2e.voice import COMPANION, PATIENT, PHYSICIAN

pytestmark = pytest.mark.e2e


async def test_three_browsers_hear_and_see_each_other(browsers: Chromiums, server: Demo) -> None:
    patient, physician, companion = everybody = await _three_browsers(browsers, server)
    await meet(patient, physician)
    await companion.ask_to_be_let_in()
    await physician.press("admit")
    await companion.until_in_call()
    await _until_all_hear_and_see(everybody)
    await companion.press("mic-toggle")
    await patient.until_hears(physician.voice)
    await patient.hang_up()
    await physician.until_silence()
    await physician.until_sees(companion.colour)


async def _three_browsers(browsers: Chromiums, server: Demo) -> tuple[Participant, Participant, Participant]:
    urls = (await appointment(server)).urls
    tabs = await asyncio.gather(
        browsers.open(PATIENT, RED), browsers.open(PHYSICIAN, BLUE, phone=False), browsers.open(COMPANION, GREEN)
    )
    return (
        Participant(tabs[0], urls["patient"], PATIENT, RED),
        Participant(tabs[1], urls["physician"], PHYSICIAN, BLUE),
        Participant(tabs[2], urls["companion"], COMPANION, GREEN),
    )


async def _until_all_hear_and_see(everybody: tuple[Participant, ...]) -> None:
    async with asyncio.TaskGroup() as group:
        for one in everybody:
            others = [other for other in everybody if other is not one]
            group.create_task(one.until_hears(*(other.voice for other in others)))
            group.create_task(one.until_sees(*(other.colour for other in others)))
