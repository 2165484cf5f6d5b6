"""The last seconds of a track, for repairs: payloads in one ring of bytes, found by sequence number.

One block of memory per track instead of an allocation per packet: at 100 calls the packets of two hundred participants
do not fit into the processor's caches, and every touched line counts.
"""

from __future__ import annotations

from typing import Final, NamedTuple

AUDIO_BYTES: Final = 16 * 1024
"""5 s of Opus at 24 kbit/s."""
VIDEO_BYTES: Final = 160 * 1024
"""2.5 s at 500 kbit/s; DESIGN asks for max(2 s, 3 RTT)."""
ENTRIES: Final = 256
"""Packets; a power of two. 5 s of Opus at 20 ms."""
MASK: Final = ENTRIES - 1


class Held(NamedTuple):
    """A packet of the cache."""

    timestamp: int
    marker: int
    payload: bytes


class Cache:
    """`put` runs for every packet; `get` for those that a viewer has lost."""

    __slots__ = ("_at", "_entries", "_size", "_view", "_written")

    def __init__(self, kind: str) -> None:
        self._size = VIDEO_BYTES if kind == "video" else AUDIO_BYTES
        self._view = memoryview(bytearray(self._size))
        self._entries: list[tuple[int, int, int, int, int, int] | None] = [None] * ENTRIES
        """(sequence, timestamp, marker, offset, bytes, bytes written before)."""
        self._at = 0
        self._written = 0

    def put(self, sequence: int, timestamp: int, marker: int, payload: memoryview) -> None:
        """Keep a payload, over the oldest ones."""
        size = len(payload)
        at = self._at
        if at + size > self._size:
            self._written += self._size - at
            at = 0
        end = self._at = at + size
        self._view[at:end] = payload
        self._entries[sequence & MASK] = (sequence, timestamp, marker, at, size, self._written)
        self._written += size

    def get(self, sequence: int) -> Held | None:
        """The packet, if it is still held."""
        entry = self._entries[sequence & MASK]
        if entry is None or entry[0] != sequence:
            return None
        _, timestamp, marker, at, size, before = entry
        if self._written - before > self._size:
            return None
        return Held(timestamp, marker, bytes(self._view[at : at + size]))

    def timestamp_of(self, sequence: int) -> int | None:
        """Its RTP timestamp, if this very packet came lately."""
        entry = self._entries[sequence & MASK]
        return entry[1] if entry is not None and entry[0] == sequence else None

    def has(self, sequence: int) -> bool:
        """Whether this very packet came lately, held or not."""
        entry = self._entries[sequence & MASK]
        return entry is not None and entry[0] == sequence
