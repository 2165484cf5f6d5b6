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
"""How long one blocking read waits at the server."""

READ_TIMEOUT_S: Final = BLOCK_MS / 1000 + 5
"""How long one blocking read waits in all: the server may be gone without a word."""


def connect(redis_url: str) -> Redis:
    """A client with a pool; answers are bytes. One retry: every step of ours is idempotent.

    Without `socket_timeout`, for the reason told in clinic/unavailable.py: whoever waits sets a limit.
    """
    return Redis.from_url(redis_url, socket_timeout=None, socket_connect_timeout=2, retry=Retry(NoBackoff(), 1))
