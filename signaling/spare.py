"""A second process of a program, all set up, that waits for its input: a death costs no start."""

from __future__ import annotations

import asyncio
import logging
from asyncio.subprocess import Process
from typing import Final

from signaling.child import Program, end, spawn

log = logging.getLogger(__name__)

LOOK_S: Final = 0.5


class Spare:
    """`keep` runs beside a serving process; `take` hands the spare over when that one has died."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._process: Process | None = None

    async def keep(self) -> None:
        """Have one, and another if it dies, until cancelled."""
        while self._program.spare_after_s is not None:
            await self._until_the_first_serves()
            await asyncio.sleep(self._program.spare_after_s)
            self._process = await self._spawned()
            if self._process is not None:
                await self._process.wait()
                log.error("spare died", extra={"program": self._program.name, "pid": self._process.pid})
                self._process = None

    def take(self) -> Process | None:
        """The spare, which is ours no longer; None when there is none that lives."""
        process, self._process = self._process, None
        return process if process is not None and process.returncode is None else None

    async def end(self) -> None:
        if process := self.take():
            await end(process, self._program)

    async def _until_the_first_serves(self) -> None:
        """A slow machine has enough to do with its start."""
        while self._program.answers and not await self._program.answers():  # noqa: ASYNC110 (it has no Event)
            await asyncio.sleep(LOOK_S)

    async def _spawned(self) -> Process | None:
        try:
            process = await spawn(self._program)
        except OSError as error:
            log.error("cannot start a spare", extra={"program": self._program.name, "error": str(error)})
            return None
        log.info("stands by", extra={"program": self._program.name, "pid": process.pid})
        return process
