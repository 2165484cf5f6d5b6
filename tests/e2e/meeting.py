"""A patient and a physician brought into one call."""

from __future__ import annotations

import asyncio

from e2e.chromium import Chromiums
from e2e.demo import Demo
from e2e.participant import Participant
from e2e.picture import BLUE, RED
from e2e.tab import TIMEOUT_S
from e2e.voice import PATIENT, PHYSICIAN


async def two_browsers(browsers: Chromiums, server: Demo) -> tuple[Participant, Participant]:
    """Patient and physician, each at a browser of their own that shows nothing yet."""
    patient, physician = await asyncio.gather(browsers.open(PATIENT, RED), browsers.open(PHYSICIAN, BLUE, phone=False))
    return (
        Participant(patient, server.patient_url, PATIENT, RED),
        Participant(physician, server.physician_url, PHYSICIAN, BLUE),
    )


async def meet(patient: Participant, physician: Participant, timeout_s: float = TIMEOUT_S) -> None:
    """The patient knocks, the physician lets them in, both are in the call."""
    await asyncio.gather(patient.ask_to_be_let_in(timeout_s), physician.open(timeout_s))
    await physician.press("admit", timeout_s)
    await asyncio.gather(patient.until_in_call(timeout_s), physician.until_in_call(timeout_s))


async def until_both_hear_and_see(one: Participant, other: Participant, timeout_s: float = TIMEOUT_S) -> None:
    """Each hears and sees the other, and nobody else, themselves least of all."""
    async with asyncio.TaskGroup() as group:
        for here, there in ((one, other), (other, one)):
            group.create_task(here.until_hears(there.voice, timeout_s=timeout_s))
            group.create_task(here.until_sees(there.colour, timeout_s=timeout_s))
