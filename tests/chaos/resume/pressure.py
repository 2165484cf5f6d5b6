"""Whether the machine had processor enough for what was measured: the kernel's pressure stall information."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path
from typing import Final

PRESSURE: Final = Path("/proc/pressure/cpu")
TOTAL: Final = re.compile(r"some avg10=([\d.]+) .*total=(\d+)")
QUIET: Final = 40.0
"""Percent of the last 10 s in which somebody waited for a processor; two idle calls are at 5 to 25 on two cores."""
POLL_S: Final = 2.0


class Stall:
    """Counts from its making on."""

    def __init__(self) -> None:
        self._began_s = time.monotonic()
        self._total_us = _read()[1]

    def share(self) -> float:
        """Of the time since then, when somebody waited for a processor: 0 to 1."""
        return (_read()[1] - self._total_us) / 1e6 / (time.monotonic() - self._began_s)


async def until_quiet(patience_s: float) -> None:
    """Or until the patience is over."""
    deadline = time.monotonic() + patience_s
    while _read()[0] > QUIET and time.monotonic() < deadline:  # noqa: ASYNC110 (the kernel has no Event)
        await asyncio.sleep(POLL_S)


def _read() -> tuple[float, int]:
    """Percent over 10 s, and microseconds since the machine's start; zeros where the kernel does not tell."""
    found = TOTAL.search(PRESSURE.read_text()) if PRESSURE.exists() else None
    return (float(found[1]), int(found[2])) if found else (0.0, 0)
