"""Debian's Chromium through Playwright, with a microphone and a camera of our own making."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, ConsoleMessage, Page, Playwright, ViewportSize, async_playwright

from e2e.picture import Colour, write_y4m
from e2e.tab import PROBE, TIMEOUT_S
from e2e.voice import Voice, write_wav

CHROMIUM = "/usr/bin/chromium"
PHONE = ViewportSize(width=400, height=800)
DESK = ViewportSize(width=1280, height=800)
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
)


@dataclass
class ChromiumTab:
    """A `Tab`, and a record of what the page asked the network for and complained about."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("websocket", lambda socket: self.requests.append(socket.url))
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    async def goto(self, url: str) -> None:
        await self.page.goto(url)

    async def evaluate(self, function: str, argument: Any = None) -> Any:
        return await self.page.evaluate(function, argument)

    async def click(self, test_id: str) -> None:
        await self.page.get_by_test_id(test_id).filter(visible=True).first.click()

    async def fill(self, test_id: str, text: str) -> None:
        await self.page.get_by_test_id(test_id).fill(text)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")


class Chromiums:
    """Starts browsers, each with its own process, profile, voice and colour."""

    def __init__(self, playwright: Playwright, directory: Path) -> None:
        self._playwright = playwright
        self._directory = directory
        self._opened: list[BrowserContext] = []

    async def open(
        self,
        voice: Voice,
        colour: Colour,
        prefix: tuple[str, ...] = (),
        arguments: tuple[str, ...] = (),
        configuration: str = "{}",
        phone: bool = True,
    ) -> ChromiumTab:
        """A tab of a new browser. `prefix` comes before its command; `configuration` is laid over RTCConfigurations."""
        home = self._directory / voice.name
        home.mkdir()
        context = await self._playwright.chromium.launch_persistent_context(
            home / "profile",
            executable_path=self._executable(home, prefix),
            headless=False,  # Playwright's own flag would choose the old headless mode
            args=[*ARGUMENTS, *_devices(home, voice, colour), *arguments],
            locale="es-VE",
            viewport=PHONE if phone else DESK,
        )
        self._opened.append(context)
        context.set_default_timeout(TIMEOUT_S * 1000)
        await context.add_init_script(f"window.probeConfiguration = {configuration};\n{PROBE}")
        return ChromiumTab(context.pages[0])

    async def close(self) -> None:
        for context in self._opened:
            await context.close()

    def _executable(self, home: Path, prefix: tuple[str, ...]) -> str:
        """Playwright wants one file: with a prefix that is a script."""
        if not prefix:
            return CHROMIUM
        script = home / "chromium"
        script.write_text(f'#!/bin/sh\nexec {" ".join(prefix)} {CHROMIUM} "$@"\n')
        script.chmod(0o755)
        return str(script)


@asynccontextmanager
async def chromiums(directory: Path) -> AsyncIterator[Chromiums]:
    async with async_playwright() as playwright:
        opened = Chromiums(playwright, directory)
        try:
            yield opened
        finally:
            await opened.close()


def _devices(home: Path, voice: Voice, colour: Colour) -> tuple[str, ...]:
    return (
        f"--use-file-for-fake-audio-capture={write_wav(voice, home / 'voice.wav')}",
        f"--use-file-for-fake-video-capture={write_y4m(colour, home / 'camera.y4m')}",
    )
