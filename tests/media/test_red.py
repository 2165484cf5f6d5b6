"""RED (RFC 2198): what one packet carries of those before it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.red import Block, unpack
from tests.media.wire import Wire, packet

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


RED = 63


@pytest.fixture
def luis() -> Wire:
    speaker = Wire("luis")
    speaker.audio.red_payload_type = RED
    return speaker


@pytest.fixture
def ana(luis: Wire) -> Wire:
    listener = Wire("ana")
    listener.audio_slot.show(luis.audio)
    return listener


def say(speaker: Wire, sequence: int, words: bytes, before: bytes = b"") -> None:
    payload = pack((2880, before), (0, words)) if before else pack((0, words))
    speaker.publish(packet(sequence, payload, ssrc=1000, payload_type=RED, timestamp=2880 * sequence))


def heard(listener: Wire) -> list[tuple[int, bytes]]:
    """Timestamps from the first packet on, and payloads, in the order of their numbers."""
    sent = sorted(listener.sent_rtp(), key=lambda each: each.header.sequence)
    return [((each.header.timestamp - sent[0].header.timestamp) // 2880, each.payload) for each in sent]


def test_redundant_sound_is_forwarded_as_plain_opus(ana: Wire, luis: Wire) -> None:
    say(luis, 1, b"one")
    say(luis, 2, b"two", before=b"one")
    assert heard(ana) == [(0, b"one"), (1, b"two")]


def test_a_lost_packet_comes_with_the_next_one_and_stays_counted(ana: Wire, luis: Wire) -> None:
    say(luis, 1, b"one")
    say(luis, 3, b"three", before=b"two")
    say(luis, 4, b"four", before=b"three")
    assert heard(ana) == [(0, b"one"), (1, b"two"), (2, b"three"), (3, b"four")]
    assert luis.peer.uplink_counts() == (4, 1)
    assert luis.audio.missing == {}


def test_it_is_recovered_where_nothing_is_asked_for_again(ana: Wire, luis: Wire) -> None:
    luis.audio.repair = False
    say(luis, 1, b"one")
    say(luis, 3, b"three", before=b"two")
    assert heard(ana) == [(0, b"one"), (1, b"two"), (2, b"three")]
    assert luis.peer.uplink_counts() == (3, 1)


def test_what_came_in_spite_of_all_is_not_forwarded_twice(ana: Wire, luis: Wire) -> None:
    say(luis, 1, b"one")
    say(luis, 3, b"three", before=b"two")
    say(luis, 2, b"two", before=b"one")
    assert heard(ana) == [(0, b"one"), (1, b"two"), (2, b"three")]


def test_sound_from_before_the_first_packet_is_left(ana: Wire, luis: Wire) -> None:
    say(luis, 9, b"nine", before=b"eight")
    assert heard(ana) == [(0, b"nine")]


def test_nonsense_is_rejected_and_counted(ana: Wire, luis: Wire) -> None:
    luis.publish(packet(1, bytes([0x80 | OPUS]), ssrc=1000, payload_type=RED))
    assert heard(ana) == []
    assert luis.peer.rejected == 1


def test_it_speaks_as_loud_as_plain_sound(ana: Wire, luis: Wire) -> None:
    for sequence in range(0, 64, 8):
        say(luis, sequence, b"loud")
    assert luis.peer.speaking
