"""Whether a participant speaks, by the level that its packets tell (RFC 6464)."""

from __future__ import annotations

import struct
from typing import Final

from media import rtp
from media.source import Source

LISTEN_MASK: Final = 7
"""One packet in eight is listened to."""
LOUD: Final = 50.0
QUIET: Final = 60.0
"""Smoothed -dBov between which a speaker keeps the state it has."""

_EXTENSION: Final = struct.Struct("!HH")


def speaks(source: Source, packet: memoryview, size: int, speaking: bool) -> bool:
    """Take one packet's level, smoothed over about half a second of 20 ms packets; `speaking`: until now."""
    level = audio_level(packet, size, source.level_extension)
    if level is None:
        return speaking
    source.level += (level - source.level) * 0.5
    return source.level < (QUIET if speaking else LOUD)


def audio_level(packet: memoryview, size: int, extension: int) -> int | None:
    """RFC 6464's level in -dBov; None when the packet has none."""
    if not packet[0] & 0x10:
        return None
    at = 12 + 4 * (packet[0] & 0x0F)
    profile, words = _EXTENSION.unpack_from(packet, at)
    found = rtp.find_extension(packet, at + 4, min(4 * words, size - at - 4), profile, extension)
    return rtp.audio_level(packet[found[0]])[1] if found is not None and found[1] >= 1 else None
