"""A page's commands that are not durable yet: executed in their order, in a task of their own.

While the store is away they wait here, so that everything else of the page goes on being served. Bounded; what is left
when the socket goes was never acknowledged, and the page says it again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

from clinic.store import Superseded
from clinic.unavailable import Unavailable
from signaling import protocol as p
from signaling.execution import Execution, TooFast
from signaling.redis_client import RETRY_DELAY_S

MAX_WAITING: Final = 64
MAX_WAITING_BYTES: Final = 256 * 1024

Answered = Callable[[p.Command, p.Ack | p.Refused], None]


class Backlog:
    """Owned by a session, whose task runs `run`."""

    def __init__(self, execution: Execution, answered: Answered) -> None:
        self._execution = execution
        self._answered = answered
        self._waiting: deque[tuple[p.Command, int]] = deque()
        self._bytes = 0
        self._taken = 0
        self._done = 0
        self._away = False
        """The store could not be asked the last time, or does not listen to us any more."""
        self._closed = False
        self._moved = asyncio.Event()
        """Set for a moment, whenever anything of the above changes."""

    async def put(self, command: p.Command) -> None:
        """Take a command in. Waits while there are too many: meanwhile nothing more of the page is read."""
        while self._is_full and not self._closed:
            await self._moved.wait()
        if self._closed:
            return
        size = len(command.model_dump_json())
        self._waiting.append((command, size))
        self._bytes += size
        self._taken += 1
        self._move()

    async def run(self) -> None:
        """Execute what comes, until cancelled. May raise `Superseded`."""
        while True:
            while not self._waiting:
                await self._moved.wait()
            await self._execute(*self._waiting[0])

    async def caught_up(self) -> bool:
        """Wait for the commands that were taken in so far; False: they wait for a store that is away."""
        upto = self._taken
        while self._done < upto and not self._away:
            await self._moved.wait()
        return self._done >= upto

    async def close(self) -> bool:
        """Take no more, and wait as `caught_up` does."""
        self._closed = True
        self._move()
        return await self.caught_up()

    @property
    def _is_full(self) -> bool:
        return len(self._waiting) >= MAX_WAITING or self._bytes >= MAX_WAITING_BYTES

    async def _execute(self, command: p.Command, size: int) -> None:
        """Once: the oldest stays where it is while the store is away."""
        try:
            answer = await self._execution.of(command)
        except TooFast:
            answer = self._execution.refused(command, "too-fast")
        except Superseded:
            self._give_up()
            raise
        except Unavailable:
            self._give_up()
            await asyncio.sleep(RETRY_DELAY_S)
            return
        self._away = False
        self._waiting.popleft()
        self._bytes -= size
        self._done += 1
        self._answered(command, answer)
        self._move()

    def _give_up(self) -> None:
        """For now, or for good: nobody shall wait for what is here."""
        self._away = True
        self._move()

    def _move(self) -> None:
        self._moved.set()
        self._moved.clear()
