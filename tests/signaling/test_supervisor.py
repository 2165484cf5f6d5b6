"""The supervisor over real processes: order, restarts, back-off, and nobody left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from eventually import eventually

from signaling.child import Program
from signaling.supervisor import next_delay_s, supervise

CHILD = """
import os, signal, sys, time
log = open(sys.argv[1], "a", buffering=1)
def end(*_):
    print("stopped", sys.argv[2], os.getpid(), file=log)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("started", sys.argv[2], os.getpid(), sys.stdin.read(), file=log)
while True:
    time.sleep(60)
"""

STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("started", sys.argv[2], os.getpid(), file=open(sys.argv[1], "a"), flush=True)
while True:
    time.sleep(60)
"""


class Diary:
    """What the children wrote, as (word, name, pid, ...) lines."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def lines(self, word: str = "") -> list[list[str]]:
        text = self.path.read_text() if self.path.exists() else ""
        return [line.split() for line in text.splitlines() if line.startswith(word)]

    def pids(self, name: str) -> list[int]:
        return [int(line[2]) for line in self.lines("started") if line[1] == name]

    def lives_more_than(self, name: str, count: int) -> bool:
        return len(self.pids(name)) > count

    def child(self, name: str, script: str = CHILD, stdin: bytes = b"", stop_timeout_s: float = 5.0) -> Program:
        command = (sys.executable, "-c", script, str(self.path), name)
        return Program(name=name, command=command, stdin=stdin, stop_timeout_s=stop_timeout_s)


@pytest.fixture
def diary(tmp_path: Path) -> Diary:
    return Diary(tmp_path / "diary")


@asynccontextmanager
async def supervised(*groups: list[Program]) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(supervise(groups, stop))
    try:
        yield
    finally:
        stop.set()
        await task


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(
    ("previous_s", "lived_s", "expected_s"),
    [(0, 0, 0.1), (0.1, 1, 0.2), (0.2, 3.9, 0.4), (1.6, 0, 2.0), (2.0, 0, 2.0), (2.0, 4, 0)],
)
def test_back_off_doubles_to_a_limit_and_there_is_none_after_a_stable_life(
    previous_s: float, lived_s: float, expected_s: float
) -> None:
    assert next_delay_s(previous_s, lived_s) == pytest.approx(expected_s)


async def test_a_killed_child_comes_back_and_the_others_do_not_notice(diary: Diary) -> None:
    names = ["store", "media-0", "media-1", "web"]
    async with supervised(*([diary.child(name)] for name in names)):
        for killed in names:
            await eventually(lambda: all(diary.pids(name) for name in names), "all started")
            before = {name: diary.pids(name) for name in names}
            os.kill(before[killed][-1], signal.SIGKILL)
            await eventually(partial(diary.lives_more_than, killed, len(before[killed])), f"{killed} is back")
            assert {name: diary.pids(name) for name in names if name != killed} == {
                name: pids for name, pids in before.items() if name != killed
            }


async def test_a_group_starts_when_the_one_before_is_ready(diary: Diary) -> None:
    ready = asyncio.Event()

    async def until_ready() -> None:
        await ready.wait()

    first = diary.child("store")
    first = Program(first.name, first.command, ready=until_ready)
    async with supervised([first], [diary.child("web")]):
        await eventually(lambda: bool(diary.pids("store")), "store started")
        assert not diary.pids("web")
        ready.set()
        await eventually(lambda: bool(diary.pids("web")), "web started")


async def test_stops_in_the_reverse_order_and_waits_for_each_group(diary: Diary) -> None:
    async with supervised([diary.child("store")], [diary.child("media")], [diary.child("web")]):
        await eventually(lambda: len(diary.lines("started")) == 3, "all started")
    assert [line[1] for line in diary.lines("stopped")] == ["web", "media", "store"]


async def test_kills_who_does_not_stop(diary: Diary) -> None:
    async with supervised([diary.child("deaf", STUBBORN, stop_timeout_s=0.2)]):
        await eventually(lambda: bool(diary.pids("deaf")), "started")
    assert not alive(diary.pids("deaf")[0])


async def test_gives_each_life_its_standard_input(diary: Diary) -> None:
    async with supervised([diary.child("media", stdin=b"config")]):
        await eventually(lambda: bool(diary.pids("media")), "started")
        os.kill(diary.pids("media")[0], signal.SIGKILL)
        await eventually(lambda: len(diary.pids("media")) == 2, "back")
    assert [line[3] for line in diary.lines("started")] == ["config", "config"]


async def test_a_program_that_cannot_start_is_tried_again_and_keeps_nobody_from_running(diary: Diary) -> None:
    absent = diary.path.with_name("absent")
    broken = Program("broken", (str(absent),))
    async with supervised([broken, diary.child("web")]):
        await eventually(lambda: bool(diary.pids("web")), "web started")
        absent.write_text(
            f"#!/bin/sh\necho started broken $$ >> {diary.path}\nexec cat {diary.path.with_name('fifo')}\n"
        )
        os.mkfifo(diary.path.with_name("fifo"))
        absent.chmod(0o700)
        await eventually(lambda: bool(diary.pids("broken")), "broken started after all")


SUPERVISOR = """
import asyncio, sys
from signaling.child import Program
from signaling.supervisor import stop_on_signals, supervise

async def main():
    stop = asyncio.Event()
    stop_on_signals(stop)
    await supervise([[Program(name, (sys.executable, "-c", sys.argv[2], sys.argv[1], name))] for name in "abc"], stop)

asyncio.run(main())
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
async def test_children_end_with_the_supervisor(diary: Diary, how: signal.Signals) -> None:
    command = (sys.executable, "-c", SUPERVISOR, str(diary.path), CHILD)
    process = await asyncio.create_subprocess_exec(*command)
    await eventually(lambda: len(diary.lines("started")) == 3, "all started")
    process.send_signal(how)
    code = await asyncio.wait_for(process.wait(), 20)
    pids = [int(line[2]) for line in diary.lines("started")]
    await eventually(lambda: not any(map(alive, pids)), "nobody left")
    assert code == (-signal.SIGKILL if how == signal.SIGKILL else 0)


async def test_stop_cuts_a_back_off_short(diary: Diary) -> None:
    async with supervised([diary.child("crash", "import sys; open(sys.argv[1], 'a').write('x')")]):
        await eventually(lambda: diary.path.exists() and len(diary.path.read_text()) >= 4, "crashed four times")
        began_at = time.monotonic()
    assert time.monotonic() - began_at < 0.7
