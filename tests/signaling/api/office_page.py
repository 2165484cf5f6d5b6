"""The office's page in a real Chromium, as a coordinator uses it: what is pressed, typed and seen."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from api_under_test import PASSWORD, Api
from playwright.async_api import Browser, Page, ViewportSize, async_playwright

CHROMIUM = "/usr/bin/chromium"
PHONE = ViewportSize(width=360, height=640)
DESK = ViewportSize(width=1280, height=800)

Look = Callable[[Page, str], Awaitable[None]]
"""Called in each state that is worth a look, with its name."""


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        yield browser
        await browser.close()


class OfficePage:
    """One coordinator at one screen."""

    def __init__(self, page: Page, api: Api, look: Look) -> None:
        self.page = page
        self.complaints: list[str] = []
        self._api = api
        self._look = look
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    async def look(self, state: str) -> None:
        await self._look(self.page, state)

    async def sign_in(self, name: str) -> None:
        await self.page.goto(f"{self._api.url}/enter#/office")
        await self.type("sign-in-name", name)
        await self.type("sign-in-password", PASSWORD)
        await self.press("sign-in-send")
        await self.page.wait_for_selector("[data-testid=diary-title]:not(:empty)")

    async def press(self, test_id: str, **has: Any) -> None:
        await self.page.get_by_test_id(test_id).filter(**has).first.click()

    async def type(self, test_id: str, text: str) -> None:
        await self.page.get_by_test_id(test_id).fill(text)

    async def choose(self, test_id: str, label: str) -> None:
        await self.page.get_by_test_id(test_id).select_option(label=label)

    async def text(self, test_id: str) -> str:
        return await self.page.get_by_test_id(test_id).first.inner_text()

    async def sees(self, test_id: str, text: str) -> None:
        await self.page.get_by_test_id(test_id).filter(has_text=text).first.wait_for()

    async def close(self) -> None:
        """The dialog on top."""
        await self.page.keyboard.press("Escape")


@asynccontextmanager
async def office_page(
    browser: Browser, api: Api, size: ViewportSize, look: Look, lang: str = "es-VE"
) -> AsyncIterator[OfficePage]:
    context = await browser.new_context(viewport=size, locale=lang, timezone_id="Europe/Madrid")
    page = OfficePage(await context.new_page(), api, look)
    yield page
    await context.close()
    assert page.complaints == []
