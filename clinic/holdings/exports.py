"""Which consultations have reached the clinic's own system. Retention counts from there, and erasure waits for it.

Who delivers (integrations) tells; a clinic without such a system never has any, and then nothing waits for one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, cast

from redis.asyncio import Redis

from clinic.holdings import keys
from clinic.unavailable import unavailable_when_down


class Exports:
    """Stateless. Every method may raise `Unavailable`."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def acknowledged(self, consultation: str, at: datetime) -> None:
        """The other system has all of it. The first time counts."""
        async with unavailable_when_down():
            await self._redis.zadd(keys.EXPORTED, {consultation: round(at.timestamp() * 1000)}, nx=True)

    async def any(self) -> bool:
        """Whether there is such a system at all."""
        async with unavailable_when_down():
            return bool(await self._redis.zcard(keys.EXPORTED))

    async def when(self, consultations: Iterable[str]) -> dict[str, datetime]:
        """Of those that were acknowledged."""
        asked = list(consultations)
        if not asked:
            return {}
        async with unavailable_when_down():
            found = await cast("Any", self._redis.zmscore(keys.EXPORTED, asked))
        return {each: _at(score) for each, score in zip(asked, found, strict=True) if score is not None}

    async def until(self, latest: datetime) -> dict[str, datetime]:
        """All that were acknowledged up to then, the oldest first."""
        async with unavailable_when_down():
            highest = round(latest.timestamp() * 1000)
            found = await cast("Any", self._redis.zrangebyscore(keys.EXPORTED, "-inf", highest, withscores=True))
        return {each.decode(): _at(score) for each, score in found}


def _at(ms: float) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
