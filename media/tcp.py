"""ICE-TCP where UDP is blocked: passive (RFC 6544), on the UDP port's number, datagrams in RFC 4571 frames."""

from __future__ import annotations

import asyncio
import struct
import time
from typing import Any, Final, cast

from media.registry import Registry
from media.srtp import Workbench
from media.udp import DATAGRAM_MAX

MAX_CONNECTIONS: Final = 512
UNPROVEN_S: Final = 10.0
"""A connection that has not passed a STUN check by then is closed."""
WRITE_BUFFER_MAX: Final = 64 * 1024
"""Unsent bytes over which packets are dropped, as a full UDP socket would: late media is worth nothing."""
_LENGTH: Final = struct.Struct("!H")


class TcpPort:
    """The listener, and the connections that it accepted."""

    def __init__(self, bench: Workbench, registry: Registry) -> None:
        self.bench = bench
        self.registry = registry
        self.connections: set[_Connection] = set()
        self._servers: list[asyncio.Server] = []

    async def listen(self, bind: str, port: int) -> None:
        """Raises OSError when the port cannot be had."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Connection(self), bind, port, reuse_address=True)
        self._servers.append(server)

    async def close(self) -> None:
        for server in self._servers:
            server.close()
        for connection in list(self.connections):
            connection.drop()


class _Connection(asyncio.Protocol):
    """One TCP connection of one participant; its address is `(host, port, "tcp")`."""

    def __init__(self, port: TcpPort) -> None:
        self._port = port
        self._pending = bytearray()
        self._transport: asyncio.Transport | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._address: tuple[str, int, str] = ("", 0, "tcp")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        if len(self._port.connections) >= MAX_CONNECTIONS:
            self._port.registry.refuse("tcp-full")
            self._transport.abort()
            return
        host, port = transport.get_extra_info("peername")[:2]
        self._address = (host, port, "tcp")
        self._port.connections.add(self)
        self._deadline = asyncio.get_running_loop().call_later(UNPROVEN_S, self._unproven)

    def connection_lost(self, exc: Exception | None) -> None:
        self._port.connections.discard(self)
        self._port.registry.forget(self._address)
        if self._deadline is not None:
            self._deadline.cancel()

    def data_received(self, data: bytes) -> None:
        self._pending += data
        now = time.monotonic()
        start = 0
        while start + 2 <= len(self._pending):
            size = _LENGTH.unpack_from(self._pending, start)[0]
            if not 0 < size <= DATAGRAM_MAX:
                self._port.registry.refuse("tcp-frame")
                self.drop()
                return
            if start + 2 + size > len(self._pending):
                break
            try:
                self._receive(bytes(self._pending[start + 2 : start + 2 + size]), now)
            except Exception:
                self._port.registry.fault()
            start += 2 + size
        del self._pending[:start]

    def drop(self) -> None:
        """Close at once."""
        if self._transport is not None:
            self._transport.abort()

    def sendto(self, data: Any, _: Any) -> None:
        """As socket.sendto; drops what the connection cannot take now."""
        transport = self._transport
        if transport is None or transport.is_closing() or transport.get_write_buffer_size() > WRITE_BUFFER_MAX:
            return
        transport.write(_LENGTH.pack(len(data)) + bytes(data))

    def _receive(self, datagram: bytes, now: float) -> None:
        first = datagram[0]
        peer = self._port.registry.paths.get(self._address)
        if first < 4:
            self._port.registry.check(datagram, self.sendto, self._address, now)
        elif peer is None:
            self._port.registry.refuse("stranger")
        elif 128 <= first <= 191:
            self._port.bench.rx.view[: len(datagram)] = datagram
            peer.receive(len(datagram), now)
        elif 20 <= first <= 63 and peer.dtls is not None:
            peer.dtls.feed(datagram)

    def _unproven(self) -> None:
        if self._port.registry.paths.get(self._address) is None:
            self._port.registry.refuse("tcp-unproven")
            self.drop()
