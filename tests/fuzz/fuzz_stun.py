"""Anything may come to the UDP port; what carries a right integrity gets further."""

from __future__ import annotations

import contextlib
from struct import pack

from aioice import stun as peer

from media import stun

PASSWORD = "a-password-of-24-letters"
USERNAME = pack("!HH12s", 6, 11, b"ours:theirs\0")
SEEDS = (
    USERNAME + pack("!HHIHHQHH", 0x24, 4, 1853824767, 0x802A, 8, 7, 0x25, 0),
    USERNAME + pack("!HHQ", 0x8029, 8, 7),
    bytes.fromhex("000100002112a442") + b"transaction!",
)


def fuzz(data: bytes) -> None:
    """As a whole message, and as the attributes of one that is sealed with the right password."""
    for message in (data, sealed(data[:1400])):
        check(message)


def check(message: bytes) -> None:
    found = stun.username(message)
    assert found is None or (len(found[0]) >= 4 and len(found[1]) >= 4)
    with contextlib.suppress(ValueError):
        request = stun.parse_request(message, PASSWORD)
        answer = peer.parse_message(stun.success(request, ("203.0.113.7", 40000), PASSWORD))
        assert answer.check_message_integrity(PASSWORD.encode())


def sealed(attributes: bytes) -> bytes:
    attributes += bytes(-len(attributes) % 4)
    message = pack("!HHI12s", 0x0001, len(attributes), stun.COOKIE, b"transaction!") + attributes
    message += pack("!HH", 8, 20) + peer.message_integrity(message, PASSWORD.encode())
    message = peer.set_body_length(message, len(message) - 20)
    message += pack("!HHI", 0x8028, 4, peer.message_fingerprint(message))
    return peer.set_body_length(message, len(message) - 20)
