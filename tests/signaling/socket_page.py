"""A page as the server sees it: a real WebSocket of aiohttp's client that speaks the protocol."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable
from typing import Any, TypeVar

import aiohttp

from signaling import protocol as p

M = TypeVar("M", bound=p.Message)
TIMEOUT_S = 30.0


class Page:
    """Keeps every message; `get` waits for the next one of a kind."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, token: str, client_id: str) -> None:
        self.socket = socket
        self.token = token
        self.client_id = client_id
        self.welcome: p.Welcome
        self.inbox: list[p.Message] = []
        self._ids = itertools.count(1)

    async def hello(self, after: str | None = None, lang: str = "es") -> p.Welcome:
        hello = {"type": "hello", "v": p.VERSION, "token": self.token, "client_id": self.client_id, "lang": lang}
        await self.raw({**hello, "after": after})
        self.welcome = await self.get(p.Welcome)
        return self.welcome

    async def send(self, message: p.Message) -> None:
        await self.socket.send_str(message.model_dump_json())

    async def raw(self, message: object) -> None:
        await self.socket.send_str(message if isinstance(message, str) else json.dumps(message))

    async def do(self, make: Callable[[str], p.Message]) -> p.Ack | p.Refused:
        """Send the command that `make(id)` makes; how it was answered."""
        command_id = f"{self.client_id}-{next(self._ids)}"
        await self.send(make(command_id))
        return await self.answer_to(command_id)

    async def answer_to(self, command_id: str) -> p.Ack | p.Refused:
        return await self.wait(lambda message: isinstance(message, p.Ack | p.Refused) and message.id == command_id)

    async def get(self, kind: type[M]) -> M:
        found: M = await self.wait(lambda message: isinstance(message, kind))
        return found

    async def event(self, kind: str) -> Any:
        """The next event of a kind on the timeline, taken out of its message."""
        found = await self.wait(
            lambda message: (
                isinstance(message, p.Events | p.Welcome)
                and any(stored.event.type == kind for stored in message.events)
            ),
            keep=True,
        )
        event = next(stored.event for stored in found.events if stored.event.type == kind)
        self.inbox.remove(found)
        rest = tuple(stored for stored in found.events if stored.event is not event)
        if rest:
            self.inbox.insert(0, p.Events(events=rest))
        return event

    async def wait(self, wanted: Callable[[p.Message], bool], *, keep: bool = False) -> Any:
        """The first message that is wanted, from those that came or will."""
        async with asyncio.timeout(TIMEOUT_S):
            seen = 0
            while True:
                for message in self.inbox[seen:]:
                    if wanted(message):
                        if not keep:
                            self.inbox.remove(message)
                        return message
                seen = len(self.inbox)
                await self._receive()

    async def closed(self) -> int | None:
        """Read to the end; the close code."""
        async with asyncio.timeout(TIMEOUT_S):
            while not self.socket.closed:
                received = await self.socket.receive()
                if received.type is aiohttp.WSMsgType.TEXT:
                    self.inbox.append(p.to_page.validate_json(received.data))
            return self.socket.close_code

    async def _receive(self) -> None:
        received = await self.socket.receive()
        if received.type is not aiohttp.WSMsgType.TEXT:
            raise AssertionError(f"closed with {self.socket.close_code}; inbox: {self.inbox}")
        self.inbox.append(p.to_page.validate_json(received.data))
