"""`python -m chaos.leaping`: `hilo serve` whose children see the time that stands in a file.

Debian's `faketime` puts CLOCK_REALTIME forward and back in every process that loads it. The supervisor does not: the
library takes a lock that a fork beside a thread can leave locked for ever.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

from signaling import cli

FAKETIME: Final = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
OFFSET_FILE: Final = "FAKETIME_TIMESTAMP_FILE"


def variables(offset: Path) -> dict[str, str]:
    """For the environment. Wall clock only: what runs by the monotonic one must not care."""
    return {
        OFFSET_FILE: str(offset),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_DONT_RESET": "1",
    }


def main() -> int:
    if FAKETIME.exists():
        os.environ["LD_PRELOAD"] = str(FAKETIME)
    return cli.main(["serve"])


if __name__ == "__main__":
    sys.exit(main())
