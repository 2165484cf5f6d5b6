"""Are the ports that we are about to listen on free? Bound for a moment and let go; what races for them is not ours."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable

TCP, UDP = socket.SOCK_STREAM, socket.SOCK_DGRAM


def is_free(host: str, port: int, kind: socket.SocketKind = TCP) -> bool:
    """Could this process bind the port now? Also False where the address or the permission is missing."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=kind)[0]
        with socket.socket(family, kind) as probe:
            if kind is TCP:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError:
        return False
    return True


def taken_media(media_ports: Iterable[int]) -> list[int]:
    """Those that are not free for both UDP and TCP on all interfaces."""
    return [port for port in media_ports if not all(is_free("0.0.0.0", port, kind) for kind in (TCP, UDP))]


def free_port(host: str = "127.0.0.1") -> int:
    """A TCP port that the system gives out now."""
    with socket.create_server((host, 0)) as server:
        return int(server.getsockname()[1])


def next_free(host: str, port: int) -> int:
    """This TCP port, or the first free one above it; OSError when there is none."""
    for candidate in range(port, 65536):
        if is_free(host, candidate):
            return candidate
    raise OSError(f"no free TCP port from {port} up on {host}")


def next_free_block(media_ports: range) -> range:
    """This range of media ports, or the next block of the same length that is free; OSError when there is none."""
    for first in range(media_ports.start, 65536 - len(media_ports), len(media_ports)):
        block = range(first, first + len(media_ports))
        if not taken_media(block):
            return block
    raise OSError(f"no {len(media_ports)} free media ports from {media_ports.start} up")


def wait_until(condition: Callable[[], bool], timeout_s: float, interval_s: float = 0.05) -> None:
    """Block until the condition holds, or the time is over. For the start only, before there is an event loop."""
    deadline = time.monotonic() + timeout_s
    while not condition() and time.monotonic() < deadline:
        time.sleep(interval_s)
