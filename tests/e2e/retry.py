"""Wait for something that takes a while to look at, and say at last what was seen instead."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

PAUSE_S = 0.1


async def until_right(look: Callable[[], Awaitable[str | None]], timeout_s: float) -> None:
    """Look again and again until `look` returns None; AssertionError with what it returned last."""
    wrong: str | None = "nothing was seen yet"
    try:
        async with asyncio.timeout(timeout_s):
            while (wrong := await look()) is not None:  # noqa: ASYNC110 (another process has no Event)
                await asyncio.sleep(PAUSE_S)
    except TimeoutError:
        raise AssertionError(f"for {timeout_s} s: {wrong}") from None
