"""What waits to be written to one socket: bounded in messages, and it says what it drops."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Final

from signaling.protocol import Message, Quality, Speaking

MAX_QUEUED: Final = 256
"""A page that is this many messages behind is closed (4005); it comes back and asks for what it missed."""

LINGER_S: Final = 5.0
"""From a close to its end: a seat that was taken over must not be held by a dead link."""

MAX_QUEUED_BYTES: Final = 8 * 1024 * 1024


@dataclass(frozen=True)
class Close:
    code: int


class Outgoing:
    """A queue with one reader. Speaking and Quality are dropped from half full on: newer ones follow."""

    def __init__(self) -> None:
        self._queue: deque[str | Close] = deque()
        self._bytes = 0
        self._filled = asyncio.Event()
        self._closing: Close | None = None
        self._closed = asyncio.Event()
        self.overflowed = asyncio.Event()

    @property
    def closing(self) -> bool:
        """Whether a close is queued: nothing is sent after it."""
        return self._closing is not None

    def send(self, message: Message) -> None:
        """Queue a message, or drop it as the class says."""
        if self._closing or self.overflowed.is_set():
            return
        if isinstance(message, Speaking | Quality) and len(self._queue) > MAX_QUEUED // 2:
            return
        text = message.model_dump_json()
        if len(self._queue) >= MAX_QUEUED or self._bytes + len(text) > MAX_QUEUED_BYTES:
            self.overflowed.set()
            return
        self._bytes += len(text)
        self._put(text)

    def close(self, code: int) -> None:
        """Close the socket with this code once everything before is written. The first code counts."""
        if self._closing is None:
            self._closing = Close(code)
            self._put(self._closing)
            self._closed.set()

    async def stuck(self) -> int:
        """Return when a page did not take in time what stands before the close; the code to cut it off with."""
        await self._closed.wait()
        await asyncio.sleep(LINGER_S)
        assert self._closing is not None
        return self._closing.code

    async def next(self) -> str | Close:
        """The oldest entry, as soon as there is one."""
        while not self._queue:
            self._filled.clear()
            await self._filled.wait()
        entry = self._queue.popleft()
        self._bytes -= len(entry) if isinstance(entry, str) else 0
        return entry

    def _put(self, entry: str | Close) -> None:
        self._queue.append(entry)
        self._filled.set()
