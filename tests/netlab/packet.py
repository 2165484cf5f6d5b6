"""What the link may look at in an IP packet: whom it is for, and what a middlebox would stop."""

from __future__ import annotations

IPV4 = 4
TCP = 6
UDP = 17
UPGRADE = b"upgrade: websocket"


def destination(packet: bytes) -> bytes:
    """The address that the packet is for: 4 bytes, or 16 of IPv6."""
    return packet[16:20] if _version(packet) == IPV4 else packet[24:40]


def is_udp(packet: bytes) -> bool:
    return _protocol(packet) == UDP


def asks_for_websocket(packet: bytes) -> bool:
    """A TCP segment with an HTTP upgrade in the clear (RFC 6455 section 4.1), asked for or granted."""
    return _protocol(packet) == TCP and UPGRADE in _tcp_payload(packet).lower()


def _version(packet: bytes) -> int:
    return packet[0] >> 4


def _protocol(packet: bytes) -> int:
    """The payload's protocol number; of IPv6 only the first header is looked at."""
    return packet[9] if _version(packet) == IPV4 else packet[6]


def _tcp_payload(packet: bytes) -> bytes:
    """RFC 791 section 3.1 (header length), RFC 9293 section 3.1 (data offset): both in words of 4 bytes."""
    header = (packet[0] & 0x0F) * 4 if _version(packet) == IPV4 else 40
    return packet[header + (packet[header + 12] >> 4) * 4 :]
