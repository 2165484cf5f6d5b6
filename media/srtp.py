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
    """Scratch of one process: `rtcp` for control packets both ways; `length` is libsrtp's in/out int for all calls."""

    __slots__ = ("length", "rtcp")

    def __init__(self) -> None:
        self.rtcp = Buffer()
        self.length: Any = ffi.new("int *")

    def unprotect_rtcp(self, handle: Any, buffer: Buffer, size: int) -> bytes | None:
        """Decrypt the SRTCP packet that stands in `buffer`; None when it is not authentic."""
        self.length[0] = size
        if lib.srtp_unprotect_rtcp(handle, buffer.pointer, self.length):
            return None
        return bytes(buffer.view[: self.length[0]])

    def protect_rtcp(self, handle: Any, packet: bytes) -> bytes | None:
        """Encrypt an RTCP packet; None when it is too long or libsrtp refuses it."""
        size = len(packet)
        if size > MAX_PACKET_BYTES:
            return None
        self.rtcp.view[:size] = packet
        self.length[0] = size
        if lib.srtp_protect_rtcp(handle, self.rtcp.pointer, self.length):
            return None
        return bytes(self.rtcp.view[: self.length[0]])


srtp_protect: Final = lib.srtp_protect
"""`(handle, pointer, length) -> status`, 0 is success."""
srtp_unprotect: Final = lib.srtp_unprotect


def handle_of(session: Session) -> Any:
    """The C session. The caller keeps `session` alive as long as it uses the handle."""
    return session._srtp[0]
