"""A media process on Redis: registers with a heartbeat, takes commands from its stream, gives replies and events.

Media does not depend on Redis once a call is up: when Redis is away the rooms go on, and this file tries again. But a
node that slept, or that alone lost its way to Redis, may have been called dead (signaling/nodes.py): its rooms are
placed elsewhere then. It learns that in the same step in which it says that it lives, and begins a new life without
them. Should both go on for a moment, the pages choose: a seat's newer generation is on the other node, and what is told
of the older one is dropped.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final, cast

from pydantic import ValidationError
from redis import asyncio as aioredis
from redis.exceptions import RedisError

from media import contract
from media.sfu import Sfu

BLOCK_MS: Final = 1000
RETRY_S: Final = 0.2
OUTBOX: Final = 2000
"""Events kept while Redis is away; the oldest quality events go first, then the oldest."""
LAST_BEAT_S: Final = 1.0
REFUSALS_EVERY_S: Final = 60.0

BEAT: Final = """
-- KEYS: 1 info, 2 dead life
-- ARGV: 1 start of our life (Unix ms), 2 info as JSON, 3 its life time (ms)
-- Result: 1 registered, 0 this life was called dead
if redis.call('GET', KEYS[2]) == ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
"""

log = logging.getLogger(__name__)


class Node:
    """One process's place on Redis. `run` returns after `stop`."""

    def __init__(self, config: contract.MediaConfig, redis: aioredis.Redis) -> None:
        self._config = config
        self._redis = redis
        self._started_at_ms = int(time.time() * 1000)
        self._commands_from = (0, 0)
        """Those up to this one were for a life of ours that was called dead."""
        self._outbox: deque[tuple[str, str, bool]] = deque()
        """(stream, message, may be dropped first)."""
        self._pending = asyncio.Event()
        self._stopping = asyncio.Event()
        self._ended = False
        """Looked at beside the cancellation, which a Redis client that is just timing out has been seen to swallow."""
        self._logged: Counter[str] = Counter()
        self.sfu = Sfu(config, self._emit)

    def stop(self) -> None:
        """Take no new participants and end."""
        self.sfu.draining = True
        self._stopping.set()

    async def run(self) -> None:
        await self.sfu.open()
        log.info("media node up node=%s port=%d", self._config.node_id, self._config.port)
        async with asyncio.TaskGroup() as tasks:
            heartbeat = tasks.create_task(self._beat_until_stopped(), name="heartbeat")
            running = [
                heartbeat,
                tasks.create_task(self.sfu.run(), name="clock"),
                tasks.create_task(self._persist(self._take_commands), name="commands"),
                tasks.create_task(self._persist(self._send), name="events"),
                tasks.create_task(self._log_refusals(), name="refusals"),
            ]
            await self._stopping.wait()
            await asyncio.wait([heartbeat], timeout=LAST_BEAT_S)  # else one that is under way comes after our leaving
            await self._leave()
            self._ended = True
            for task in running:
                task.cancel()
        await self.sfu.close()

    async def _leave(self) -> None:
        """Say that we go, so that nobody waits for the heartbeat to expire."""
        await self.sfu.evict()
        try:
            await self._redis.delete(contract.node_key(self._config.node_id))
            await self._redis.srem(contract.NODES, self._config.node_id)
            await asyncio.wait_for(self._flush(), 2.0)
        except (RedisError, OSError, TimeoutError):
            log.warning("redis is away, leaving without a word")

    async def _persist(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run a loop over Redis again and again, over any loss of Redis."""
        while not self._ended:
            try:
                await work()
            except (RedisError, OSError) as exc:
                log.warning("redis is away error=%s", type(exc).__name__)
                await asyncio.sleep(RETRY_S)

    # --- in -----------------------------------------------------------------------------------------------------------

    async def _take_commands(self) -> None:
        stream = contract.commands_key(self._config.node_id)
        last = await self._last_id(stream)
        while not self._ended:
            found: Any = await self._redis.xread({stream: last}, block=BLOCK_MS, count=100)
            for entry_id, fields in entries(found):
                last = entry_id
                if _order(entry_id) > self._commands_from:
                    self._take(fields.get(b"m", b""))

    async def _last_id(self, stream: str) -> str:
        """Commands from before we came are answered by nobody: their senders have timed out or will."""
        newest: Any = await self._redis.xrevrange(stream, count=1)
        return str(newest[0][0].decode()) if newest else "0-0"

    def _take(self, message: bytes) -> None:
        try:
            command = contract.media_command.validate_json(message)
        except ValidationError as exc:
            log.error("bad command errors=%d", exc.error_count())
            return
        reply = self.sfu.handle(command)
        if isinstance(reply, contract.Refused):
            log.info("refused code=%s detail=%s room=%s", reply.code, reply.detail, command.room)
        if command.reply_to:
            self._push(contract.replies_key(command.reply_to), reply.model_dump_json(), False)

    # --- out ----------------------------------------------------------------------------------------------------------

    def _emit(self, event: contract.MediaEvent) -> None:
        self._push(contract.EVENTS, event.model_dump_json(), isinstance(event, contract.Quality))

    def _push(self, stream: str, message: str, droppable: bool) -> None:
        if len(self._outbox) >= OUTBOX:
            worst = next((index for index, item in enumerate(self._outbox) if item[2]), 0)
            del self._outbox[worst]
        self._outbox.append((stream, message, droppable))
        self._pending.set()

    async def _send(self) -> None:
        while not self._ended:
            await self._pending.wait()
            self._pending.clear()
            await self._flush()

    async def _flush(self) -> None:
        while self._outbox:
            batch = list(self._outbox)[:100]
            pipeline = self._redis.pipeline(transaction=False)
            for stream, message, _ in batch:
                pipeline.xadd(stream, {"m": message}, maxlen=contract.STREAM_MAXLEN, approximate=True)
            await pipeline.execute()
            for item in batch:
                if self._outbox and self._outbox[0] is item:
                    self._outbox.popleft()

    async def _beat_until_stopped(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._beat()
            except (RedisError, OSError) as exc:
                log.warning("redis is away error=%s", type(exc).__name__)
                await asyncio.sleep(RETRY_S)

    async def _beat(self) -> None:
        while not self._stopping.is_set():
            if not await self._say_that_we_live():
                await self._begin_anew()
                continue
            self._pending.set()  # what waited for Redis
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), contract.HEARTBEAT_S)

    async def _say_that_we_live(self) -> bool:
        """Register, unless this life was called dead. By EVAL: a heartbeat is for now, and needs no replica."""
        node_id = self._config.node_id
        await cast("Any", self._redis.sadd(contract.NODES, node_id))
        keys = (contract.node_key(node_id), contract.dead_key(node_id))
        told = (self._started_at_ms, self._info().model_dump_json(), contract.NODE_TTL_MS)
        return bool(await cast("Any", self._redis.eval(BEAT, len(keys), *keys, *told)))

    async def _begin_anew(self) -> None:
        """We were called dead: the rooms of that life are no longer ours, nor is what was asked of it."""
        self._commands_from = _order(await self._last_id(contract.commands_key(self._config.node_id)))
        log.warning("called dead, beginning anew")
        self._started_at_ms = max(int(time.time() * 1000), self._started_at_ms + 1)
        self.sfu.close_rooms()

    def _info(self) -> contract.NodeInfo:
        return contract.NodeInfo(
            node_id=self._config.node_id,
            started_at_ms=self._started_at_ms,
            port=self._config.port,
            capacity=self._config.capacity,
            participants=self.sfu.participants,
            rooms=len(self.sfu.rooms),
            draining=self.sfu.draining,
            metrics=self.sfu.metrics(),
        )

    async def _log_refusals(self) -> None:
        """Strangers' packets are logged as sums, once a minute: a flood must not fill the disk."""
        while True:
            await asyncio.sleep(REFUSALS_EVERY_S)
            total = Counter(self.sfu.registry.refused)
            new = total - self._logged
            self._logged = total
            if new:
                log.warning("datagrams refused %s", " ".join(f"{reason}={count}" for reason, count in new.items()))


def _order(entry_id: str) -> tuple[int, int]:
    at_ms, _, n = entry_id.partition("-")
    return int(at_ms), int(n)


def entries(found: Any) -> list[tuple[str, dict[bytes, bytes]]]:
    """The entries of an XREAD answer over one stream, in RESP2's or RESP3's shape."""
    if not found:
        return []
    pairs = found.items() if isinstance(found, dict) else found
    out: list[tuple[str, dict[bytes, bytes]]] = []
    for _, items in pairs:
        flat = (
            items[0]
            if items and isinstance(items[0], list) and items[0] and isinstance(items[0][0], tuple | list)
            else items
        )
        out += [(entry_id.decode(), fields) for entry_id, fields in flat]
    return out
