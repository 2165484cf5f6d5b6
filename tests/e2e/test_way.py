"""The test of the link before the call, by a real browser over the real path of media."""

from __future__ import annotations

from e2e.chromium import Chromiums
from e2e.demo import Demo
from e2e.meeting import two_browsers, until_both_hear_and_see
from e2e.tab import wait_until

FOUND = """() => /alcanza para video/.test(document.querySelector("[data-testid=link-test]")?.textContent || "")"""


async def test_who_waits_is_told_what_the_link_carries_and_then_called(browsers: Chromiums, server: Demo) -> None:
    patient, physician = await two_browsers(browsers, server)
    await patient.ask_to_be_let_in()
    await wait_until(patient.tab, FOUND)
    await physician.open()
    await physician.press("admit")
    await patient.until_in_call()
    await physician.until_in_call()
    await until_both_hear_and_see(patient, physician)
