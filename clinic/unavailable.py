"""The one exception for a store that cannot be asked, or cannot make a write durable, now. Retry the command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from redis.exceptions import (
    ConnectionError,
    OutOfMemoryError,
    ReadOnlyError,
    ResponseError,
    TimeoutError,
    TryAgainError,
)

_REFUSALS_FOR_NOW = ("MISCONF", "NOREPLICAS", "UNBLOCKED", "CLUSTERDOWN")
"""Error replies that mean "not now": the disk is full, replicas are missing, a failover goes on."""


class Unavailable(Exception):
    """Nothing is known about whether the write happened; a retry under the same command id finds out."""


@contextmanager
def unavailable_when_down() -> Iterator[None]:
    """Turn what Redis raises while it is away into `Unavailable`; our own mistakes pass as they are."""
    try:
        yield
    except (ConnectionError, TimeoutError, ReadOnlyError, OutOfMemoryError, TryAgainError) as error:
        raise Unavailable(str(error)) from error
    except ResponseError as error:
        if str(error).startswith(_REFUSALS_FOR_NOW):
            raise Unavailable(str(error)) from error
        raise
