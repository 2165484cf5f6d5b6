"""The VP8 payload descriptor (RFC 7741 section 4.2): what forwarding has to know and to rewrite, not the picture."""

from __future__ import annotations

from typing import NamedTuple


class Descriptor(NamedTuple):
    start_of_partition: bool
    partition_index: int
    picture_id: int | None
    picture_id_15bit: bool
    picture_id_offset: int
    """Bytes from the descriptor's start; 0 when it is absent, like `tl0_offset`."""
    tl0picidx: int | None
    """Counts frames of the lowest temporal layer."""
    tl0_offset: int
    temporal_id: int | None
    keyframe: bool
    """This is the first packet of a keyframe."""
    size: int
    """Of the descriptor in bytes."""


def parse(payload: bytes | bytearray | memoryview, offset: int = 0) -> Descriptor:
    """Read the descriptor that starts at `offset`. Raises ValueError when no VP8 data follows it."""
    try:
        return _parse(payload, offset)
    except IndexError:
        raise ValueError("VP8 payload cut short") from None


def rewrite(buf: bytearray, descriptor: Descriptor, base_offset: int, picture_id: int, tl0picidx: int) -> None:
    """Put other numbers where the descriptor at `base_offset` has them; both wrap to the width that is there."""
    if descriptor.picture_id_offset:
        position = base_offset + descriptor.picture_id_offset
        if descriptor.picture_id_15bit:
            buf[position] = 0x80 | picture_id >> 8 & 0x7F
            buf[position + 1] = picture_id & 0xFF
        else:
            buf[position] = picture_id & 0x7F
    if descriptor.tl0_offset:
        buf[base_offset + descriptor.tl0_offset] = tl0picidx & 0xFF


def _parse(payload: bytes | bytearray | memoryview, offset: int) -> Descriptor:
    first = payload[offset]
    position = offset + 1
    picture_id = tl0picidx = temporal_id = None
    picture_id_offset = tl0_offset = 0
    wide = False
    if first & 0x80:
        present = payload[position]
        position += 1
        if present & 0x80:
            picture_id_offset = position - offset
            picture_id = payload[position]
            if wide := picture_id > 0x7F:
                picture_id = (picture_id & 0x7F) << 8 | payload[position + 1]
            position += 1 + wide
        if present & 0x40:
            tl0_offset = position - offset
            tl0picidx = payload[position]
            position += 1
        if present & 0x30:
            if present & 0x20:
                temporal_id = payload[position] >> 6
            position += 1
    start, index = first & 0x10 != 0, first & 0x07
    inter_frame = payload[position] & 0x01  # P, the lowest bit of the VP8 payload header (section 4.3)
    return Descriptor(
        start_of_partition=start,
        partition_index=index,
        picture_id=picture_id,
        picture_id_15bit=wide,
        picture_id_offset=picture_id_offset,
        tl0picidx=tl0picidx,
        tl0_offset=tl0_offset,
        temporal_id=temporal_id,
        keyframe=start and index == 0 and not inter_frame,
        size=position - offset,
    )
