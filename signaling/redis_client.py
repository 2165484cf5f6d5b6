"""How signaling talks to Redis: it fails fast, and whoever waits sets a limit."""

from __future__ import annotations

from typing import Final

from redis.exceptions import ConnectionError, TimeoutError

from media.redis_client import connect as connect

DOWN: Final = (ConnectionError, TimeoutError, OSError)
"""What a Redis that is away raises."""

RETRY_DELAY_S: Final = 0.25
BLOCK_MS: Final = 1000
"""How long one blocking read waits at the server."""

READ_TIMEOUT_S: Final = BLOCK_MS / 1000 + 5
"""How long one blocking read waits in all: the server may be gone without a word."""
