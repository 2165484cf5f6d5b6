"""Debian's Firefox, headless, with its built-in fake microphone (a steady note) and camera (colours that change)."""

from __future__ import annotations

import asyncio
import re
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from e2e.bidi import BidiTab
from e2e.tab import PROBE
from e2e.voice import FIREFOX

FIREFOX_ESR = "/usr/bin/firefox-esr"
START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 10.0
LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")

PREFERENCES: dict[str, bool | int | str] = {
    "media.navigator.streams.fake": True,
    "media.navigator.audio.fake_frequency": int(FIREFOX.notes_hz[0]),
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "media.gmp-manager.updateEnabled": False,
    "app.normandy.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "intl.accept_languages": "es-VE, es",
}


@asynccontextmanager
async def firefox(directory: Path) -> AsyncIterator[BidiTab]:
    """A tab of a new Firefox with a profile of its own."""
    process = await _start(directory)
    try:
        url = await _bidi_url(process)
        async with aiohttp.ClientSession() as http, http.ws_connect(f"{url}/session", max_msg_size=0) as socket:
            tab = BidiTab(socket)
            await tab.start(PROBE)
            yield tab
    finally:
        await _stop(process)


async def _start(directory: Path) -> Process:
    profile = directory / "firefox"
    profile.mkdir()
    lines = [f"user_pref({_quoted(name)}, {_quoted(value)});" for name, value in PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines))
    arguments = ("--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0")
    return await asyncio.create_subprocess_exec(FIREFOX_ESR, *arguments, stderr=PIPE, stdout=PIPE)


def _quoted(value: bool | int | str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


async def _bidi_url(process: Process) -> str:
    assert process.stderr is not None
    said = []
    async with asyncio.timeout(START_TIMEOUT_S):
        while line := await process.stderr.readline():
            said.append(line.decode())
            if found := LISTENING.search(said[-1]):
                return found[1]
    raise RuntimeError(f"Firefox did not start: {''.join(said)}")


async def _stop(process: Process) -> None:
    """Ask it to end, and read what it still says so that its pipes do not fill up."""
    process.terminate()
    try:
        async with asyncio.timeout(STOP_TIMEOUT_S):
            await process.communicate()
    except TimeoutError:
        process.kill()
        await process.communicate()
