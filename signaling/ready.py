"""Waiting, in another process, until the store answers and the server serves."""

from __future__ import annotations

import asyncio

from redis.exceptions import RedisError

from signaling import local
from signaling.redis_client import connect
from signaling.settings import Settings


async def wait_for_store(redis_url: str, interval_s: float = 0.1) -> None:
    """Return once the store answers."""
    async with connect(redis_url) as redis:
        while True:
            try:
                await redis.ping()
            except (RedisError, OSError):
                await asyncio.sleep(interval_s)
            else:
                return


async def wait_until_served(settings: Settings, interval_s: float = 0.1) -> None:
    """Return once `/readyz` answers 200."""
    url = local.url(settings, "/readyz")
    async with local.client() as http:
        while not await local.answers(http, url):  # noqa: ASYNC110 (another process has no Event)
            await asyncio.sleep(interval_s)
