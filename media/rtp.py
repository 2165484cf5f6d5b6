"""RTP packets where they lie in a buffer: header, header extensions, retransmission payloads, sequence arithmetic.

RFC 3550, 8285, 6464 and 4588. Nothing is copied, so that forwarding can rewrite in place.
"""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

HEADER_LENGTH = 12
ONE_BYTE_PROFILE = 0xBEDE
TWO_BYTE_PROFILE = 0x1000
"""Its low four bits belong to the application (RFC 8285 section 4.3)."""

Buffer = bytes | bytearray | memoryview

_fixed = Struct("!BBHII")
_extension = Struct("!HH")
_sequence = Struct("!H")


class Header(NamedTuple):
    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    ssrc: int
    payload_offset: int
    payload_end: int
    """Where padding begins, if there is any; equal to `payload_offset` in a packet of nothing but padding."""
    extension_profile: int
    """0 without an extension, as are the next two."""
    extension_offset: int
    extension_length: int


def newer(a: int, b: int) -> bool:
    """True when sequence number `a` comes after `b`, across the wrap-around."""
    return 0 < (a - b) & 0xFFFF < 0x8000


def diff(a: int, b: int) -> int:
    """How far sequence number `a` is ahead of `b`, from -32768 to 32767."""
    return ((a - b + 0x8000) & 0xFFFF) - 0x8000


def parse_header(data: Buffer) -> Header:
    """Read an RTP packet's header. Raises ValueError when it does not fit into the packet."""
    length = len(data)
    if length < HEADER_LENGTH:
        raise ValueError("RTP packet cut short")
    first, second, sequence, timestamp, ssrc = _fixed.unpack_from(data)
    if first >> 6 != 2:
        raise ValueError("wrong RTP version")
    offset = HEADER_LENGTH + 4 * (first & 0x0F)
    profile = extension_offset = extension_length = 0
    if first & 0x10:
        if offset + 4 > length:
            raise ValueError("RTP packet cut short")
        profile, words = _extension.unpack_from(data, offset)
        extension_offset, extension_length = offset + 4, 4 * words
        offset = extension_offset + extension_length
    end = length - data[-1] if first & 0x20 else length
    if offset > end or (first & 0x20 and end == length):
        raise ValueError("wrong RTP padding or lengths")
    return Header(
        second & 0x7F,
        second > 0x7F,
        sequence,
        timestamp,
        ssrc,
        offset,
        end,
        profile,
        extension_offset,
        extension_length,
    )


def find_extension(data: Buffer, offset: int, length: int, profile: int, ext_id: int) -> tuple[int, int] | None:
    """Start and length of the value of header extension `ext_id`; None when it is not there or does not fit."""
    end = min(offset + length, len(data))
    if profile == ONE_BYTE_PROFILE:
        return _find_one_byte(data, offset, end, ext_id)
    if profile & 0xFFF0 == TWO_BYTE_PROFILE:
        return _find_two_byte(data, offset, end, ext_id)
    return None


def audio_level(value: int) -> tuple[bool, int]:
    """Whether the sender hears a voice, and its level in -dBov: 0 is the loudest, 127 silence (RFC 6464 section 3)."""
    return value > 0x7F, value & 0x7F


def wrap_rtx(sequence: int, payload: Buffer) -> bytes:
    """Payload of the retransmission of packet `sequence` (RFC 4588 section 4)."""
    return b"".join((_sequence.pack(sequence), payload))


def unwrap_rtx(payload: Buffer) -> tuple[int, Buffer]:
    """Original sequence number and payload. Raises ValueError for less than a number, as in padding used as a probe."""
    if len(payload) < 2:
        raise ValueError("no original sequence number")
    return _sequence.unpack_from(payload)[0], payload[2:]


def _find_one_byte(data: Buffer, position: int, end: int, ext_id: int) -> tuple[int, int] | None:
    """RFC 8285 section 4.2."""
    while position < end:
        head = data[position]
        position += 1
        if head == 0:
            continue
        found, length = head >> 4, (head & 0x0F) + 1
        if found == 15 or position + length > end:
            return None
        if found == ext_id:
            return position, length
        position += length
    return None


def _find_two_byte(data: Buffer, position: int, end: int, ext_id: int) -> tuple[int, int] | None:
    """RFC 8285 section 4.3."""
    while position < end:
        found = data[position]
        position += 1
        if found == 0:
            continue
        if position >= end or position + 1 + data[position] > end:
            return None
        length = data[position]
        if found == ext_id:
            return position + 1, length
        position += 1 + length
    return None
