"""Does each program of a Hilo still answer? What the supervisor asks of those that it started."""

from __future__ import annotations

import asyncio

from redis import Redis
from redis.exceptions import BusyLoadingError, ConnectionError, RedisError, TimeoutError

from media.contract import node_key
from media.redis_client import connect
from signaling import local
from signaling.settings import Settings

ANSWER_S = 4.0
"""Less than the supervisor waits for a check."""


async def valkey(url: str) -> bool:
    """Any answer will do: "I am loading" is one, too."""
    return await asyncio.to_thread(_pings, url)


async def signaling(settings: Settings) -> bool:
    """Does `/healthz` answer?"""
    async with local.client(ANSWER_S) as http:
        return await local.answers(http, local.url(settings, "/healthz"))


async def media(redis_url: str, node_id: str) -> bool:
    """Is its heartbeat fresh? Where Redis does not answer nobody can tell, and media is not blamed."""
    try:
        async with asyncio.timeout(ANSWER_S), connect(redis_url) as redis:
            return bool(await redis.exists(node_key(node_id)))
    except (RedisError, OSError):
        return True


def _pings(url: str) -> bool:
    """The blocking client: the other one leaks its socket when the server dies while it says hello."""
    with Redis.from_url(url, socket_timeout=ANSWER_S, socket_connect_timeout=ANSWER_S) as redis:
        try:
            return bool(redis.ping())
        except BusyLoadingError:
            return True
        except (ConnectionError, TimeoutError):
            return False
