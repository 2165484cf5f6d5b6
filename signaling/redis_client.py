"""How signaling talks to Redis: fail fast, try once more on a connection that died while it idled."""

from __future__ import annotations

from typing import Final

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, TimeoutError

DOWN: Final = (ConnectionError, TimeoutError, OSError)
"""What a Redis that is away raises."""

RETRY_DELAY_S: Final = 0.25
BLOCK_MS: Final = 1000
"""How long one blocking read waits; shorter than the socket's time-out."""


def connect(redis_url: str) -> Redis:
    """A client with a pool; answers are bytes. One retry: every step of ours is idempotent."""
    return Redis.from_url(
        redis_url, socket_timeout=5, socket_connect_timeout=2, retry=Retry(NoBackoff(), 1), health_check_interval=10
    )
