"""Body of transport-wide feedback: which numbered packets arrived, and when.

draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1. The receiver is the browser; we write these only to
play one in tests and load.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct

MAX_PACKETS = 2048
"""Packets in one message; a browser sends one every 50-250 ms, so even a long outage of SD video stays below."""

REFERENCE_UNIT_US = 64_000
DELTA_UNIT_US = 250

LOST, SMALL, LARGE = 0, 1, 2
"""Symbols: not received; received with an unsigned 8-bit delta; with a signed 16-bit delta."""

_fixed = Struct("!HHI")
_chunk = Struct("!H")
_large_delta = Struct("!h")

Arrivals = tuple[tuple[int, int | None], ...]


def parse(body: bytes) -> tuple[int, int, int, Arrivals]:
    """Base sequence number, packet count, feedback count, and per packet its number and arrival in us (None: lost).

    Raises ValueError for a body cut short or too long to be true.
    """
    if len(body) < 8:
        raise ValueError("transport feedback cut short")
    base_seq, count, reference = _fixed.unpack_from(body)
    if count > MAX_PACKETS:
        raise ValueError("transport feedback about too many packets")
    symbols, position = _parse_symbols(body, count)
    clock_us = _signed_24(reference >> 8) * REFERENCE_UNIT_US
    return base_seq, count, reference & 0xFF, _parse_deltas(body, position, symbols, base_seq, clock_us)


def pack(base_seq: int, reference_time_64ms: int, fb_count: int, arrivals: Sequence[tuple[int, int | None]]) -> bytes:
    """The body, padded to whole words; numbers that `arrivals` leaves out from `base_seq` on are reported as lost.

    Arrivals are rounded to 250 us; ValueError when the time between two does not fit into 16 bits of those.
    """
    arrived = {(seq - base_seq) & 0xFFFF: arrival_us for seq, arrival_us in arrivals}
    symbols, deltas = [], bytearray()
    clock = reference_time_64ms * REFERENCE_UNIT_US // DELTA_UNIT_US
    for index in range(max(arrived, default=-1) + 1):
        if (arrival_us := arrived.get(index)) is None:
            symbols.append(LOST)
            continue
        now = round(arrival_us / DELTA_UNIT_US)
        symbols.append(_pack_delta(now - clock, deltas))
        clock = now
    fixed = _fixed.pack(base_seq & 0xFFFF, len(symbols), (reference_time_64ms & 0xFFFFFF) << 8 | fb_count & 0xFF)
    body = fixed + _pack_symbols(symbols) + bytes(deltas)
    return body + bytes(-len(body) % 4)


def _parse_symbols(body: bytes, count: int) -> tuple[list[int], int]:
    symbols: list[int] = []
    position = _fixed.size
    while len(symbols) < count:
        if position + 2 > len(body):
            raise ValueError("transport feedback cut short")
        (chunk,) = _chunk.unpack_from(body, position)
        symbols.extend(_chunk_symbols(chunk, count - len(symbols)))
        position += 2
    return symbols, position


def _chunk_symbols(chunk: int, wanted: int) -> list[int]:
    """A run length chunk, or a status vector of 14 one-bit or 7 two-bit symbols (sections 3.1.3 and 3.1.4)."""
    if not chunk & 0x8000:
        return [chunk >> 13 & 3] * min(chunk & 0x1FFF, wanted)
    if not chunk & 0x4000:
        return [chunk >> shift & 1 for shift in range(13, -1, -1)][:wanted]
    return [chunk >> shift & 3 for shift in range(12, -1, -2)][:wanted]


def _parse_deltas(body: bytes, position: int, symbols: list[int], base_seq: int, clock_us: int) -> Arrivals:
    arrivals: list[tuple[int, int | None]] = []
    length = len(body)
    for seq, symbol in enumerate(symbols, base_seq):
        if symbol == SMALL and position < length:  # nearly all of them, so not through a call
            clock_us += body[position] * DELTA_UNIT_US
            position += 1
        elif symbol == LOST:
            arrivals.append((seq & 0xFFFF, None))
            continue
        else:
            delta, position = _parse_delta(body, position, symbol)
            clock_us += delta * DELTA_UNIT_US
        arrivals.append((seq & 0xFFFF, clock_us))
    return tuple(arrivals)


def _parse_delta(body: bytes, position: int, symbol: int) -> tuple[int, int]:
    """The delta in 250 us and where the next one starts (section 3.1.5)."""
    if symbol > LARGE:
        raise ValueError("reserved symbol in transport feedback")
    if position + symbol > len(body):
        raise ValueError("transport feedback cut short")
    if symbol == SMALL:
        return body[position], position + 1
    return _large_delta.unpack_from(body, position)[0], position + 2


def _pack_delta(delta: int, deltas: bytearray) -> int:
    if 0 <= delta <= 0xFF:
        deltas.append(delta)
        return SMALL
    if not -0x8000 <= delta <= 0x7FFF:
        raise ValueError("arrivals too far apart for one message")
    deltas += _large_delta.pack(delta)
    return LARGE


def _pack_symbols(symbols: list[int]) -> bytes:
    """As two-bit status vectors, padded with `LOST`."""
    chunks = bytearray()
    for start in range(0, len(symbols), 7):
        chunk = 0xC000
        for index, symbol in enumerate(symbols[start : start + 7]):
            chunk |= symbol << 12 - 2 * index
        chunks += _chunk.pack(chunk)
    return bytes(chunks)


def _signed_24(value: int) -> int:
    return value - (1 << 24) if value & 0x800000 else value
