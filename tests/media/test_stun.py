"""STUN against aioice, which plays the browser, and against broken bytes."""

from __future__ import annotations

from struct import pack

import pytest
from aioice import stun as peer
from hypothesis import given, settings
from hypothesis import strategies as st

from media import stun

PASSWORD = "a-password-of-24-letters"
TRANSACTION = b"transaction!"


def request(password: str = PASSWORD, **attributes: object) -> bytes:
    message = peer.Message(peer.Method.BINDING, peer.Class.REQUEST, TRANSACTION)
    message.attributes = {
        name.replace("_", "-"): value
        for name, value in {"USERNAME": "ours:thEirs", "ICE_CONTROLLING": 7, **attributes}.items()
    }
    message.add_message_integrity(password.encode())
    return bytes(message)


def sealed(attributes: bytes, kind: int = 0x0001) -> bytes:
    """A request with right integrity and fingerprint around any attributes."""
    message = pack("!HHI12s", kind, len(attributes), stun.COOKIE, TRANSACTION) + attributes
    message += pack("!HH", 8, 20) + peer.message_integrity(message, PASSWORD.encode())
    message = peer.set_body_length(message, len(message) - 20)
    message += pack("!HHI", 0x8028, 4, peer.message_fingerprint(message))
    return peer.set_body_length(message, len(message) - 20)


def attribute(kind: int, value: bytes) -> bytes:
    return pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)


def test_username_is_ours_then_theirs() -> None:
    assert stun.username(request()) == ("ours", "thEirs")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\x01",
        bytes(20),
        request()[:-1],
        request() + b"\0",
        request(USERNAME="no-colon"),
        request(USERNAME="a:b:c"),
        request(USERNAME="ours:the irs"),
        request(USERNAME="ours:ñandú"),
        request(USERNAME="a" * 257 + ":bbbb"),
        sealed(attribute(6, b"ours:thEirs"), kind=0x0101),
        sealed(attribute(0x24, b"\0\0\0\1")),
        sealed(pack("!HH", 6, 400)),
        sealed(attribute(0x8022, bytes(1600)) + attribute(6, b"ours:thEirs")),
        request().replace(b"\x21\x12\xa4\x42", b"\x21\x12\xa4\x43"),
    ],
)
def test_no_username_in_anything_else(data: bytes) -> None:
    assert stun.username(data) is None


def test_request_of_a_controlling_browser() -> None:
    found = stun.parse_request(request(PRIORITY=1853824767, USE_CANDIDATE=None), PASSWORD)
    assert found == stun.Request(TRANSACTION, use_candidate=True, priority=1853824767, controlling=True)


def test_request_of_another_controlled_side_and_without_priority() -> None:
    message = sealed(attribute(6, b"ours:thEirs") + attribute(0x8029, bytes(8)))
    assert stun.parse_request(message, PASSWORD) == stun.Request(TRANSACTION, False, None, controlling=False)


def test_request_as_a_view_into_a_buffer() -> None:
    view = memoryview(bytearray(request()))
    assert stun.username(view) == ("ours", "thEirs")
    assert stun.parse_request(view, PASSWORD).controlling


def test_wrong_password_is_told_apart() -> None:
    with pytest.raises(stun.BadIntegrity):
        stun.parse_request(request(password="of before the ice restart"), PASSWORD)


def without_integrity() -> bytes:
    message = peer.Message(peer.Method.BINDING, peer.Class.REQUEST, TRANSACTION, {"USERNAME": "ours:thEirs"})
    message.add_fingerprint()
    return bytes(message)


@pytest.mark.parametrize(
    "data",
    [
        without_integrity(),
        request()[:-8],
        request()[:-1] + bytes([request()[-1] ^ 1]),
        sealed(attribute(0x24, b"\0\1")),
        sealed(attribute(0x25, b"\0\0\0\0")),
        sealed(attribute(0x802A, bytes(8)) + attribute(0x8029, bytes(8))),
        sealed(attribute(8, bytes(19))),
    ],
)
def test_refused_request(data: bytes) -> None:
    with pytest.raises(ValueError):
        stun.parse_request(data, PASSWORD)


def test_what_stands_behind_the_integrity_is_not_believed() -> None:
    head = request()[:-8]
    forged = peer.set_body_length(head + attribute(0x25, b""), len(head) - 20 + 4)
    forged += pack("!HHI", 0x8028, 4, peer.message_fingerprint(forged))
    forged = peer.set_body_length(forged, len(forged) - 20)
    assert not stun.parse_request(forged, PASSWORD).use_candidate


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (("203.0.113.7", 40000), ("203.0.113.7", 40000)),
        (("2001:db8::17", 1), ("2001:db8::17", 1)),
        (("::ffff:203.0.113.7", 65535), ("203.0.113.7", 65535)),
        (("fe80::1%eth0", 5000), ("fe80::1", 5000)),
    ],
)
def test_success_tells_the_address(address: tuple[str, int], told: tuple[str, int]) -> None:
    found = stun.parse_request(request(), PASSWORD)
    answer = peer.parse_message(stun.success(found, address, PASSWORD))
    assert (answer.message_class, answer.transaction_id) == (peer.Class.RESPONSE, TRANSACTION)
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == told
    assert answer.check_message_integrity(PASSWORD.encode())


def test_error_with_and_without_integrity() -> None:
    conflict = peer.parse_message(stun.error(TRANSACTION, 487, "Role Conflict", PASSWORD))
    assert conflict.attributes["ERROR-CODE"] == (487, "Role Conflict")
    assert conflict.check_message_integrity(PASSWORD.encode())
    stranger = peer.parse_message(stun.error(TRANSACTION, 401, "Unauthenticated", None))
    assert stranger.attributes["ERROR-CODE"] == (401, "Unauthenticated")
    assert "MESSAGE-INTEGRITY" not in stranger.attributes


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_raise_only_value_error(data: bytes) -> None:
    for message in (data, sealed(data[: len(data) // 4 * 4])):
        stun.username(message)
        try:
            stun.parse_request(message, PASSWORD)
        except ValueError:
            continue


@settings(deadline=None)
@given(st.integers(0, len(request()) - 1), st.integers(1, 255))
def test_any_changed_byte_is_noticed(position: int, change: int) -> None:
    data = bytearray(request())
    data[position] ^= change
    with pytest.raises(ValueError):
        stun.parse_request(bytes(data), PASSWORD)


def plain(**attributes: object) -> bytes:
    return bytes(peer.Message(peer.Method.BINDING, peer.Class.REQUEST, TRANSACTION, dict(attributes)))


@pytest.mark.parametrize("address", [("192.0.2.1", 32853), ("2001:db8::1", 5)])
def test_anybody_may_ask_for_their_own_address(address: tuple[str, int]) -> None:
    asked = plain()
    assert stun.asks_address(asked)
    answer = peer.parse_message(stun.mapped(asked, address))
    assert answer.message_class is peer.Class.RESPONSE
    assert answer.transaction_id == TRANSACTION
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == address
    assert len(stun.mapped(asked, address)) <= 3 * len(asked)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        plain()[:-1],
        bytes(20),
        request(),
        plain(USERNAME="ours:thEirs"),
        plain(PRIORITY=1),
        bytes(peer.Message(peer.Method.BINDING, peer.Class.RESPONSE, TRANSACTION)),
        bytes(peer.Message(peer.Method.ALLOCATE, peer.Class.REQUEST, TRANSACTION)),
    ],
)
def test_nothing_else_is_taken_for_that(data: bytes) -> None:
    assert not stun.asks_address(data)
