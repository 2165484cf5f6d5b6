"""ICE-TCP where UDP is blocked: passive (RFC 6544), on the UDP port's number, datagrams in RFC 4571 frames."""

from __future__ import annotations

import asyncio
import struct
import time
from typing import Final, cast

from media.mmsg import DATAGRAM_MAX
from media.path import Path
from media.registry import Registry
from media.srtp import Buffer

MAX_CONNECTIONS: Final = 512
UNPROVEN_S: Final = 10.0
"""A connection that has not passed a STUN check by then is closed."""
WRITE_BUFFER_MAX: Final = 64 * 1024
"""Unsent bytes over which packets are dropped, as a full UDP socket would: late media is worth nothing."""
_LENGTH: Final = struct.Struct("!H")


class TcpPort:
    """The listener, and the connections that it accepted."""

    def __init__(self, registry: Registry) -> None:
        self.rx, self.tx = Buffer(), Buffer()
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
        self._path: Path | None = None
        self.buffers = [port.tx]
        self.count = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        if len(self._port.connections) >= MAX_CONNECTIONS:
            self._port.registry.refuse("tcp-full")
            self._transport.abort()
            return
        host, port = transport.get_extra_info("peername")[:2]
        self._path = Path(("tcp", host, port), b"", (host, port), self, self._write)
        self._port.connections.add(self)
        self._deadline = asyncio.get_running_loop().call_later(UNPROVEN_S, self._unproven)

    def connection_lost(self, exc: Exception | None) -> None:
        self._port.connections.discard(self)
        if self._path is not None:
            self._port.registry.forget(self._path.key)
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
        self._port.registry.flush()

    def drop(self) -> None:
        """Close at once."""
        if self._transport is not None:
            self._transport.abort()

    def push(self, size: int, name: bytes) -> None:
        """As an outlet: the packet in `buffers[0]` goes out at once."""
        self._write(self.buffers[0].view[:size])

    def flush(self) -> None:
        """Nothing waits here."""

    def _write(self, data: bytes | memoryview) -> None:
        """One frame; dropped when the connection cannot take it now."""
        transport = self._transport
        if transport is None or transport.is_closing() or transport.get_write_buffer_size() > WRITE_BUFFER_MAX:
            return
        transport.write(_LENGTH.pack(len(data)) + bytes(data))

    def _receive(self, datagram: bytes, now: float) -> None:
        path, registry = self._path, self._port.registry
        if path is None:
            return
        first = datagram[0]
        peer = registry.paths.get(path.key)
        if first < 4:
            registry.check(datagram, path, now)
        elif peer is None:
            registry.refuse("stranger")
        elif 128 <= first <= 191:
            rx = self._port.rx
            rx.view[: len(datagram)] = datagram
            peer.receive(rx, len(datagram), now)
        elif 20 <= first <= 63 and peer.dtls is not None:
            peer.dtls.feed(datagram)

    def _unproven(self) -> None:
        if self._path is None or self._port.registry.paths.get(self._path.key) is None:
            self._port.registry.refuse("tcp-unproven")
            self.drop()
