"""One load of a seat's page, as far as the server sees it: says hello, resends, gathers the timeline, comes back."""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import aiohttp

from chaos.history import Answered, Entry, Held, TurnedAway
from chaos.log import Log
from chaos.server import ORIGIN
from chaos.timeline import entry, order
from chaos.waiting import Waiting
from signaling import protocol as p

Json = dict[str, Any]

OPEN_TIMEOUT_S: Final = 3.0
PING_EVERY_S: Final = 1.5
DEAD_S: Final = 3.0
RETRY_S: Final = (0.2, 0.4, 0.8, 1.5)
AGAIN_S: Final = 0.5
FOR_GOOD: Final = (p.CLOSE_UNKNOWN_TOKEN, p.CLOSE_BAD_VERSION, p.CLOSE_BAD_MESSAGE)


@dataclass(frozen=True)
class Access:
    """A seat's join link, and the address that its pages come from."""

    consultation: str
    seat: str
    other: str
    is_physician: bool
    token: str
    ip: str
    index: int


class Page:
    """`told` is called for every message after the page has taken in what is its own."""

    def __init__(self, access: Access, waiting: Waiting, log: Log, told: Callable[[Page, Json], None]) -> None:
        self.access = access
        self.waiting = waiting
        self.entries: list[Entry] = []
        self.consultation: Json = {}
        self.taken_over = False
        self.whole = False
        """Nothing older is to be fetched."""
        self._client_id = f"page-{secrets.token_hex(8)}"
        self._log = log
        self._told = told
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._welcomed_at_s: float | None = None
        self._failures = 0
        self._heard_at_s = 0.0
        self._later: asyncio.TimerHandle | None = None

    @property
    def open(self) -> bool:
        return self._welcomed_at_s is not None

    async def run(self) -> None:
        """Come back after every loss, until cancelled, taken over or turned away."""
        connector = aiohttp.TCPConnector(local_addr=(self.access.ip, 0))
        async with aiohttp.ClientSession(connector=connector) as http:
            while not self.taken_over:
                if await self._one_line(http) in FOR_GOOD:
                    return
                await asyncio.sleep(RETRY_S[min(self._failures, len(RETRY_S) - 1)] * random.uniform(0.5, 1))
                self._failures += 1

    def say(self, message: Json) -> bool:
        """Now or not at all."""
        if self._socket is None or not self.open or self._socket.closed:
            return False
        asyncio.get_running_loop().create_task(self._send(self._socket, message))
        return True

    def drain(self) -> None:
        """Send what waits, in order and no faster than is wanted. Called every now and then."""
        if self.open:
            for command in self.waiting.due(time.monotonic()):
                self.say(command)

    async def _one_line(self, http: aiohttp.ClientSession) -> int | None:
        """From connecting to the end; the close code."""
        try:
            async with asyncio.timeout(OPEN_TIMEOUT_S):
                socket = await http.ws_connect(f"{ORIGIN}/ws", timeout=aiohttp.ClientWSTimeout(ws_close=0.2))
        except (aiohttp.ClientError, TimeoutError, OSError):
            return None
        self._socket = socket
        try:
            await self._send(socket, self._hello())
            return await self._converse(socket)
        finally:
            self._lost()
            await socket.close()

    async def _converse(self, socket: aiohttp.ClientWebSocketResponse) -> int | None:
        self._heard_at_s = pinged_at_s = time.monotonic()
        while time.monotonic() - self._heard_at_s < DEAD_S:
            if self.open and time.monotonic() - pinged_at_s > PING_EVERY_S:
                pinged_at_s = time.monotonic()
                await self._send(socket, {"type": "ping", "n": 1})
            try:
                received = await socket.receive(timeout=PING_EVERY_S / 2)
            except TimeoutError:
                continue
            if received.type is not aiohttp.WSMsgType.TEXT:
                return self._closed(socket.close_code)
            self._heard_at_s = time.monotonic()
            self._take(json.loads(received.data))
        return None

    def _closed(self, code: int | None) -> int | None:
        if code == p.CLOSE_TAKEN_OVER:
            self.taken_over = True
        elif code in FOR_GOOD:
            self._log.add(TurnedAway(self._log.now(), self.access.consultation, self.access.seat, f"close {code}"))
        return code

    def _hello(self) -> Json:
        after = self.entries[-1].id if self.entries else None
        return {
            "type": "hello",
            "v": p.VERSION,
            "token": self.access.token,
            "client_id": self._client_id,
            "after": after,
        }

    def _take(self, message: Json) -> None:
        match message["type"]:
            case "welcome":
                self._welcomed(message)
            case "events":
                self._gather(message)
            case "ack":
                self._answered(message["id"], "ack")
            case "refused":
                self._refused(message)
            case "error" if not message["fatal"]:
                self._again()
        self._told(self, message)

    def _welcomed(self, welcome: Json) -> None:
        self._welcomed_at_s = self._log.now()
        self._failures = 0
        self.consultation = welcome["consultation"]
        self._gather(welcome)
        self.waiting.again(time.monotonic())
        self.drain()

    def _gather(self, message: Json) -> None:
        last = order(self.entries[-1].id) if self.entries else (0, 0)
        told = [entry(stored["id"], stored["event"]) for stored in message["events"]]
        self.entries += [one for one in told if order(one.id) > last]
        self.whole = not message["more"]
        if message["more"]:
            self.say({"type": "fetch", "after": self.entries[-1].id})

    def _refused(self, refused: Json) -> None:
        if refused["code"] == "too-fast":
            self._log.add(Answered(self._log.now(), refused["id"], "too-fast"))
            self.waiting.too_fast(refused["id"], time.monotonic())
        else:
            self._answered(refused["id"], refused["code"])

    def _answered(self, id: str, outcome: str) -> None:
        self._log.add(Answered(self._log.now(), id, outcome))
        self.waiting.settle(id)

    def _again(self) -> None:
        """Something was not done: soon, once, however many it were."""
        if self._later is None:
            self._later = asyncio.get_running_loop().call_later(AGAIN_S, self._now_again)

    def _now_again(self) -> None:
        self._later = None
        self.waiting.again(time.monotonic())
        self.drain()

    def _lost(self) -> None:
        if self._welcomed_at_s is not None:
            a = self.access
            self._log.add(Held(self._welcomed_at_s, self._log.now(), a.consultation, a.seat, self.waiting.device))
        self._welcomed_at_s = self._socket = None

    async def _send(self, socket: aiohttp.ClientWebSocketResponse, message: Json) -> None:
        try:
            await socket.send_str(json.dumps(message))
        except (aiohttp.ClientError, OSError):
            return
