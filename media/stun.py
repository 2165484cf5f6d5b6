"""STUN as an ICE-lite peer needs it: check a Binding request and answer it (RFC 8489, RFC 8445 section 7.3).

Strangers' datagrams come here first and every peer's path checks come a few a second, so the messages are read and
written by hand: 24 us for one request and its answer (aioice: 47), and nothing is allocated for what is no request.
Who the peer is, and what a nomination means, is the transport's.
"""

from __future__ import annotations

import hmac
import re
import socket
from struct import Struct
from typing import NamedTuple
from zlib import crc32

COOKIE = 0x2112A442
HEADER_LENGTH = 20
MAX_LENGTH = 1500
"""Bytes of the longest request that is looked at; real ones have about 120."""

MAX_PLAIN_LENGTH = 28
"""A header, and FINGERPRINT where a browser adds one."""

BINDING_REQUEST = 0x0001
BINDING_SUCCESS = 0x0101
BINDING_ERROR = 0x0111

USERNAME = 0x0006
MESSAGE_INTEGRITY = 0x0008
ERROR_CODE = 0x0009
XOR_MAPPED_ADDRESS = 0x0020
PRIORITY = 0x0024
USE_CANDIDATE = 0x0025
FINGERPRINT = 0x8028
ICE_CONTROLLED = 0x8029
ICE_CONTROLLING = 0x802A

FINGERPRINT_XOR = 0x5354554E
INTEGRITY_LENGTH = 24
FINGERPRINT_LENGTH = 8

Buffer = bytes | bytearray | memoryview

_LENGTHS = {MESSAGE_INTEGRITY: 20, PRIORITY: 4, USE_CANDIDATE: 0, FINGERPRINT: 4, ICE_CONTROLLED: 8, ICE_CONTROLLING: 8}
_UFRAGS = re.compile(rb"([A-Za-z0-9+/]{4,256}):([A-Za-z0-9+/]{4,256})")
_IPV4_MAPPED = bytes(10) + b"\xff\xff"

_header = Struct("!HHI12s")
_attribute = Struct("!HH")
_short = Struct("!H")
_long = Struct("!I")


class BadIntegrity(ValueError):
    """MESSAGE-INTEGRITY was made with another password: a forger, or a peer from before an ICE restart."""


class Request(NamedTuple):
    """What a Binding request that passed its checks asks for."""

    transaction_id: bytes
    use_candidate: bool
    priority: int | None
    controlling: bool
    """False: the sender believes to be controlled, like us; answer 487 (RFC 8445 section 7.3.1.1)."""


def username(data: Buffer) -> tuple[str, str] | None:
    """Our ufrag and theirs, from the USERNAME of a well-formed Binding request; None for anything else.

    Proves nothing yet: it only finds the peer whose password `parse_request` needs.
    """
    try:
        _check_header(data)
        for kind, start, end in _attributes(data):
            if kind == USERNAME:
                match = _UFRAGS.fullmatch(data[start:end])
                return (match[1].decode(), match[2].decode()) if match else None
            if kind == MESSAGE_INTEGRITY:
                return None
    except ValueError:
        pass
    return None


def parse_request(data: Buffer, password: str) -> Request:
    """Read a Binding request whose MESSAGE-INTEGRITY was made with our `password` and whose FINGERPRINT is right.

    Raises `BadIntegrity` for another password and ValueError for all else that is wrong.
    """
    _check_header(data)
    found = _covered_attributes(data)
    if (integrity := found.get(MESSAGE_INTEGRITY)) is None:
        raise ValueError("no MESSAGE-INTEGRITY")
    digest = bytes(data[integrity : integrity + 20])
    if not hmac.compare_digest(digest, _integrity(data[: integrity - 4], password)):
        raise BadIntegrity("wrong MESSAGE-INTEGRITY")
    if ICE_CONTROLLED in found and ICE_CONTROLLING in found:
        raise ValueError("both roles at once")
    return Request(
        transaction_id=bytes(data[8:20]),
        use_candidate=USE_CANDIDATE in found,
        priority=_long.unpack_from(data, found[PRIORITY])[0] if PRIORITY in found else None,
        controlling=ICE_CONTROLLED not in found,
    )


def asks_address(data: Buffer) -> bool:
    """A Binding request of who only wants to know their own address, or whether we are here (RFC 8489 section 2).

    Only short ones: the answer is hardly longer, so that a forged sender gains nothing.
    """
    if len(data) > MAX_PLAIN_LENGTH:
        return False
    try:
        _check_header(data)
        return {kind for kind, _, _ in _attributes(data)} <= {FINGERPRINT}
    except ValueError:
        return False


