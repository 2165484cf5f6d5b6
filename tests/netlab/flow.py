"""A measured stream of UDP packets through the lab: numbered and stamped when sent, timed by the kernel on arrival."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from netlab.tun import enter

SO_RCVBUFFORCE = 33
SO_TIMESTAMPNS = 35
"""Both from Linux's asm-generic/socket.h; Python does not name them."""
BUFFER_BYTES = 64_000_000
STAMP = struct.Struct("!Id")
HEADERS_BYTES = 28
"""IPv4 and UDP: what the link counts beside the payload."""


@dataclass(frozen=True)
class Arrival:
    """Seconds of the wall clock: the kernel's stamps have no other."""

    number: int
    sent_at: float
    at: float
    size: int
    """Bytes of the whole IP packet."""

    @property
    def delay_ms(self) -> float:
        return (self.at - self.sent_at) * 1000


class Flow:
    """One way, from one namespace's socket to another's. Nobody needs to read while packets are under way."""

    def __init__(self, sender: socket.socket, receiver: socket.socket) -> None:
        self._sender = sender
        self._receiver = receiver
        self._number = 0

    def send(self, count: int, size: int, spacing_s: float) -> Self:
        """So many IP packets of `size` bytes, evenly spaced; late ones are caught up with."""
        filling = bytes(size - HEADERS_BYTES - STAMP.size)
        started_at = time.monotonic()
        for nth in range(count):
            time.sleep(max(0.0, started_at + nth * spacing_s - time.monotonic()))
            self._sender.send(STAMP.pack(self._number, time.time()) + filling)
            self._number += 1
        return self

    def send_at(self, rate_bps: float, size: int, seconds: float) -> Self:
        spacing_s = size * 8 / rate_bps
        return self.send(round(seconds / spacing_s), size, spacing_s)

    def arrivals(self, patience_s: float = 0.15) -> list[Arrival]:
        """What has come, in the order in which it came, until nothing has come for so long."""
        self._receiver.settimeout(patience_s)
        return list(self._received())

    def _received(self) -> Iterator[Arrival]:
        while True:
            try:
                data, stamps, _, _ = self._receiver.recvmsg(2048, 64)
            except TimeoutError:
                return
            seconds, nanoseconds = struct.unpack("@ll", stamps[0][2])
            number, sent_at = STAMP.unpack_from(data)
            yield Arrival(number, sent_at, seconds + nanoseconds / 1e9, len(data) + HEADERS_BYTES)


@contextmanager
def flow(source: str, sink: str, sink_ip: str) -> Iterator[Flow]:
    """Between two namespaces, on a free port."""
    with socket_in(sink, socket.SOCK_DGRAM) as receiver, socket_in(source, socket.SOCK_DGRAM) as sender:
        receiver.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_BYTES)
        receiver.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        receiver.bind((sink_ip, 0))
        sender.connect(receiver.getsockname())
        yield Flow(sender, receiver)


def socket_in(namespace: str, kind: socket.SocketKind) -> socket.socket:
    """A socket stays in the namespace where it was made: here by a thread that goes there and ends."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(_made_there, namespace, kind).result()


def _made_there(namespace: str, kind: socket.SocketKind) -> socket.socket:
    enter(namespace)
    return socket.socket(socket.AF_INET, kind)


def rate_bps(arrivals: list[Arrival]) -> float:
    """What was delivered between the first and the last arrival."""
    return sum(each.size for each in arrivals[1:]) * 8 / (arrivals[-1].at - arrivals[0].at)
