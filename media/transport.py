"""DTLS for one participant: aiortc's RTCDtlsTransport, fed only the DTLS datagrams and asked only for the SRTP keys.

The only file that touches underscored names of aiortc (pinned to a minor version): `_role`, `_srtp_profiles`,
`_rx_srtp`, `_tx_srtp`, and the `_recv`/`_send` pair that it expects of an ICE transport.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from aiortc import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport
from aiortc.rtcdtlstransport import SRTP_AEAD_AES_128_GCM, SRTP_AES128_CM_SHA1_80
from pylibsrtp import Session

HANDSHAKE_TIMEOUT_S: Final = 30.0
QUEUED_DATAGRAMS: Final = 32
"""A handshake flight is a handful of datagrams; more are dropped and DTLS repeats them."""

QUEUED_HANDSHAKES: Final = 4096
"""Datagrams of all participants; the oldest are dropped, and DTLS repeats them."""

# In the order of preference: GCM costs half of CM with HMAC-SHA1 (1.0 against 2.0 us for 1100 bytes).
PROFILES: Final = [SRTP_AEAD_AES_128_GCM, SRTP_AES128_CM_SHA1_80]

TAG_BYTES: Final = {SRTP_AEAD_AES_128_GCM.openssl_profile: 16, SRTP_AES128_CM_SHA1_80.openssl_profile: 10}
"""RFC 7714 section 14.2 and RFC 3711 section 5.2."""

Send = Callable[[bytes], None]


class DtlsFailed(Exception):
    """The handshake failed, took over `HANDSHAKE_TIMEOUT_S`, or the certificate is not the offered one."""


class Pump:
    """Lets handshakes go on one datagram at a time between turns of the event loop: each costs 1 to 2 ms of arithmetic,
    and two hundred participants who come back in the same second must not stop the calls of the others.
    """

    def __init__(self) -> None:
        self._waiting: deque[tuple[_Datagrams, bytes]] = deque(maxlen=QUEUED_HANDSHAKES)
        self._loop = asyncio.get_running_loop()

    def put(self, datagrams: _Datagrams, data: bytes) -> None:
        if not self._waiting:
            self._loop.call_soon(self._step)
        self._waiting.append((datagrams, data))

    def _step(self) -> None:
        datagrams, data = self._waiting.popleft()
        datagrams.feed(data)
        if self._waiting:
            self._loop.call_soon(self._step)


class _Datagrams:
    """What RTCDtlsTransport needs of an RTCIceTransport."""

    role = "controlled"

    def __init__(self, send: Send) -> None:
        self._out = send
        self._in: asyncio.Queue[bytes | None] = asyncio.Queue(QUEUED_DATAGRAMS)

    def feed(self, datagram: bytes | None) -> None:
        if not self._in.full():
            self._in.put_nowait(datagram)

    async def _recv(self) -> bytes:
        datagram = await self._in.get()
        if datagram is None:
            raise ConnectionError
        return datagram

    async def _send(self, data: bytes) -> None:
        self._out(data)


class Dtls:
    """The DTLS server side of one participant's transport."""

    def __init__(
        self, certificate: RTCCertificate, fingerprints: tuple[tuple[str, str], ...], send: Send, pump: Pump
    ) -> None:
        self._pump = pump
        self._datagrams = _Datagrams(send)
        self._remote = RTCDtlsParameters([RTCDtlsFingerprint(algorithm=a, value=v) for a, v in fingerprints])
        self._transport = RTCDtlsTransport(self._datagrams, [certificate])  # type: ignore[arg-type]
        self._transport._set_role("server")
        self._transport._srtp_profiles = PROFILES
        self._closed = asyncio.Event()

    def feed(self, datagram: bytes) -> None:
        """A DTLS datagram from the peer (RFC 7983: first byte 20 to 63)."""
        self._pump.put(self._datagrams, datagram)

    async def handshake(self) -> tuple[Session, Session, int]:
        """SRTP sessions (receiving, sending) and tag bytes once the peer is who its offer says; raises DtlsFailed."""
        try:
            async with asyncio.timeout(HANDSHAKE_TIMEOUT_S):
                await self._transport.start(self._remote)
        except TimeoutError as exc:
            raise DtlsFailed("timeout") from exc
        if self._transport.state != "connected":
            raise DtlsFailed(self._transport.state)
        self._transport.on("statechange", self._on_state)
        return self._transport._rx_srtp, self._transport._tx_srtp, self._tag_size()

    def _tag_size(self) -> int:
        assert self._transport._ssl is not None
        return TAG_BYTES[self._transport._ssl.get_selected_srtp_profile()]

    async def closed(self) -> None:
        """Returns when the peer closed the DTLS connection (its page called close())."""
        await self._closed.wait()

    async def close(self) -> None:
        """Tell the peer (close_notify) and end."""
        await self._transport.stop()

    def _on_state(self, *_: Any) -> None:
        if self._transport.state in ("closed", "failed"):
            self._closed.set()


def make_certificate() -> tuple[RTCCertificate, str]:
    """A fresh ECDSA P-256 certificate and its SHA-256 fingerprint in SDP's form."""
    certificate = RTCCertificate.generateCertificate()
    for fingerprint in certificate.getFingerprints():
        if fingerprint.algorithm == "sha-256":
            return certificate, fingerprint.value
    raise AssertionError("aiortc gives a SHA-256 fingerprint")
