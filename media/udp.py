"""The one UDP port of a media process: tells participants apart by address, STUN usernames find new addresses.

The path of an RTP packet starts in `_drain`: read until EAGAIN, no coroutine, queue or parse object. A busy port does
not wake the event loop for each packet: it stops watching the socket and drains it every `TICK_S` (interrupt
moderation), which at 20 calls halves the cost of a packet and delays it by at most a tick.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from typing import Final

from media.mmsg import BATCH, Inbox, Outbox, address_of
from media.path import Path
from media.peer import Peer
from media.registry import Registry

BURST: Final = 256
"""Packets read before other tasks of the process get their turn."""
TICK_S: Final = 0.001
"""Asked for; epoll's own resolution makes it 1 to 2 ms."""
BUSY_PER_S: Final = 2000
"""From so many packets a second on the port is drained by the clock: below, each packet is forwarded at once."""
QUIET_PER_S: Final = 1500
"""Under so many the socket is watched again."""
WINDOW_S: Final = 0.25
RECEIVE_BUFFER: Final = 8 * 1024 * 1024
SO_RCVBUFFORCE: Final = 33
SO_MEMINFO: Final = 55
_MEMINFO: Final = struct.Struct("=32xI")
"""linux/sock_diag.h: the ninth word, SK_MEMINFO_DROPS."""


class UdpPort:
    """One bound socket, read and written in batches."""

    def __init__(self, bind: str, port: int, registry: Registry) -> None:
        self._registry = registry
        self._socket = open_socket(bind, port)
        self._inbox = Inbox(self._socket)
        self._outbox = Outbox(self._socket)
        registry.outlets.append(self._outbox)
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._drops = 0
        self._window_started = 0.0
        self._window_packets = 0
        self._loop.add_reader(self._socket.fileno(), self._on_readable)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._loop.remove_reader(self._socket.fileno())
        self._socket.close()

    @property
    def dropped(self) -> int:
        """Packets that could not be sent: the socket was full, or the address unreachable."""
        return self._outbox.dropped

    def drops_since_last_call(self) -> int:
        """Datagrams that the kernel dropped because we did not read in time (SO_MEMINFO)."""
        drops: int = _MEMINFO.unpack(self._socket.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, _MEMINFO.size))[0]
        new, self._drops = drops - self._drops, drops
        return new

    def _on_readable(self) -> None:
        now = time.monotonic()
        packets_per_s = self._rate(self._drain(now), now)
        if packets_per_s is not None and packets_per_s > BUSY_PER_S:
            self._loop.remove_reader(self._socket.fileno())
            self._timer = self._loop.call_later(TICK_S, self._on_tick)

    def _on_tick(self) -> None:
        now = time.monotonic()
        packets_per_s = self._rate(self._drain(now), now)
        if packets_per_s is not None and packets_per_s < QUIET_PER_S:
            self._timer = None
            self._loop.add_reader(self._socket.fileno(), self._on_readable)
        else:
            self._timer = self._loop.call_later(TICK_S, self._on_tick)

    def _rate(self, packets: int, now: float) -> float | None:
        """Count packets; once every `WINDOW_S` how many came a second, else None."""
        self._window_packets += packets
        elapsed_s = now - self._window_started
        if elapsed_s < WINDOW_S:
            return None
        rate = self._window_packets / elapsed_s
        self._window_started, self._window_packets = now, 0
        return rate

    def _drain(self, now: float) -> int:
        """Read and forward what has come, at most about `BURST` packets; returns how many came."""
        total = 0
        while total < BURST and (count := self._inbox.receive()):
            self._take(count, now)
            total += count
            if count < BATCH:
                break
        if total:
            self._registry.flush()
        return total

    def _take(self, count: int, now: float) -> None:
        paths = self._registry.paths
        for buffer, (size,), (name,) in self._inbox.read(count):
            try:
                peer = paths.get(name)
                if peer is not None and 128 <= buffer.data[0] <= 191:
                    peer.receive(buffer, size, now)
                else:
                    self._receive_other(peer, bytes(buffer.view[:size]), name, now)
            except Exception:
                self._registry.fault()  # our bug: one packet is lost, the calls go on

    def _receive_other(self, peer: Peer | None, data: bytes, name: bytes, now: float) -> None:
        """RFC 7983: 0 to 3 is STUN, 20 to 63 DTLS; anything else, and all but STUN from a stranger, is dropped."""
        if data and data[0] < 4:
            self._registry.check(data, self._path(name), now)
        elif peer is not None and data and 20 <= data[0] <= 63 and peer.dtls is not None:
            peer.dtls.feed(data)
        else:
            self._registry.refuse("stranger")

    def _path(self, name: bytes) -> Path:
        address = address_of(name)
        return Path(name, name, address[:2], self._outbox, lambda data: self._socket.sendto(data, address))


def open_socket(bind: str, port: int) -> socket.socket:
    """A non-blocking UDP socket with a receive buffer for a stall of 0.2 s at 100 calls. Raises OSError."""
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    made = socket.socket(family, socket.SOCK_DGRAM)
    try:
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            made.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER)
        except OSError:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        # Our own sockets on one port: the wildcard and each address. Another process is kept out by the TCP listener.
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.setblocking(False)
        made.bind((bind, port))
    except OSError:
        made.close()
        raise
    return made
