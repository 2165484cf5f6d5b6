"""IP packets made by hand, for tests without a kernel. Checksums are left empty: nobody here looks at them."""

from __future__ import annotations

import socket
import struct


def ipv4(protocol: int, payload: bytes = b"", to: str = "10.213.7.1") -> bytes:
    """RFC 791 section 3.1."""
    total = 20 + len(payload)
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, total, 0, 0, 64, protocol, 0, bytes(4), socket.inet_aton(to))
    return header + payload


def ipv6(protocol: int, payload: bytes = b"", to: str = "fe80::1") -> bytes:
    """RFC 8200 section 3."""
    address = socket.inet_pton(socket.AF_INET6, to)
    return struct.pack("!IHBB16s16s", 6 << 28, len(payload), protocol, 64, bytes(16), address) + payload


def tcp(payload: bytes, options: int = 0) -> bytes:
    """RFC 9293 section 3.1, with so many bytes of options (a multiple of 4)."""
    return (
        struct.pack("!HHIIBBHHH", 50_000, 80, 0, 0, (5 + options // 4) << 4, 0x18, 0, 0, 0) + bytes(options) + payload
    )
