"""NTP time as RTCP carries it (RFC 3550 section 4)."""

from __future__ import annotations

import time
from typing import Final

NTP_UNIX_OFFSET_S = 2_208_988_800
"""Seconds from 1900, where NTP counts from, to 1970."""

_STARTED: Final = time.time() - time.monotonic()


def steady_unix() -> float:
    """Unix time in seconds that nobody can set back or forth while we run: a round trip spans two readings."""
    return _STARTED + time.monotonic()


def ntp_from_unix(t: float) -> int:
    """64-bit NTP time of Unix time `t` in seconds."""
    seconds = int(t)
    return (seconds + NTP_UNIX_OFFSET_S << 32 | int((t - seconds) * (1 << 32))) & 0xFFFFFFFFFFFFFFFF


def middle_32(ntp: int) -> int:
    """What report blocks quote of an NTP time: 16 bits of seconds, 16 of fraction."""
    return ntp >> 16 & 0xFFFFFFFF
