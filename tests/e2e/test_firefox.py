"""Firefox and Chromium in one call."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from e2e.chromium import Chromiums
from e2e.conftest import needs
from e2e.demo import Demo
from e2e.firefox import FIREFOX_ESR, firefox
from e2e.meeting import meet
from e2e.participant import Participant
from e2e.picture import BLUE, CHANGING
from e2e.voice import FIREFOX, PHYSICIAN

pytestmark = pytest.mark.e2e


async def test_firefox_patient_and_chromium_physician(browsers: Chromiums, server: Demo, tmp_path: Path) -> None:
    needs(FIREFOX_ESR)
    async with firefox(tmp_path) as tab:
        patient = Participant(tab, server.patient_url, FIREFOX, CHANGING)
        chromium = await browsers.open(PHYSICIAN, BLUE, phone=False)
        physician = Participant(chromium, server.physician_url, PHYSICIAN, BLUE)
        await meet(patient, physician)
        async with asyncio.TaskGroup() as group:
            group.create_task(patient.until_hears(PHYSICIAN))
            group.create_task(patient.until_sees(BLUE))
            group.create_task(physician.until_hears(FIREFOX))
            group.create_task(physician.until_sees(CHANGING))
        await _chat_and_end(patient, physician, server)


async def _chat_and_end(patient: Participant, physician: Participant, server: Demo) -> None:
    server.secrets.append("hola desde Firefox")
    await patient.say("hola desde Firefox")
    await physician.until_chat_holds("hola desde Firefox")
    await physician.end_consultation()
    await asyncio.gather(patient.until_state("ended"), physician.until_state("ended"))
