"""H.264 payloads in which a picture can start."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.h264 import is_keyframe


@pytest.mark.parametrize(
    ("payload", "keyframe"),
    [
        (b"\x65slice", True),
        (b"\x67parameters", True),
        (b"\x68parameters", False),
        (b"\x41slice", False),
        (b"\x78\x00\x02\x67\x42\x00\x02\x68\xce", True),
        (b"\x78\x00\x02\x06\x05\x00\x02\x65\x88", True),
        (b"\x78\x00\x02\x41\x9a\x00\x02\x41\x9b", False),
        (b"\x78\xff\xff\x41", False),
        (b"\x78\x00\x02", False),
        (b"\x78\x00\x00\x00\x00\x00", False),
        (b"\x7c\x85slice", True),
        (b"\x7c\x05slice", False),
        (b"\x7c\x81slice", False),
        (b"\x7c", False),
        (b"\x7d\x85", False),
        (b"", False),
    ],
)
def test_keyframe(payload: bytes, keyframe: bool) -> None:
    assert is_keyframe(payload) is keyframe
    assert is_keyframe(memoryview(payload)) is keyframe


@given(st.binary(max_size=60))
def test_any_bytes(payload: bytes) -> None:
    assert is_keyframe(payload) in (True, False)
    assert is_keyframe(b"\x78" + payload) in (True, False)
