"""One idempotency key, one request: who sends the same key with something else is told so. For creates of people.

The key is claimed before the write; a retry of the same request finds its own claim.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final, cast

from redis.asyncio import Redis

from clinic.people import keys
from clinic.privacy.vault import Vault
from clinic.unavailable import unavailable_when_down

KEPT: Final = timedelta(days=7)


class KeyReused(Exception):
    """Something else was asked under this idempotency key."""


class Claims:
    """The keys of one clinic. Stateless. May raise `Unavailable`."""

    def __init__(self, redis: Redis, vault: Vault) -> None:
        self._redis = redis
        self._vault = vault

    async def claim(self, request: str, asked: str) -> None:
        """`request`: a Request's id; `asked`: what it asks, in one spelling; only a blind index of it is kept.
        Raises KeyReused."""
        blind = self._vault.blind("claim", asked)
        async with unavailable_when_down():
            before = await cast("Any", self._redis.set(keys.claim(request), blind, nx=True, get=True, px=KEPT))
        if before is not None and before.decode() != blind:
            raise KeyReused
