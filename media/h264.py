"""Where an H.264 stream can be joined, seen from its RTP payloads (RFC 6184)."""

from __future__ import annotations

IDR_SLICE = 5
SEQUENCE_PARAMETERS = 7
STAP_A = 24
FU_A = 28


def is_keyframe(payload: bytes | bytearray | memoryview) -> bool:
    """True when a keyframe starts in this payload: an IDR slice, or the parameters that browsers send before one."""
    if not payload:
        return False
    unit = payload[0] & 0x1F
    if unit == STAP_A:
        return _aggregates_keyframe(payload)
    if unit == FU_A:
        return len(payload) > 1 and payload[1] & 0x80 != 0 and _opens_keyframe(payload[1])
    return _opens_keyframe(payload[0])


def _aggregates_keyframe(payload: bytes | bytearray | memoryview) -> bool:
    """STAP-A (section 5.7.1): units with a 16-bit size before each."""
    position = 1
    while position + 2 < len(payload):
        if _opens_keyframe(payload[position + 2]):
            return True
        position += 2 + (payload[position] << 8 | payload[position + 1])
    return False


def _opens_keyframe(header: int) -> bool:
    return header & 0x1F in (IDR_SLICE, SEQUENCE_PARAMETERS)
