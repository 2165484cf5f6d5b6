"""The media nodes that live: read from their heartbeat keys, and a call when one dies.

A node is known by its life, `<node id>@<start>`: one that was restarted under its old id has lost its rooms.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final, cast

from pydantic import ValidationError
from redis.asyncio import Redis

from media.contract import HEARTBEAT_S, NODE_TTL_MS, NODES, NodeInfo, node_key
from signaling.redis_client import DOWN, READ_TIMEOUT_S

CHECK_S: Final = 0.5
AMNESTY_S: Final = NODE_TTL_MS / 1000 + 4 * HEARTBEAT_S
"""After Redis was away, so long is no node called dead: their keys ran out with nobody to renew them."""

log = logging.getLogger(__name__)


def life_of(node: NodeInfo) -> str:
    return f"{node.node_id}@{node.started_at_ms}"


def node_id_of(life: str) -> str:
    return life.rpartition("@")[0]


class Nodes:
    """What this process knows of the media nodes."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._alive: dict[str, NodeInfo] = {}
        self._amnesty_until = 0.0

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

    async def run(self, on_death: Callable[[str], None]) -> None:
        """Look every `CHECK_S`, until cancelled; `on_death` is given the life that ended."""
        clock = asyncio.get_running_loop().time
        while True:
            try:
                async with asyncio.timeout(READ_TIMEOUT_S):
                    found = await self._read()
                for life in self._see(found, clock()):
                    log.warning("media node died", extra={"node": life})
                    on_death(life)
            except DOWN:
                self._amnesty_until = clock() + AMNESTY_S
            await asyncio.sleep(CHECK_S)

    async def _read(self) -> dict[str, NodeInfo]:
        ids = await cast("Any", self._redis.smembers(NODES))
        infos = await asyncio.gather(*(self._redis.get(node_key(node_id.decode())) for node_id in ids))
        nodes = [node for node in map(_parse, infos) if node is not None]
        return {life_of(node): node for node in nodes}

    def _see(self, found: dict[str, NodeInfo], now: float) -> set[str]:
        """Take in what was found; the lives that ended."""
        gone = self._alive.keys() - found.keys()
        if now < self._amnesty_until:
            found = found | {life: self._alive[life] for life in gone}
            gone = set()
        self._alive = found
        return gone


def _parse(info: bytes | str | None) -> NodeInfo | None:
    if info is None:
        return None
    try:
        return NodeInfo.model_validate_json(info)
    except ValidationError:
        log.exception("unreadable node info")
        return None
