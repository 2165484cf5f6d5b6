"""A Lua script that only reads, and that Redis is told to hold to it (EVALSHA_RO, since Redis 7.0).

Behind Sentinels whoever writes waits until a replica has it (media/redis_sentinel.py); who reads must not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import NoScriptError


class ReadScript:
    """Call it like one of redis-py's `register_script`."""

    def __init__(self, redis: Redis, text: str) -> None:
        self._redis = redis
        self._text = text
        self._sha = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()

    async def __call__(self, keys: Sequence[str], args: Sequence[str | int] = ()) -> Any:
        """What the script returns."""
        given = [*keys, *map(str, args)]
        try:
            return await cast("Any", self._redis.evalsha_ro(self._sha, len(keys), *given))
        except NoScriptError:
            return await cast("Any", self._redis.eval_ro(self._text, len(keys), *given))
