"""A spare stands by, touches nothing, and serves as soon as the first one is dead."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from eventually import eventually

from free_port import free_port
from signaling import local, ports, programs
from signaling.child import Program
from signaling.settings import Settings
from signaling.supervisor import supervise

START_S = 120.0
"""Signaling's start is seconds of CPU, which others may need at the same time."""
CHILD = """
import os, sys
log = open(sys.argv[1], "a", buffering=1)
print("born", os.getpid(), file=log)
if sys.stdin.read():
    print("serves", os.getpid(), file=log)
    os.read(os.open(sys.argv[2], os.O_RDWR), 1)
"""


class Diary:
    """What the children wrote: (word, pid)."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "diary"
        self.path.touch()
        os.mkfifo(folder / "never")
        command = (sys.executable, "-c", CHILD, str(self.path), str(folder / "never"))
        self.program = Program("web", command, stdin=b"go", spare_after_s=0.0)

    def pids(self, word: str) -> list[int]:
        return [int(pid) for said, pid in map(str.split, self.path.read_text().splitlines()) if said == word]

    async def until(self, born: int, serving: int) -> None:
        await eventually(
            lambda: (len(self.pids("born")), len(self.pids("serves"))) == (born, serving), f"{born} {serving}"
        )


@pytest.fixture
def diary(tmp_path: Path) -> Diary:
    return Diary(tmp_path)


def exists(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


@asynccontextmanager
async def supervised(program: Program) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(supervise([[program]], stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def test_the_spare_serves_when_the_first_one_dies(diary: Diary) -> None:
    async with supervised(diary.program):
        for deaths in range(3):
            await diary.until(born=deaths + 2, serving=deaths + 1)
            spare = set(diary.pids("born")) - set(diary.pids("serves"))
            os.kill(diary.pids("serves")[-1], signal.SIGKILL)
            await diary.until(born=deaths + 3, serving=deaths + 2)
            assert {diary.pids("serves")[-1]} == spare
    assert not any(map(exists, diary.pids("born")))


async def test_a_spare_that_dies_is_replaced_and_nobody_notices(diary: Diary) -> None:
    async with supervised(diary.program):
        await diary.until(born=2, serving=1)
        (spare,) = set(diary.pids("born")) - set(diary.pids("serves"))
        os.kill(spare, signal.SIGKILL)
        await diary.until(born=3, serving=1)


async def test_without_a_spare_yet_a_new_one_is_started(diary: Diary) -> None:
    async with supervised(replace(diary.program, spare_after_s=60.0)):
        await diary.until(born=1, serving=1)
        os.kill(diary.pids("serves")[0], signal.SIGKILL)
        await diary.until(born=2, serving=2)


async def test_no_spare_is_set_up_before_the_first_one_answers(diary: Diary) -> None:
    serves = asyncio.Event()

    async def answers() -> bool:
        return serves.is_set()

    async with supervised(replace(diary.program, answers=answers)):
        await diary.until(born=1, serving=1)
        serves.set()
        await diary.until(born=2, serving=1)


def test_a_signaling_process_that_nobody_tells_ends_in_silence() -> None:
    run = subprocess.run(
        programs.SIGNALING_COMMAND,
        env={**os.environ, "HILO_REDIS_URL": "redis://127.0.0.1:1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


async def test_signaling_answers_again_at_once(redis_url: str, caplog: pytest.LogCaptureFixture) -> None:
    """The whole of it: killed, the port bound anew by the one that stood by."""
    caplog.set_level("INFO", "signaling")
    settings = Settings(port=free_port())

    def pids(event: str) -> list[int]:
        return [record.pid for record in caplog.records if record.message == event]  # type: ignore[attr-defined]

    async with (
        supervised(replace(programs.signaling(settings, redis_url), spare_after_s=0.0)),
        local.client() as http,
    ):
        url = local.url(settings, "/healthz")
        for deaths in range(2):
            await eventually(lambda deaths=deaths: len(pids("stands by")) == deaths + 1, "a spare", START_S)  # type: ignore[misc]
            while not await local.answers(http, url):  # noqa: ASYNC110 (another process has no Event)
                await asyncio.sleep(0.01)
            os.kill(pids("started")[-1], signal.SIGKILL)
        await eventually(lambda: len(pids("started")) == 3, "the second spare serves", START_S)
        assert pids("started")[1:] == pids("stands by")[:2]
    assert ports.is_free(settings.host, settings.port)
