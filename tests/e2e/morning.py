"""A member of staff at the console: signs in, sees the queue, works in it."""

from __future__ import annotations

from playwright.async_api import Page

from e2e.chromium import ChromiumTab
from e2e.demo import Demo
from e2e.participant import SHOWN, Participant
from e2e.tab import TIMEOUT_S, wait_until

HAS = """([stage, count]) => [...document.querySelectorAll("[data-testid='queue-row']")]
  .filter((row) => row.dataset.stage === stage && row.checkVisibility()).length === count"""
FOCUSED = "() => document.activeElement?.dataset.testid || ''"
MAX_TABS = 120


class Console(Participant):
    """`url` is that of the sign-in page."""

    async def sign_in(self, server: Demo, name: str = "") -> None:
        await self.tab.goto(f"{server.staff_url}#/console")
        await self.until_shown("sign-in-name")
        await self.tab.fill("sign-in-name", name or server.sign_in)
        await self.tab.fill("sign-in-password", server.password)
        await self.press("sign-in-send")
        await self.page.wait_for_url("**/console", timeout=60_000)
        await self.page.wait_for_selector("[data-testid=queue-row]", timeout=60_000)

    async def until_shown(self, test_id: str, timeout_s: float = TIMEOUT_S) -> None:
        await wait_until(self.tab, SHOWN, test_id, timeout_s)

    async def until_queued(self, stage: str, count: int = 1) -> None:
        """So many visits of the queue are at this stage, and shown."""
        await wait_until(self.tab, HAS, [stage, count])

    async def choose(self, stage: str) -> None:
        """The first visit of a stage."""
        await self.page.locator(f"[data-testid=queue-row][data-stage={stage}]").first.click()

    async def fill(self, test_id: str, text: str) -> None:
        await self.page.get_by_test_id(test_id).filter(visible=True).first.fill(text)

    async def pick(self, test_id: str, value: str) -> None:
        await self.page.get_by_test_id(test_id).select_option(value)

    async def value(self, test_id: str) -> str:
        return await self.page.get_by_test_id(test_id).input_value()

    async def tab_to(self, test_id: str) -> None:
        """By the keyboard alone."""
        for _ in range(MAX_TABS):
            if await self.tab.evaluate(FOCUSED) == test_id:
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"{MAX_TABS} presses of Tab do not lead to {test_id}")

    @property
    def page(self) -> Page:
        assert isinstance(self.tab, ChromiumTab)
        return self.tab.page
