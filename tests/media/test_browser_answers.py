"""Real browsers accept our answers, also after an ICE restart: a page offers, and tells what it made of them."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from media import sdp
from tests.media.sfu_answers import LOCAL, answers

PAGE = Path(__file__).parent / "browser_offer.html"
TIMEOUT_S = 60.0
FIREFOX_PREFERENCES = """
user_pref("media.navigator.permission.disabled", true);
user_pref("media.navigator.streams.fake", true);
user_pref("media.gmp-manager.updateEnabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
"""


def chromium(profile: Path) -> list[str]:
    fakes = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    return ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}", *fakes]


def firefox(profile: Path) -> list[str]:
    (profile / "user.js").write_text(FIREFOX_PREFERENCES)
    return ["firefox-esr", "--headless", "--no-remote", "--profile", str(profile)]


class Page:
    """Serves the page on a port of its own and keeps what it reports."""

    def __init__(self) -> None:
        self.offers: list[sdp.Offer] = []
        self.result: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()

    @asynccontextmanager
    async def served(self) -> AsyncIterator[str]:
        app = web.Application()
        app.add_routes([web.get("/", self._page), web.post("/answer", self._answer), web.post("/result", self._result)])
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
        finally:
            await runner.cleanup()

    async def _page(self, _: web.Request) -> web.FileResponse:
        return web.FileResponse(PAGE)

    async def _answer(self, request: web.Request) -> web.Response:
        offer = sdp.parse_offer(await request.text())
        self.offers.append(offer)
        version = len(self.offers)
        local = replace(LOCAL, ice_ufrag=f"ours{version}", session_version=version)
        return web.Response(text=sdp.build_answer(offer, local, answers(offer)))

    async def _result(self, request: web.Request) -> web.Response:
        self.result.set_result(json.loads(await request.text()))
        return web.Response()


@pytest.mark.e2e
@pytest.mark.parametrize("browser", [chromium, firefox])
async def test_browser_takes_the_answer(browser: Any, tmp_path: Path) -> None:
    command = browser(tmp_path)
    assert shutil.which(command[0]), f"no {command[0]} on this machine: `make test` installs it"
    page = Page()
    async with page.served() as url, running([*command, url], tmp_path):
        result = await asyncio.wait_for(page.result, TIMEOUT_S)
    assert "error" not in result
    assert result["state"] == "stable"
    assert result["directions"] == ["sendonly"] * 2 + ["recvonly"] * 4
    assert result["codecs"][2][0] == "audio/opus"
    assert result["codecs"][3][:2] == ["video/VP8", "video/rtx"]
    first, restarted = page.offers
    assert first.ice_ufrag != restarted.ice_ufrag
    assert first.fingerprints == restarted.fingerprints
    assert [section.ssrc for section in first.sections[:2]] == [section.ssrc for section in restarted.sections[:2]]


@asynccontextmanager
async def running(command: list[str], home: Path) -> AsyncIterator[None]:
    environment = {**os.environ, "HOME": str(home)}
    process = await asyncio.create_subprocess_exec(*command, stdout=DEVNULL, stderr=DEVNULL, env=environment)
    try:
        yield
    finally:
        process.terminate()
        await process.wait()
