"""How much of the time something on this machine waited for a CPU: what a late recovery is to be seen against."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

PRESSURE: Final = Path("/proc/pressure/cpu")
"""Pressure stall information: `some ... total=<us>`."""


class Pressure:
    """Since it was made."""

    def __init__(self) -> None:
        self._began_s = time.monotonic()
        self._waited_us = _waited_us()

    def share(self) -> float:
        """0 on a machine with room to spare, 1 on one that is always short of CPU."""
        return (_waited_us() - self._waited_us) / 1e6 / (time.monotonic() - self._began_s)


def _waited_us() -> int:
    return int(PRESSURE.read_text().split("total=")[1].split()[0]) if PRESSURE.exists() else 0
