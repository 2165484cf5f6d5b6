"""When is a child process that still exists to be taken for dead? When it did not answer several checks in a row.

Checks are counted, not seconds: a machine that slept, or was busy, does not wake up to find everybody overdue.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

PERIOD_S: Final = 5.0
MISSED: Final = 3
MISSED_AT_START: Final = 12
"""Until the first answer: a slow machine takes its time to start."""


async def until_hung(answers: Callable[[], Awaitable[bool]], period_s: float = PERIOD_S) -> None:
    """Ask once a period and return when too many answers in a row were missing."""
    missed, allowed = 0, MISSED_AT_START
    while missed < allowed:
        period = asyncio.create_task(asyncio.sleep(period_s))
        try:
            if await _answers_in_time(answers, period_s):
                missed, allowed = 0, MISSED
            else:
                missed += 1
            await period
        finally:
            period.cancel()


async def _answers_in_time(answers: Callable[[], Awaitable[bool]], period_s: float) -> bool:
    try:
        async with asyncio.timeout(period_s):
            return await answers()
    except TimeoutError:
        return False
