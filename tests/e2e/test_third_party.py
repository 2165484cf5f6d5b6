"""A client that is not ours takes a seat: what it sends is heard and seen in a browser, and the other way about."""

from __future__ import annotations

import asyncio

import pytest

from e2e.aiortc_client import AiortcClient, aiortc_client
from e2e.appointment import appointment
from e2e.chromium import Chromiums
from e2e.demo import Demo
from e2e.participant import Participant
from e2e.picture import BLUE, GOLD, nearest
from e2e.voice import PHYSICIAN, THIRD_PARTY, VOICES, mixed

pytestmark = pytest.mark.e2e


async def test_aiortc_client_calls_a_browser(browsers: Chromiums, server: Demo) -> None:
    seats = await appointment(server)
    physician = Participant(await browsers.open(PHYSICIAN, BLUE, phone=False), seats.urls["physician"], PHYSICIAN, BLUE)
    async with aiortc_client(server.origin, seats.tokens["companion"]) as client:
        entered = asyncio.create_task(client.enter(THIRD_PARTY, GOLD))
        await physician.open()
        await physician.press("admit")
        await entered
        await physician.until_in_call()
        await physician.until_hears(THIRD_PARTY)
        await physician.until_sees(GOLD)
        await _assert_client_hears_and_sees(client)


async def _assert_client_hears_and_sees(client: AiortcClient) -> None:
    heard, seen = await asyncio.gather(client.hear(3.0), client.see(10))
    powers = mixed(heard).powers()
    assert max(VOICES, key=lambda voice: powers[voice]) is PHYSICIAN
    assert powers[PHYSICIAN] > 30 * powers[THIRD_PARTY]
    pictures = [colour for slot in seen for colour in slot]
    assert len(pictures) >= 10
    assert {nearest(colour) for colour in pictures} == {BLUE}
