"""Counts of failed sign-ins in Redis. A try is counted before its password is looked at: many at once gain nothing.

Every method may raise `Unavailable`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from redis.asyncio import Redis

from clinic.people import keys, staff_steps
from clinic.people.lockout import FORGOTTEN_AFTER, Failures, Patience, failed, wait
from clinic.unavailable import unavailable_when_down

MAX_RACES: Final = 20
BUSY: Final = timedelta(seconds=1)


@dataclass(frozen=True)
class Counter:
    """Whose failures are counted, as a blind index, and with how much patience."""

    blind: str
    patience: Patience


@dataclass(frozen=True)
class Counted:
    """A try that counts as failed until it is forgiven or taken back. Values of the counters before and with it."""

    counters: tuple[Counter, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True)
class Wait:
    """Not now: nothing was looked at."""

    delay: timedelta


class Attempts:
    """The counters of one clinic. Stateless: any number of processes may have one."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._count = redis.register_script(staff_steps.COUNT_ATTEMPT)
        self._uncount = redis.register_script(staff_steps.UNCOUNT_ATTEMPT)

    async def count(self, counters: Sequence[Counter], now: datetime) -> Counted | Wait:
        """Count a try at all of them, or say how long to wait."""
        for _ in range(MAX_RACES):
            read = await self._read(counters)
            failures = [_failures(value) for value in read]
            delay = max(wait(one, counter.patience, now) for one, counter in zip(failures, counters, strict=True))
            if delay:
                return Wait(delay)
            counted = Counted(tuple(counters), tuple(read), tuple(_text(failed(one, now)) for one in failures))
            if await self._write(counted, now):
                return counted
        return Wait(BUSY)

    async def forgive(self, counted: Counted) -> None:
        """It succeeded: the first counter starts anew, from the others this try is taken back."""
        await self._undo(counted, anew=True)

    async def take_back(self, counted: Counted) -> None:
        """It neither failed nor succeeded: all is as if it had not been."""
        await self._undo(counted, anew=False)

    async def _read(self, counters: Sequence[Counter]) -> list[str]:
        async with unavailable_when_down():
            found = await cast("Any", self._redis.mget(_keys_of(counters)))
        return [value.decode() if value else "" for value in found]

    async def _write(self, counted: Counted, now: datetime) -> bool:
        args = [*_pairs(counted), _ms(now + FORGOTTEN_AFTER)]
        async with unavailable_when_down():
            return bool(await self._count(keys=_keys_of(counted.counters), args=args))

    async def _undo(self, counted: Counted, *, anew: bool) -> None:
        args = [*_pairs(counted), "1" if anew else ""]
        async with unavailable_when_down():
            await self._uncount(keys=_keys_of(counted.counters), args=args)


def _pairs(counted: Counted) -> list[str | int]:
    return [value for pair in zip(counted.before, counted.after, strict=True) for value in pair]


def _keys_of(counters: Sequence[Counter]) -> list[str]:
    return [keys.attempts(counter.blind) for counter in counters]


def _failures(value: str) -> Failures:
    count, _, last_ms = value.partition(" ")
    return Failures(int(count), datetime.fromtimestamp(int(last_ms) / 1000, UTC)) if value else Failures()


def _text(failures: Failures) -> str:
    return f"{failures.count} {_ms(failures.last_at)}" if failures.last_at else ""


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
