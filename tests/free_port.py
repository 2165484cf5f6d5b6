"""Ports for servers that a test starts: below the system's own range, where no outgoing connection takes one."""

from __future__ import annotations

import random
import socket

FIRST, LAST = 15_000, 32_000
_next = random.SystemRandom().randrange(FIRST, LAST)


def free_port() -> int:
    """A port that is free for TCP and UDP; this process is not given it twice in a row of 17,000."""
    global _next
    for _ in range(LAST - FIRST):
        _next = _next + 1 if _next + 1 < LAST else FIRST
        if _is_free(_next):
            return _next
    raise OSError(f"no free port from {FIRST} to {LAST}: end the servers that hold them")


def _is_free(port: int) -> bool:
    with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        try:
            tcp.bind(("0.0.0.0", port))
            udp.bind(("0.0.0.0", port))
        except OSError:
            return False
    return True
