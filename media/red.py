"""Sound that carries the packets before it again (RFC 2198), as Chromium sends it around Opus."""

from __future__ import annotations

from typing import NamedTuple

MOST_BLOCKS = 4


class Block(NamedTuple):
    offset: int
    """How much earlier than the packet it was said, in ticks of the RTP clock; 0: the packet's own sound."""
    payload: memoryview


def unpack(payload: memoryview) -> list[Block]:
    """One block for each packet before that it carries, oldest first, and its own one last.

    Raises ValueError for what is not RED.
    """
    heads, at = _heads(payload)
    blocks = []
    for offset, length in heads:
        if at + length > len(payload):
            raise ValueError("RED block cut short")
        blocks.append(Block(offset, payload[at : at + length]))
        at += length
    if at == len(payload):
        raise ValueError("RED without sound of its own")
    return [*blocks, Block(0, payload[at:])]


def _heads(payload: memoryview) -> tuple[list[tuple[int, int]], int]:
    """(timestamp offset, length) of the blocks from before, and where the first one begins."""
    heads: list[tuple[int, int]] = []
    at = 0
    while len(heads) <= MOST_BLOCKS and at < len(payload):
        if not payload[at] & 0x80:
            return heads, at + 1
        word = int.from_bytes(payload[at : at + 4])
        if at + 4 > len(payload):
            break
        heads.append((word >> 10 & 0x3FFF, word & 0x3FF))
        at += 4
    raise ValueError("no RED header")
