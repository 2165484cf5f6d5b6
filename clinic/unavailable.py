"""The one exception for a store that cannot be asked, or cannot make a write durable, now. Retry the command."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from redis import exceptions as r

ANSWER_TIMEOUT_S: Final = 5.0
"""For one step. Ours and not redis-py's `socket_timeout`: that one goes through `asyncio.wait_for`, which in Python
3.11 swallows a cancellation that arrives with the answer, and then a task that was told to stop does not."""

_NOT_NOW: Final = ("MISCONF", "NOREPLICAS", "CLUSTERDOWN", "BUSY ")
"""Error replies that pass: the disk is full, replicas are missing, a failover goes on, a backup is read."""


class Unavailable(Exception):
    """Nothing is known about whether the write happened; a retry under the same command id finds out."""


@asynccontextmanager
async def unavailable_when_down() -> AsyncIterator[None]:
    """Turn what Redis raises while it is away or slow into `Unavailable`; our own mistakes pass as they are."""
    try:
        async with asyncio.timeout(ANSWER_TIMEOUT_S):
            yield
    except (r.ConnectionError, r.TimeoutError, r.ReadOnlyError, r.OutOfMemoryError, r.TryAgainError, OSError) as error:
        raise Unavailable(str(error)) from error
    except r.ResponseError as error:
        if str(error).startswith(_NOT_NOW):
            raise Unavailable(str(error)) from error
        raise
