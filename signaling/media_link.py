"""Asks media nodes: places a consultation on one of them, sends commands and awaits their replies."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, cast

from pydantic import ValidationError
from redis.asyncio import Redis

from clinic.unavailable import unavailable_when_down
from media.contract import (
    STREAM_MAXLEN,
    MediaCommand,
    MediaReply,
    commands_key,
    media_reply,
    replies_key,
)
from signaling.nodes import Nodes, node_id_of
from signaling.redis_client import BLOCK_MS, DOWN, READ_TIMEOUT_S, RETRY_DELAY_S

REPLY_TIMEOUT_S: Final = 4.0
NODE_WAIT_S: Final = 3.0
PLACEMENT_KEPT_S: Final = 24 * 3600

_PLACE: Final = """
-- KEYS: 1 placement
-- ARGV: 1 the life that was read ('' for none), 2 the life to put there, 3 kept (s)
-- Result: the life that holds now
local current = redis.call('GET', KEYS[1]) or ''
if current ~= ARGV[1] then return current end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return ARGV[2]
"""

log = logging.getLogger(__name__)


class NoReply(Exception):
    """The node did not answer in time, or died; whether it did what was asked is unknown."""


class NodeDied(NoReply):
    """What it did is gone with it."""


def placement_key(consultation: str) -> str:
    """String: the life of the media node that has the consultation. Expires a day after it was placed."""
    return f"{{clinic}}:consultation:{consultation}:node"


class MediaLink:
    """This process's line to all media nodes. Methods that write may raise `Unavailable`."""

    def __init__(self, redis: Redis, nodes: Nodes, signaling_id: str) -> None:
        self._redis = redis
        self._nodes = nodes
        self._replies = replies_key(signaling_id)
        self.signaling_id = signaling_id
        self._place = redis.register_script(_PLACE)
        self._waiting: dict[str, tuple[str, asyncio.Future[MediaReply]]] = {}

    async def life_of(self, consultation: str) -> str | None:
        """The living node that has the consultation, if one does."""
        life = await self._placement(consultation)
        return life if await self._nodes.lives(life) else None

    async def last_life_of(self, consultation: str) -> str:
        """The node where the consultation was placed last, dead or alive; empty for none."""
        return await self._placement(consultation)

    async def place(self, consultation: str, but: str | None = None) -> str | None:
        """The node that has the consultation, or the least loaded one; never `but`. None: no node has room."""
        for _ in range(3):
            current = await self._placement(consultation)
            if current and current != but and await self._goes_on(current):
                return current
            chosen = self._nodes.least_loaded(but)
            if chosen is None:
                return None
            async with unavailable_when_down():
                placed = (await self._place(
                    keys=[placement_key(consultation)], args=[current, chosen, PLACEMENT_KEPT_S]
                )).decode()  # fmt: skip
            if self._nodes.is_alive(placed):
                return str(placed)
        return None

    async def place_soon(self, consultation: str) -> str | None:
        """As `place`, waiting a little for a node to come: one that was killed is back about a second later."""
        with suppress(TimeoutError):
            async with asyncio.timeout(NODE_WAIT_S):
                while (life := await self.place(consultation)) is None:
                    await self._nodes.next_look()
                return life
        return None

    async def ask(self, life: str, make: Callable[[str, str], MediaCommand]) -> MediaReply:
        """Send what `make(request id, reply to)` makes and return the reply. Raises NoReply."""
        request_id = secrets.token_hex(8)
        future: asyncio.Future[MediaReply] = asyncio.get_running_loop().create_future()
        self._waiting[request_id] = (life, future)
        try:
            await self._send(life, make(request_id, self.signaling_id))
            async with asyncio.timeout(REPLY_TIMEOUT_S):
                return await future
        except TimeoutError:
            log.warning("media node does not answer", extra={"node": life, "request": request_id})
            raise NoReply from None
        finally:
            del self._waiting[request_id]

    async def tell(self, life: str, make: Callable[[str, str], MediaCommand]) -> None:
        """Send a command whose reply nobody waits for."""
        await self._send(life, make(secrets.token_hex(8), self.signaling_id))

    def node_died(self, life: str) -> None:
        """Nobody there will answer any more."""
        for asked, future in list(self._waiting.values()):
            if asked == life and not future.done():
                future.set_exception(NodeDied())

    async def run(self) -> None:
        """Read replies until cancelled."""
        last = b"0-0"
        while True:
            try:
                last = await self._read_replies(last)
            except DOWN:
                await asyncio.sleep(RETRY_DELAY_S)

    async def _read_replies(self, last: bytes) -> bytes:
        async with asyncio.timeout(READ_TIMEOUT_S):
            streams = await cast("Any", self._redis.xread({self._replies: last}, count=100, block=BLOCK_MS))
        for _, entries in streams or ():
            for entry_id, fields in entries:
                self._settle(fields.get(b"m", b""))
                last = entry_id
        return last

    def _settle(self, raw: bytes) -> None:
        try:
            reply = media_reply.validate_json(raw)
        except ValidationError:
            log.exception("unreadable reply of a media node")
            return
        waiting = self._waiting.get(reply.request_id)
        if waiting is not None and not waiting[1].done():
            waiting[1].set_result(reply)

    async def _goes_on(self, life: str) -> bool:
        """Whether a life has a heartbeat; from a No on it is fenced off, so that two nodes never have one room."""
        return await self._nodes.lives(life) or not await self._nodes.declare_dead(life)

    async def _placement(self, consultation: str) -> str:
        async with unavailable_when_down():
            placed = await cast("Any", self._redis.get(placement_key(consultation)))
        return placed.decode() if placed else ""

    async def _send(self, life: str, command: MediaCommand) -> None:
        async with unavailable_when_down():
            await self._redis.xadd(
                commands_key(node_id_of(life)),
                {"m": command.model_dump_json()},
                maxlen=STREAM_MAXLEN,
                approximate=True,
            )
