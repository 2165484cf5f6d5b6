"""Whether a physician is at the console, or said to be away until some time. In Redis, and forgotten by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, cast

from redis.asyncio import Redis

from clinic.intake import keys
from clinic.intake.estimate import Attendance
from clinic.unavailable import unavailable_when_down

STAYS: Final = timedelta(minutes=1)
"""After the console was last heard of; it asks for its queue more often."""


class Attendances:
    """Stateless; every method may raise `Unavailable`."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def came(self, physician: str) -> None:
        """The console is open."""
        async with unavailable_when_down():
            await self._redis.set(keys.at_console(physician), 1, ex=STAYS)

    async def away(self, physician: str, until: datetime | None) -> None:
        """Away until then; None: back."""
        async with unavailable_when_down():
            if until is None:
                await self._redis.delete(keys.away(physician))
            else:
                await self._redis.set(keys.away(physician), until.isoformat(), exat=until)

    async def of(self, physician: str) -> Attendance:
        """Without the call, which the timelines know."""
        async with unavailable_when_down():
            here, back_at = await cast("Any", self._redis.mget(keys.at_console(physician), keys.away(physician)))
        return Attendance(here is not None, back_at=datetime.fromisoformat(back_at.decode()) if back_at else None)
