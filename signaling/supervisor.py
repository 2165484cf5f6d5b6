"""Keeps child processes running: starts them group by group, restarts what dies, stops them in the reverse order.

It knows commands, not roles; what is started is said by `signaling.programs`.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from asyncio.subprocess import Process
from collections.abc import Sequence
from contextlib import suppress

from signaling.child import Program, end, feed, spawn
from signaling.spare import Spare
from signaling.watchdog import until_hung

log = logging.getLogger(__name__)

FIRST_DELAY_S = 0.1
MAX_DELAY_S = 2.0
STABLE_AFTER_S = 4.0
"""A child that lived so long starts again at once."""


def next_delay_s(previous_s: float, lived_s: float) -> float:
    """The pause before a restart, from the pause before the last one (0: none yet) and how long the child lived."""
    if lived_s >= STABLE_AFTER_S:
        return 0.0
    return min(previous_s * 2, MAX_DELAY_S) or FIRST_DELAY_S


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
        self._spare = Spare(program)

    async def run(self) -> None:
        delay_s = 0.0
        while not self._stopping.is_set():
            delay_s = next_delay_s(delay_s, await self._one_life())
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), delay_s)
        await self._spare.end()

    async def stop(self) -> None:
        self._stopping.set()
        if self.task:
            await self.task

    async def _one_life(self) -> float:
        began_at = time.monotonic()
        try:
            process = self._spare.take() or await spawn(self.program)
        except OSError as error:
            log.error("cannot start", extra={"program": self.program.name, "error": str(error)})
            return 0.0
        feed(process, self.program)
        log.info("started", extra={"program": self.program.name, "pid": process.pid})
        sparing = asyncio.create_task(self._spare.keep())
        try:
            await self._until_exit_hang_or_stop(process)
        finally:
            sparing.cancel()
            await end(process, self.program)
        if not self._stopping.is_set():
            log.error("died", extra={"program": self.program.name, "pid": process.pid, "code": process.returncode})
        return time.monotonic() - began_at

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
