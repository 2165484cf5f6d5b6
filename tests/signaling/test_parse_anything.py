"""What a page sends is judged without ever failing otherwise than with a code."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from signaling import protocol as p
from signaling.parsing import ProtocolError, parse

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
TYPES = st.sampled_from(["hello", "consent", "arrive", "admit", "chat", "set_media", "leave", "end", "offer", "fetch"])
FIELDS = st.sampled_from(["id", "v", "token", "client_id", "after", "text", "seat", "sdp", "request", "audio", "lang"])
ALMOST = st.builds(lambda kind, rest: {**rest, "type": kind}, TYPES, st.dictionaries(FIELDS, JSON, max_size=6))


def validate(data: str | bytes) -> None:
    try:
        p.from_page.validate_json(data)
    except ValidationError:
        return


@given(st.binary())
def test_any_bytes(data: bytes) -> None:
    validate(data)


@given(st.text())
def test_any_text(data: str) -> None:
    validate(data.encode("utf-8", "replace"))


@given(JSON | ALMOST)
def test_any_json(value: Any) -> None:
    validate(json.dumps(value))
    try:
        parse(json.dumps(value))
    except ProtocolError:
        return


TABLE = [
    ("{", "bad-message", True),
    ("[]", "bad-message", True),
    ('{"type":"ping"}', "bad-message", True),
    ('{"type":"ping","n":1,"more":1}', "bad-message", True),
    ('{"type":"dance"}', "unknown-type", False),
    ('{"no":"type"}', "unknown-type", False),
    ('{"type":"hello","v":2,"new":"field"}', "unsupported-version", True),
    (" " * (p.MAX_MESSAGE_BYTES + 1), "too-large", True),
    ("ñ" * (p.MAX_MESSAGE_BYTES // 2 + 1), "too-large", True),
]


@pytest.mark.parametrize(("data", "code", "fatal"), TABLE)
def test_code(data: str, code: str, fatal: bool) -> None:
    with pytest.raises(ProtocolError) as caught:
        parse(data)
    assert (caught.value.code, caught.value.fatal) == (code, fatal)
