"""The media nodes that live: read from their heartbeat keys, and a call when one dies.

A node is known by its life, `<node id>@<start>`: one that was restarted under its old id has lost its rooms. Whoever
finds a life without a heartbeat calls it dead in Redis, in one step with a last look at the heartbeat, and from then on
it stays dead: a node that only slept finds that out with its next heartbeat, closes its rooms and begins a new life
(media/node.py). So a room is never placed anew while its old node goes on believing that it has it.

Redis itself may have been away, and heartbeats ran out because nobody could renew them. Then, and right after our own
start, a life that is not seen may still be there: `lives` waits, and nobody is called dead.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from math import inf
from typing import Any, Final, cast

from pydantic import ValidationError
from redis.asyncio import Redis

from clinic.unavailable import Unavailable, unavailable_when_down
from media.contract import HEARTBEAT_S, NODE_TTL_MS, NODES, NodeInfo, dead_key, node_key
from signaling.redis_client import DOWN, READ_TIMEOUT_S

CHECK_S: Final = 0.25
AMNESTY_S: Final = NODE_TTL_MS / 1000 + 4 * HEARTBEAT_S
"""After Redis was away, so long is no node called dead: their keys ran out with nobody to renew them."""

WRITES_AGAIN_S: Final = 1.2 * HEARTBEAT_S
"""When Redis's clock leaps forward all heartbeats run out at once; who lives has written again by then."""

FORGOTTEN_AFTER_S: Final = 3600.0
"""An id without a heartbeat for so long leaves the set. Its node, should it come back, puts itself there again."""

DEAD_KEPT_S: Final = 7 * 24 * 3600

_BURY: Final = """
-- KEYS: 1 info of the node, 2 its dead life
-- ARGV: 1 start of the life that is looked for (Unix ms), 2 kept (s)
-- Result: 1 it is dead from now on, 0 it has a heartbeat
local info = redis.call('GET', KEYS[1])
if info and string.format('%.0f', cjson.decode(info).started_at_ms) == ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[1], 'EX', ARGV[2])
return 1
"""

log = logging.getLogger(__name__)


def life_of(node: NodeInfo) -> str:
    return f"{node.node_id}@{node.started_at_ms}"


def node_id_of(life: str) -> str:
    return life.rpartition("@")[0]


class Nodes:
    """What this process knows of the media nodes."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._bury = redis.register_script(_BURY)
        self._alive: dict[str, NodeInfo] = {}
        self._missing_since: dict[str, float] = {}
        """Ids of the set that have no heartbeat."""
        self._amnesty_until = 0.0
        self._sure_from = inf
        """When every node has had time to be seen since our start."""
        self._looked = asyncio.Event()
        """Set for a moment after each look."""

    @property
    def alive(self) -> list[NodeInfo]:
        return list(self._alive.values())

    def is_alive(self, life: str) -> bool:
        return life in self._alive

    def least_loaded(self, but: str | None = None) -> str | None:
        """The life with the largest free share of its capacity; None when all are full, draining or dead."""
        free = {
            life: node.participants / node.capacity
            for life, node in self._alive.items()
            if not node.draining and node.participants < node.capacity and life != but
        }
        return min(free, key=lambda life: free[life], default=None)

    async def lives(self, life: str) -> bool:
        """Whether a life goes on; waits where that cannot be known yet. May raise `Unavailable`."""
        if not life or self.is_alive(life):
            return bool(life)
        async with unavailable_when_down():
            node_id, _, started_at_ms = life.rpartition("@")
            if await self._redis.get(dead_key(node_id)) == started_at_ms.encode():
                return False
            while self._is_unsure_of(life, self._alive) or self._is_new_here(life):
                await self._looked.wait()
        return self.is_alive(life)

    async def declare_dead(self, life: str) -> bool:
        """Fence off a life that we do not see; False when it turns out to have a heartbeat. May raise `Unavailable`."""
        node_id, _, started_at_ms = life.rpartition("@")
        async with unavailable_when_down():
            keys = [node_key(node_id), dead_key(node_id)]
            return bool(await self._bury(keys=keys, args=[started_at_ms, DEAD_KEPT_S]))

    async def next_look(self) -> None:
        """Return when something may have changed."""
        await self._looked.wait()

    async def run(self, on_death: Callable[[str], None]) -> None:
        """Look every `CHECK_S`, until cancelled; `on_death` is given the life that ended."""
        clock = asyncio.get_running_loop().time
        while True:
            try:
                async with asyncio.timeout(READ_TIMEOUT_S):
                    await self._look(clock, on_death)
            except (*DOWN, Unavailable):
                self._amnesty_until = clock() + AMNESTY_S
            self._looked.set()
            self._looked.clear()
            await asyncio.sleep(CHECK_S)

    async def _look(self, clock: Callable[[], float], on_death: Callable[[str], None]) -> None:
        found = await self._read()
        now = clock()
        self._sure_from = min(self._sure_from, now + AMNESTY_S)
        gone = self._alive.keys() - found.keys()
        spared = {life for life in gone if self._is_unsure_of(life, found) or not await self.declare_dead(life)}
        self._alive = found | {life: self._alive[life] for life in spared}
        for life in gone - spared:
            log.warning("media node died", extra={"node": life})
            on_death(life)
        await self._forget_long_dead(now)

    async def _read(self) -> dict[str, NodeInfo]:
        """Also those that we know and the set does not: it may just have forgotten one that came back."""
        members = await cast("Any", self._redis.smembers(NODES))
        ids = {member.decode() for member in members} | {node.node_id for node in self._alive.values()}
        infos = await asyncio.gather(*(self._redis.get(node_key(node_id)) for node_id in ids))
        nodes = [node for node in map(_parse, infos) if node is not None]
        self._note_missing({member.decode() for member in members} - {node.node_id for node in nodes})
        return {life_of(node): node for node in nodes}

    def _note_missing(self, ids: set[str]) -> None:
        now = asyncio.get_running_loop().time()
        self._missing_since = {node_id: self._missing_since.get(node_id, now) for node_id in ids}

    async def _forget_long_dead(self, now: float) -> None:
        old = [node_id for node_id, since in self._missing_since.items() if now - since > FORGOTTEN_AFTER_S]
        if old:
            await cast("Any", self._redis.srem(NODES, *old))

    def _is_new_here(self, life: str) -> bool:
        """We have just started and have not seen this node in any life."""
        known = any(node.node_id == node_id_of(life) for node in self._alive.values())
        return not known and asyncio.get_running_loop().time() < self._sure_from

    def _is_unsure_of(self, life: str, alive: dict[str, NodeInfo]) -> bool:
        """A life with neither a heartbeat nor a follower, while its heartbeat may be missing for another reason."""
        node_id, now = node_id_of(life), asyncio.get_running_loop().time()
        if any(node.node_id == node_id for node in alive.values()):
            return False
        just_gone = now - self._missing_since.get(node_id, -inf) < WRITES_AGAIN_S
        return just_gone or now < self._amnesty_until


def _parse(info: bytes | str | None) -> NodeInfo | None:
    if info is None:
        return None
    try:
        return NodeInfo.model_validate_json(info)
    except ValidationError:
        log.exception("unreadable node info")
        return None
