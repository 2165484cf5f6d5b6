"""A media node at the contract: heartbeat, commands, replies and events over the real Redis, without any media."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from redis.asyncio import Redis

from media import contract as m
from signaling.redis_client import DOWN

ANSWER = "v=0 answer"
HEARTBEAT_S = 0.05
_LIVES = itertools.count(1)


class FakeMedia:
    """Answers every join with one slot; `refuse` makes it say no, `mute` say nothing."""

    def __init__(self, redis: Redis, node_id: str) -> None:
        self.node_id = node_id
        self.started_at_ms = next(_LIVES)
        self.commands: list[m.MediaCommand] = []
        self.refuse: m.RefusalCode | None = None
        self.mute = False
        self.participants = 0
        self.draining = False
        self.known: set[tuple[str, str]] = set()
        self._redis = redis
        self._arrived = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def life(self) -> str:
        return f"{self.node_id}@{self.started_at_ms}"

    async def start(self) -> None:
        await self._beat()
        self._tasks = [asyncio.create_task(self._heartbeat()), asyncio.create_task(self._serve())]

    async def die(self) -> None:
        """As after kill -9 and the end of the heartbeat key's life."""
        await self.stop()
        await self._redis.delete(m.node_key(self.node_id))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._tasks = []

    async def emit(self, event: m.MediaEvent) -> None:
        await self._redis.xadd(m.EVENTS, {"m": event.model_dump_json()})

    async def command(self, wanted: Callable[[m.MediaCommand], bool]) -> m.MediaCommand:
        """The first command that is wanted, as soon as it was read."""
        async with asyncio.timeout(30):
            while True:
                for command in self.commands:
                    if wanted(command):
                        return command
                self._arrived.clear()
                await self._arrived.wait()

    async def _heartbeat(self) -> None:
        while True:
            with contextlib.suppress(*DOWN):
                await self._beat()
            await asyncio.sleep(HEARTBEAT_S)

    async def _beat(self) -> None:
        info = m.NodeInfo(
            node_id=self.node_id,
            started_at_ms=self.started_at_ms,
            port=40000,
            capacity=200,
            participants=self.participants,
            rooms=0,
            draining=self.draining,
            metrics={"packets_total": 7.0, "queue": 1.0},
        )
        await self._redis.sadd(m.NODES, self.node_id)
        await self._redis.set(m.node_key(self.node_id), info.model_dump_json(), px=m.NODE_TTL_MS)

    async def _serve(self) -> None:
        last: bytes | str = "0-0"
        while True:
            try:
                streams = await self._redis.xread({m.commands_key(self.node_id): last}, block=200)
                for _, entries in streams or ():
                    for entry_id, fields in entries:
                        last = entry_id
                        await self._take(m.media_command.validate_json(fields[b"m"]))
            except DOWN:
                await asyncio.sleep(HEARTBEAT_S)

    async def _take(self, command: m.MediaCommand) -> None:
        self.commands.append(command)
        self._arrived.set()
        if not self.mute and command.reply_to:
            reply = self._reply(command)
            await self._redis.xadd(m.replies_key(command.reply_to), {"m": reply.model_dump_json()})

    def _reply(self, command: m.MediaCommand) -> m.MediaReply:
        key = (command.room, command.participant)
        if self.refuse is not None:
            return m.Refused(request_id=command.request_id, code=self.refuse)
        match command:
            case m.Restart() | m.SetPolicy() if key not in self.known:
                return m.Refused(request_id=command.request_id, code="unknown-participant")
            case m.Join() | m.Restart():
                self.known.add(key)
                slots = (m.Slot(audio_mid="2", video_mid="3", participant=None),)
                return m.Answered(request_id=command.request_id, answer=ANSWER, slots=slots)
            case _:
                return m.Done(request_id=command.request_id)


@asynccontextmanager
async def fake_media(redis: Redis, node_id: str = "node-1") -> AsyncIterator[FakeMedia]:
    node = FakeMedia(redis, node_id)
    await node.start()
    try:
        yield node
    finally:
        await node.stop()