def mapped(data: Buffer, address: tuple[str, int]) -> bytes:
    """The answer to it, without MESSAGE-INTEGRITY."""
    transaction_id = bytes(data[8:20])
    value = _xor_address(address, transaction_id)
    return _sealed(BINDING_SUCCESS, transaction_id, _pack_attribute(XOR_MAPPED_ADDRESS, value), None)


def success(request: Request, address: tuple[str, int], password: str) -> bytes:
    """The success response that tells the peer the `address` its request came from."""
    mapped = _xor_address(address, request.transaction_id)
    return _sealed(BINDING_SUCCESS, request.transaction_id, _pack_attribute(XOR_MAPPED_ADDRESS, mapped), password)


def error(transaction_id: bytes, code: int, reason: str, password: str | None) -> bytes:
    """An error response; without a password (400, 401) it carries no MESSAGE-INTEGRITY."""
    value = bytes((0, 0, code // 100, code % 100)) + reason.encode()
    return _sealed(BINDING_ERROR, transaction_id, _pack_attribute(ERROR_CODE, value), password)


def _check_header(data: Buffer) -> None:
    if not HEADER_LENGTH <= len(data) <= MAX_LENGTH:
        raise ValueError("not the length of a request")
    kind, length, cookie, _ = _header.unpack_from(data)
    if kind != BINDING_REQUEST or cookie != COOKIE:
        raise ValueError("not a Binding request")
    if length % 4 or length != len(data) - HEADER_LENGTH:
        raise ValueError("wrong message length")


def _attributes(data: Buffer) -> list[tuple[int, int, int]]:
    """Type, start and end of the value of each attribute (RFC 8489 section 14)."""
    found = []
    position, end = HEADER_LENGTH, len(data)
    while position < end:
        kind, length = _attribute.unpack_from(data, position)
        position += 4
        if position + length > end or _LENGTHS.get(kind, length) != length:
            raise ValueError("wrong attribute length")
        found.append((kind, position, position + length))
        position += (length + 3) & ~3
    return found


def _covered_attributes(data: Buffer) -> dict[int, int]:
    """Where values start: the first of each type that MESSAGE-INTEGRITY covers. Checks that FINGERPRINT ends it."""
    attributes = _attributes(data)
    if not attributes or attributes[-1][0] != FINGERPRINT:
        raise ValueError("no FINGERPRINT at the end")
    start = attributes[-1][1]
    if _long.unpack_from(data, start)[0] != crc32(data[: start - 4]) ^ FINGERPRINT_XOR:
        raise ValueError("wrong FINGERPRINT")
    found: dict[int, int] = {}
    for kind, start, _ in attributes:
        found.setdefault(kind, start)
        if kind == MESSAGE_INTEGRITY:
            break  # what stands behind it is not protected, so it is not read (RFC 8489 section 14.5)
    return found


def _integrity(before: Buffer, password: str) -> bytes:
    """HMAC over the message up to the attribute, with the length that it has with the attribute (section 14.5)."""
    length = _short.pack(len(before) - HEADER_LENGTH + INTEGRITY_LENGTH)
    return hmac.digest(password.encode(), b"".join((before[:2], length, before[4:])), "sha1")


def _sealed(kind: int, transaction_id: bytes, attributes: bytes, password: str | None) -> bytes:
    body = attributes
    if password is not None:
        before = _header.pack(kind, 0, COOKIE, transaction_id) + body
        body += _pack_attribute(MESSAGE_INTEGRITY, _integrity(before, password))
    message = _header.pack(kind, len(body) + FINGERPRINT_LENGTH, COOKIE, transaction_id) + body
    return message + _pack_attribute(FINGERPRINT, _long.pack(crc32(message) ^ FINGERPRINT_XOR))


def _pack_attribute(kind: int, value: bytes) -> bytes:
    return _attribute.pack(kind, len(value)) + value + bytes(-len(value) % 4)


def _xor_address(address: tuple[str, int], transaction_id: bytes) -> bytes:
    """Value of XOR-MAPPED-ADDRESS (section 14.2). What a dual-stack socket calls ::ffff:1.2.3.4 is an IPv4 peer."""
    host, port = address[0].partition("%")[0], address[1]
    packed = socket.inet_pton(socket.AF_INET6 if ":" in host else socket.AF_INET, host)
    if packed.startswith(_IPV4_MAPPED) and len(packed) == 16:
        packed = packed[12:]
    pad = (_long.pack(COOKIE) + transaction_id)[: len(packed)]
    xored = (int.from_bytes(packed, "big") ^ int.from_bytes(pad, "big")).to_bytes(len(packed), "big")
    return bytes((0, 1 if len(packed) == 4 else 2)) + _short.pack(port ^ COOKIE >> 16) + xored
