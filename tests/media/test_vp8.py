"""The VP8 descriptor, with aiortc's as the other side."""

from __future__ import annotations

from typing import Any

import pytest
from aiortc.codecs.vpx import VpxPayloadDescriptor
from hypothesis import given, settings
from hypothesis import strategies as st

from media import vp8

KEY, INTER = b"\x10", b"\x11"


def descriptor(**fields: Any) -> bytes:
    absent = dict.fromkeys(("picture_id", "tl0picidx", "tid", "keyidx"))
    return bytes(VpxPayloadDescriptor(**{"partition_start": 1, "partition_id": 0, **absent, **fields}))


@pytest.mark.parametrize(
    ("data", "keyframe"),
    [
        (descriptor() + KEY, True),
        (descriptor() + INTER, False),
        (descriptor(partition_start=0) + KEY, False),
        (descriptor(partition_id=1) + KEY, False),
        (descriptor(picture_id=300, tl0picidx=4, tid=(0, 1), keyidx=3) + KEY, True),
    ],
)
def test_keyframe_starts_here(data: bytes, keyframe: bool) -> None:
    assert vp8.parse(data).keyframe is keyframe


def test_all_fields_at_an_offset() -> None:
    data = b"header" + descriptor(picture_id=300, tl0picidx=4, tid=(2, 1), keyidx=3, partition_id=5) + INTER
    assert vp8.parse(memoryview(data), 6) == vp8.Descriptor(True, 5, 300, True, 2, 4, 4, 2, False, 6)


def test_short_picture_id() -> None:
    assert vp8.parse(b"\x90\x80\x64" + KEY) == vp8.Descriptor(True, 0, 100, False, 2, None, 0, None, True, 3)


def test_key_index_alone_is_no_temporal_layer() -> None:
    found = vp8.parse(descriptor(keyidx=7) + KEY)
    assert (found.temporal_id, found.size) == (None, 3)


@pytest.mark.parametrize(
    "data", [b"", b"\x10", b"\x90", b"\x90\x80", b"\x90\x80\x81", b"\x90\xc0\x01", b"\x90\x20", b"\x90\xe0\x01\x02"]
)
def test_malformed_descriptor(data: bytes) -> None:
    with pytest.raises(ValueError):
        vp8.parse(data)


def test_rewrite_leaves_all_else() -> None:
    data = bytearray(b"header" + b"\x90\xf0\x81\x2c\x04\xa3" + b"\x11picture")
    vp8.rewrite(data, vp8.parse(data, 6), 6, 0x8001, 256 + 9)
    assert data == b"header" + b"\x90\xf0\x80\x01\x09\xa3" + b"\x11picture"


def test_rewrite_wraps_a_short_picture_id() -> None:
    data = bytearray(b"\x90\x80\x05" + KEY)
    vp8.rewrite(data, vp8.parse(data), 0, 130, 0)
    assert data == b"\x90\x80\x02" + KEY


def test_rewrite_of_nothing() -> None:
    data = bytearray(descriptor() + KEY)
    vp8.rewrite(data, vp8.parse(data), 0, 130, 9)
    assert data == descriptor() + KEY


@given(
    st.none() | st.integers(0, 0x7FFF),
    st.none() | st.integers(0, 255),
    st.none() | st.tuples(st.integers(0, 3), st.integers(0, 1)),
    st.none() | st.integers(0, 31),
    st.integers(0, 7),
)
def test_reads_what_aiortc_writes(
    picture_id: int | None, tl0: int | None, tid: tuple[int, int] | None, keyidx: int | None, partition: int
) -> None:
    data = descriptor(picture_id=picture_id, tl0picidx=tl0, tid=tid, keyidx=keyidx, partition_id=partition)
    found = vp8.parse(data + KEY)
    assert (found.picture_id, found.tl0picidx, found.partition_index) == (picture_id, tl0, partition)
    assert found.temporal_id == (tid[0] if tid else None)
    assert found.size == len(data)


@settings(deadline=None)
@given(st.binary(max_size=12), st.integers(0, 0xFFFF), st.integers(0, 0xFF), st.integers(0, 14))
def test_any_bytes(data: bytes, picture_id: int, tl0: int, offset: int) -> None:
    try:
        before = vp8.parse(data, offset)
    except ValueError:
        return
    changed = bytearray(data)
    vp8.rewrite(changed, before, offset, picture_id, tl0)
    after = vp8.parse(changed, offset)
    assert after._replace(picture_id=before.picture_id, tl0picidx=before.tl0picidx) == before
    assert after.picture_id in (None, picture_id & 0x7FFF if before.picture_id_15bit else picture_id & 0x7F)
