"""A child that exists and does nothing: it is killed and comes back; one that is only slow is left alone."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import pytest
from eventually import eventually
from redis import Redis

from free_port import free_port
from signaling import embedded, health, programs, supervisor, watchdog
from signaling.child import Program
from signaling.settings import Settings
from signaling.supervisor import supervise
from valkey_process import ValkeyProcess

PERIOD_S = 0.02


class Checks:
    """Answers as told, then with the last of them for ever; "hang" says nothing at all."""

    def __init__(self, answers: Iterable[bool | str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self) -> bool:
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        if answer == "hang":
            await asyncio.Event().wait()
        return bool(answer)


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ([True, False], 1 + watchdog.MISSED),
        ([True, "hang"], 1 + watchdog.MISSED),
        ([True, False, False, True, False], 4 + watchdog.MISSED),
        ([False], watchdog.MISSED_AT_START),
        ([False] * (watchdog.MISSED_AT_START - 1) + [True, False], watchdog.MISSED_AT_START + watchdog.MISSED),
    ],
)
async def test_counts_answers_that_are_missing_in_a_row(answers: list[bool | str], asked: int) -> None:
    checks = Checks(answers)
    await asyncio.wait_for(watchdog.until_hung(checks, PERIOD_S), 10)
    assert checks.asked == asked


async def test_who_answers_is_never_hung() -> None:
    checks = Checks([True])
    task = asyncio.create_task(watchdog.until_hung(checks, PERIOD_S))
    await eventually(lambda: checks.asked > 20, "it goes on asking")
    assert not task.done()
    task.cancel()


async def test_a_stopped_valkey_is_killed_and_serves_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "until_hung", partial(watchdog.until_hung, period_s=0.3))
    stop = asyncio.Event()
    with embedded.prepare(tmp_path) as server:
        task = asyncio.create_task(supervise([[programs.valkey(server)]], stop))
        await embedded.wait_ready(server.url)
        before = pid_of(server.url)
        await asyncio.sleep(0.5)  # it has answered once
        os.kill(before, signal.SIGSTOP)
        await eventually(lambda: not Path(f"/proc/{before}").exists(), "the stopped one is gone")
        await embedded.wait_ready(server.url)
        assert pid_of(server.url) != before
        stop.set()
        await task


async def test_a_program_that_stops_while_it_hangs_is_not_restarted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "until_hung", partial(watchdog.until_hung, period_s=PERIOD_S))
    checks, stop = Checks(["hang"]), asyncio.Event()
    program = Program("deaf", (sys.executable, "-c", "import time; time.sleep(60)"), answers=checks)
    task = asyncio.create_task(supervise([[program]], stop))
    await eventually(lambda: checks.asked > 2, "it is asked")
    stop.set()
    await asyncio.wait_for(task, 10)


async def test_what_is_asked(own_valkey: ValkeyProcess) -> None:
    assert await health.valkey(own_valkey.url)
    assert not await health.media(own_valkey.url, "nobody")
    assert not await health.signaling(Settings(port=free_port()))
    own_valkey.kill()
    assert not await health.valkey(own_valkey.url)
    assert await health.media(own_valkey.url, "nobody"), "nobody can tell"


def pid_of(url: str) -> int:
    with Redis.from_url(url) as redis:
        told = redis.info("server")
    return int(told["process_id"])
