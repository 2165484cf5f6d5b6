"""The client of a Cluster, with the errors of a single server: who retries then need not know of Clusters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from redis.asyncio.cluster import ClusterPipeline, ClusterPubSub, RedisCluster
from redis.exceptions import ClusterError, ConnectionError, RedisClusterException, ResponseError

from media.redis_sentinel import UNBLOCKED


class Cluster(RedisCluster):
    async def initialize(self, *args: Any, **options: Any) -> RedisCluster:
        with _away():
            return await super().initialize(*args, **options)

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        with _away():
            return await super().execute_command(*args, **options)

    def pipeline(self, transaction: Any | None = None, shard_hint: Any | None = None) -> ClusterPipeline:
        return _Pipeline(self, transaction)  # type: ignore[abstract]  # redis-py says so of its own too

    def pubsub(self, *args: Any, **options: Any) -> ClusterPubSub:
        return _PubSub(self, *args, **options)


class _Pipeline(ClusterPipeline):
    async def execute(self, *args: Any, **options: Any) -> list[Any]:
        with _away():
            return await super().execute(*args, **options)


class _PubSub(ClusterPubSub):
    async def execute_command(self, *args: Any, **options: Any) -> Any:
        """redis-py looks the node up before it knows any, which is a KeyError."""
        with _away():
            await self.cluster.initialize()
            return await super().execute_command(*args, **options)


@contextmanager
def _away() -> Iterator[None]:
    """A Cluster without the slot, or without an answer, is a server that is away."""
    try:
        yield
    except (RedisClusterException, ClusterError, KeyError) as error:
        raise ConnectionError(f"Cluster: {error}") from error
    except ResponseError as error:
        if str(error).startswith(UNBLOCKED):
            raise ConnectionError(str(error)) from error
        raise
