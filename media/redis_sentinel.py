"""The client of a master that Sentinels name, and may replace."""

from __future__ import annotations

import asyncio
from typing import Any, Final, cast

from redis.asyncio import Redis
from redis.asyncio.sentinel import Sentinel, SentinelConnectionPool
from redis.exceptions import ConnectionError, ResponseError, TimeoutError

SENTINEL_ANSWER_S: Final = 1.0

REPLICAS: Final = 1
REPLICATED_MS: Final = 2000
"""So long a step waits for a replica; less than whoever waits for the step."""

UNBLOCKED: Final = "UNBLOCKED"
"""What a blocked reader is told when its server is no master any more."""

BARRIER: Final = "hilo:barrier"
"""Channel that nobody reads: see `FailOver`."""


def connect(service: str, sentinels: list[dict[str, Any]], master: dict[str, Any]) -> Redis:
    """`sentinels`, `master`: what redis-py's connections are made with; no host for the master."""
    watchers = Sentinel([])  # type: ignore[no-untyped-call]
    watchers.sentinels = [_Asked(**settings) for settings in sentinels]
    make_pool = cast("type[Any]", SentinelConnectionPool)  # untyped in redis-py
    return FailOver.from_pool(make_pool(service, watchers, **master))


class FailOver(Redis):
    """A script's answer counts once a replica has what it wrote.

    Replication is asynchronous: what only the old master had is lost when it dies. WAIT waits for what was written over
    the same connection; PUBLISH before it stands for writes of others that a script only read, like the first copy of a
    repeated command (servers from Redis 7.2 on do not count reads).
    """

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        try:
            if args[0] == "EVALSHA":
                return await self._replicated(*args, **options)
            return await super().execute_command(*args, **options)  # type: ignore[no-untyped-call]
        except (asyncio.CancelledError, ConnectionError, TimeoutError):
            # The idle ones lead to the same master, which may hang: the next command asks the Sentinels again.
            await self.connection_pool.disconnect(inuse_connections=False)
            raise
        except ResponseError as error:
            if str(error).startswith(UNBLOCKED):
                raise ConnectionError(str(error)) from error
            raise

    async def aclose(self, close_connection_pool: bool | None = None) -> None:
        await super().aclose(close_connection_pool)
        await cast("SentinelConnectionPool", self.connection_pool).sentinel_manager.aclose()

    async def _replicated(self, *args: Any, **options: Any) -> Any:
        async with self.pipeline(transaction=False) as both:
            both.execute_command(*args, **options)
            both.execute_command("PUBLISH", BARRIER, "")
            both.execute_command("WAIT", REPLICAS, REPLICATED_MS)
            answer, _, replicas = await both.execute(raise_on_error=False)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(replicas, Exception) or replicas < REPLICAS:
            raise ConnectionError("no replica has it yet")
        return answer


class _Asked(Redis):
    """A Sentinel that must answer soon; then the next one is asked."""

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        waiting = asyncio.timeout(SENTINEL_ANSWER_S)
        try:
            async with waiting:
                return await super().execute_command(*args, **options)  # type: ignore[no-untyped-call]
        except OSError as error:
            if waiting.expired():
                raise TimeoutError("a Sentinel hangs") from error
            raise
