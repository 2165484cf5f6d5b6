"""Keeps child processes running: starts them group by group, restarts what dies, stops them in the reverse order.

It knows commands, not roles; what is started is said by `signaling.programs`.
"""

from __future__ import annotations

import asyncio
import ctypes
import logging
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from signaling.watchdog import until_hung

log = logging.getLogger(__name__)

FIRST_DELAY_S = 0.1
MAX_DELAY_S = 2.0
STABLE_AFTER_S = 4.0
"""A child that lived so long starts again with `FIRST_DELAY_S`."""

STDERR = 2
PR_SET_PDEATHSIG = 1
"""prctl(2): the signal that the kernel sends to a child when its parent dies."""


@dataclass(frozen=True)
class Program:
    """One child process. `stdin` is written to it once; `ready` returns when it serves; output goes to stderr."""

    name: str
    command: tuple[str, ...]
    stdin: bytes = b""
    env: Mapping[str, str] | None = None
    pass_fds: tuple[int, ...] = ()
    ready: Callable[[], Awaitable[None]] | None = None
    answers: Callable[[], Awaitable[bool]] | None = None
    """Whether it still does something; without an answer for long it is killed, and so restarted."""
    stop_timeout_s: float = 5.0
    """From SIGTERM to SIGKILL."""


def next_delay_s(previous_s: float, lived_s: float) -> float:
    """The pause before a restart, from the pause before the last one (0: none yet) and how long the child lived."""
    if previous_s == 0 or lived_s >= STABLE_AFTER_S:
        return FIRST_DELAY_S
    return min(previous_s * 2, MAX_DELAY_S)


async def supervise(groups: Sequence[Sequence[Program]], stop: asyncio.Event) -> None:
    """Run until `stop`: each group starts when those before it are ready, and stops when those after it are gone."""
    keepers = [[_Keeper(program) for program in group] for group in groups]
    async with asyncio.TaskGroup() as tasks:
        starting = tasks.create_task(_start(keepers, tasks))
        await stop.wait()
        starting.cancel()
        for group in reversed(keepers):
            await asyncio.gather(*(keeper.stop() for keeper in group))


def stop_on_signals(stop: asyncio.Event) -> None:
    """SIGTERM and SIGINT set the event. Children have sessions of their own, so Ctrl-C reaches only us."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)


async def _start(keepers: list[list[_Keeper]], tasks: asyncio.TaskGroup) -> None:
    for group in keepers:
        for keeper in group:
            keeper.task = tasks.create_task(keeper.run())
        for keeper in group:
            if keeper.program.ready:
                await keeper.program.ready()


class _Keeper:
    """Owner of one program's process, through all its lives."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.task: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        delay_s = 0.0
        while not self._stopping.is_set():
            lived_s = await self._one_life()
            if self._stopping.is_set():
                return
            delay_s = next_delay_s(delay_s, lived_s)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), delay_s)

    async def stop(self) -> None:
        self._stopping.set()
        if self.task:
            await self.task

    async def _one_life(self) -> float:
        began_at = time.monotonic()
        try:
            process = await self._spawn()
        except OSError as error:
            log.error("cannot start", extra={"program": self.program.name, "error": str(error)})
            return 0.0
        log.info("started", extra={"program": self.program.name, "pid": process.pid})
        try:
            await self._until_exit_hang_or_stop(process)
        finally:
            await self._end(process)
        if not self._stopping.is_set():
            log.error("died", extra={"program": self.program.name, "pid": process.pid, "code": process.returncode})
        return time.monotonic() - began_at

    async def _spawn(self) -> Process:
        process = await asyncio.create_subprocess_exec(
            *self.program.command,
            stdin=PIPE,
            stdout=STDERR,
            env=None if self.program.env is None else dict(self.program.env),
            pass_fds=self.program.pass_fds,
            start_new_session=True,
            preexec_fn=_die_with_parent(),
        )
        assert process.stdin is not None
        process.stdin.write(self.program.stdin)
        process.stdin.close()
        return process

    async def _until_exit_hang_or_stop(self, process: Process) -> None:
        ends = [asyncio.ensure_future(process.wait()), asyncio.ensure_future(self._stopping.wait())]
        hung = asyncio.create_task(until_hung(self.program.answers)) if self.program.answers else None
        try:
            await asyncio.wait([*ends, hung] if hung else ends, return_when=asyncio.FIRST_COMPLETED)
            if hung and hung.done() and not self._stopping.is_set():
                hung.result()
                log.error("hangs", extra={"program": self.program.name, "pid": process.pid})
                process.kill()
                await process.wait()
        finally:
            for task in (*ends, hung):
                if task:
                    task.cancel()

    async def _end(self, process: Process) -> None:
        if process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), self.program.stop_timeout_s)
        except TimeoutError:
            log.warning("killed", extra={"program": self.program.name, "pid": process.pid})
            process.kill()
            await process.wait()


def _die_with_parent() -> Callable[[], None] | None:
    """What a child runs before exec so that it never outlives us (Linux; elsewhere nothing)."""
    if sys.platform != "linux":
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def ask_the_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died between fork and prctl
            os._exit(1)

    return ask_the_kernel
