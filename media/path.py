"""A way to one participant: over UDP or over one TCP connection. Two ways to send on it: now, or with a batch."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Protocol

from media.srtp import Buffer


class Outlet(Protocol):
    """Takes encrypted packets: written into `buffers[count]`, then pushed. Sent by the next `flush` at the latest."""

    buffers: list[Buffer]
    count: int

    def push(self, size: int, name: bytes) -> None: ...

    def flush(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Path:
    """`key` names it among all paths of the process; `name` is what the outlet needs to know of the address."""

    key: Hashable
    name: bytes
    address: tuple[str, int]
    """Host and port as seen from here, for XOR-MAPPED-ADDRESS."""
    outlet: Outlet
    send: Callable[[bytes], object]
    """One datagram, now; may raise OSError."""


class Nowhere:
    """The outlet of a participant without a path: everything is dropped."""

    def __init__(self) -> None:
        self.buffers = [Buffer()]
        self.count = 0

    def push(self, size: int, name: bytes) -> None:
        """Dropped."""

    def flush(self) -> None:
        """Nothing waits."""
