"""RED (RFC 2198): what one packet carries of those before it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.red import Block, unpack

OPUS = 111


def pack(*blocks: tuple[int, bytes]) -> bytes:
    """As a sender builds it: heads of four bytes for all but the last, then the sound."""
    heads = b"".join((0x80000000 | OPUS << 24 | offset << 10 | len(sound)).to_bytes(4) for offset, sound in blocks[:-1])
    return heads + bytes([OPUS]) + b"".join(sound for _, sound in blocks)


@pytest.mark.parametrize(
    "blocks",
    [
        [(0, b"now")],
        [(2880, b"before"), (0, b"now")],
        [(5760, b"long ago"), (2880, b""), (0, b"now")],
        [(16383, bytes(1023)), (0, b"n")],
    ],
)
def test_blocks_come_out_as_they_went_in(blocks: list[tuple[int, bytes]]) -> None:
    assert unpack(memoryview(pack(*blocks))) == [Block(offset, memoryview(sound)) for offset, sound in blocks]


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        bytes([OPUS]),
        bytes([0x80 | OPUS]),
        bytes([0x80 | OPUS, 0, 0]),
        pack((2880, b"before"), (0, b"")),
        pack((2880, b"before"), (0, b"now"))[:8],
        bytes([0x80 | OPUS, 0, 0, 1]) * 9 + bytes([OPUS]) + bytes(20),
    ],
)
def test_what_is_no_red_is_refused(packet: bytes) -> None:
    with pytest.raises(ValueError, match="RED"):
        unpack(memoryview(packet))


@given(st.binary(max_size=60))
def test_any_bytes_are_taken_apart_or_refused(packet: bytes) -> None:
    try:
        blocks = unpack(memoryview(packet))
    except ValueError:
        return
    assert sum(len(block.payload) for block in blocks) + 4 * len(blocks) - 3 == len(packet)
