"""A page's line to signaling as load: hello, pings, one offer, and coming back with the real page's patience."""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import aiohttp
from pydantic import BaseModel, ConfigDict

HOST: Final = "127.0.0.1"
"""Where the server listens, for pages and for media."""

PING_S: Final = 10.0
"""As web/static/js/signaling.js does."""


class SeatOrder(BaseModel):
    """Whom a page is: its join token, and the address that it comes from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    token: str
    address: str


class Network:
    """HTTP clients, one for each address that pages come from."""

    def __init__(self) -> None:
        self._clients: dict[str, aiohttp.ClientSession] = {}

    def of(self, address: str) -> aiohttp.ClientSession:
        if address not in self._clients:
            connector = aiohttp.TCPConnector(limit=0, local_addr=(address, 0))
            self._clients[address] = aiohttp.ClientSession(connector=connector)
        return self._clients[address]

    async def close(self) -> None:
        for client in self._clients.values():
            await client.close()


class Page:
    """One page load of a seat. `on_adapt` is given each order of the ladder."""

    def __init__(self, network: Network, url: str, seat: SeatOrder) -> None:
        self.tries = 0
        self.welcomed_at = 0.0
        self.answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.on_adapt: Callable[[dict[str, Any]], None] = lambda order: None
        self._http = network.of(seat.address)
        self._url = f"{url}/ws"
        self._token = seat.token
        self._client_id = f"load-{secrets.token_hex(6)}"
        self._offer: dict[str, Any] | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def enter(self, offer_sdp: str | None = None) -> None:
        """Try until welcomed. The offer goes in the hello; `answer` is set when it is answered."""
        if offer_sdp is not None:
            self._offer = {"type": "offer", "request": 1, "sdp": offer_sdp, "rtt_ms": 1}
        while not await self._try():  # noqa: ASYNC110 (what tells is another process)
            await asyncio.sleep(delay_s(self.tries))
        self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._ping())]

    def send(self, message: dict[str, Any]) -> None:
        if self._socket is not None and not self._socket.closed:
            self._tasks = [task for task in self._tasks if not task.done()]
            self._tasks.append(asyncio.create_task(self._write(message)))

    def go_dark(self) -> None:
        """Nothing is read or written any more, and no FIN tells the server."""
        for task in self._tasks:
            task.cancel()

    async def close(self) -> None:
        self.go_dark()
        if self._socket is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._socket.close(), 1)

    async def _try(self) -> bool:
        patience_s, self.tries = patience_after_s(self.tries), self.tries + 1
        try:
            async with asyncio.timeout(patience_s):
                self._socket = await self._http.ws_connect(self._url, compress=15)
                await self._socket.send_str(json.dumps(self._hello()))
                while json.loads(await self._socket.receive_str())["type"] != "welcome":
                    pass
        except (aiohttp.ClientError, TimeoutError, TypeError, OSError):
            return False
        self.welcomed_at = time.monotonic()
        return True

    def _hello(self) -> dict[str, Any]:
        offer = {} if self._offer is None else {"offer": self._offer}
        return {"type": "hello", "v": 1, "token": self._token, "client_id": self._client_id, "lang": "es", **offer}

    async def _read(self) -> None:
        assert self._socket is not None
        async for received in self._socket:
            await self._take(json.loads(received.data))

    async def _take(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "answer" if not self.answer.done():
                self.answer.set_result(message["sdp"])
            case "no_answer" if message["code"] == "retry":
                await asyncio.sleep(message["after_ms"] / 1000)
                self.tries += 1
                await self._write(self._offer or {})
            case "adapt":
                self.on_adapt(message)
            case _:
                pass

    async def _ping(self) -> None:
        await asyncio.sleep(random.uniform(0, PING_S))
        for number in range(1, 1_000_000):
            await self._write({"type": "ping", "n": number})
            await asyncio.sleep(PING_S)

    async def _write(self, message: dict[str, Any]) -> None:
        assert self._socket is not None
        with suppress(ConnectionError, aiohttp.ClientError):
            await self._socket.send_str(json.dumps(message))


def patience_after_s(failed: int) -> float:
    """How long web/static/js/retry.js waits for a welcome, on a page that was open before the outage."""
    return float(min(15.0, 2.2 * 2 ** max(0, min(3, failed - 4))))


def delay_s(failed: int) -> float:
    """And before the next try."""
    if failed <= 1:
        return 0.2 * (failed + random.random())
    return float(min(1.2, 0.3 * 2 ** (failed - 1)) * random.uniform(0.6, 1.2))
