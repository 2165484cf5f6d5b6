"""SRTP in place: libsrtp called through pylibsrtp's cffi binding on buffers that are allocated once.

`Session.protect` of pylibsrtp copies a packet twice and allocates a length each time (2.1 us for 1100 bytes); the same
call on a buffer of our own takes 1.0 us. This file and transport.py are the only ones that know pylibsrtp's inside.
"""

from __future__ import annotations

from typing import Any, Final

from pylibsrtp import Session
from pylibsrtp._binding import ffi, lib

BUFFER_BYTES: Final = 2048
MAX_PACKET_BYTES: Final = BUFFER_BYTES - 64
"""Room is left for the SRTP tag and the SRTCP index (SRTP_MAX_SRTCP_TRAILER_LEN)."""


class Buffer:
    """Memory that Python and libsrtp both work on: `data` and `view` for us, `pointer` for C."""

    __slots__ = ("data", "pointer", "view")

    def __init__(self) -> None:
        self.data = bytearray(BUFFER_BYTES)
        self.view = memoryview(self.data)
        self.pointer: Any = ffi.from_buffer(self.data)


class Workbench:
    """The buffers of one process: a packet comes into `rx`, goes out of `tx`; `length` is libsrtp's in/out int."""

    __slots__ = ("length", "rx", "tx")

    def __init__(self) -> None:
        self.rx = Buffer()
        self.tx = Buffer()
        self.length: Any = ffi.new("int *")

    def unprotect_rtcp(self, handle: Any, size: int) -> bytes | None:
        """Decrypt the SRTCP packet that stands in `rx`; None when it is not authentic."""
        self.length[0] = size
        if lib.srtp_unprotect_rtcp(handle, self.rx.pointer, self.length):
            return None
        return bytes(self.rx.view[: self.length[0]])

    def protect_rtcp(self, handle: Any, packet: bytes) -> memoryview | None:
        """Encrypt an RTCP packet into `tx`; the view is good until the next packet."""
        size = len(packet)
        if size > MAX_PACKET_BYTES:
            return None
        self.tx.view[:size] = packet
        self.length[0] = size
        if lib.srtp_protect_rtcp(handle, self.tx.pointer, self.length):
            return None
        return self.tx.view[: self.length[0]]


srtp_protect: Final = lib.srtp_protect
"""`(handle, pointer, length) -> status`, 0 is success."""
srtp_unprotect: Final = lib.srtp_unprotect


def handle_of(session: Session) -> Any:
    """The C session. The caller keeps `session` alive as long as it uses the handle."""
    return session._srtp[0]
