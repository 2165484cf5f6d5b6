"""RTP headers, extensions, retransmission and sequence arithmetic, with aiortc as the other side."""

from __future__ import annotations

import pytest
from aiortc import rtp as peer
from hypothesis import given, settings
from hypothesis import strategies as st

from media import rtp

u16 = st.integers(0, 0xFFFF)


def packet(payload: bytes = b"payload", padding: int = 0) -> bytes:
    made = peer.RtpPacket(payload_type=96, marker=1, sequence_number=7, timestamp=8, ssrc=9)
    made.payload, made.padding_size = payload, padding
    return made.serialize()


def extended(profile: int, values: bytes) -> bytes:
    values += bytes(-len(values) % 4)
    plain = packet()
    head = profile.to_bytes(2, "big") + (len(values) // 4).to_bytes(2, "big")
    return bytes([plain[0] | 0x10]) + plain[1:12] + head + values + plain[12:]


def found(data: bytes, ext_id: int) -> bytes | None:
    header = rtp.parse_header(data)
    place = rtp.find_extension(data, header.extension_offset, header.extension_length, header.extension_profile, ext_id)
    return data[place[0] : sum(place)] if place else None


def test_plain_header() -> None:
    assert rtp.parse_header(packet()) == rtp.Header(96, True, 7, 8, 9, 12, 19, 0, 0, 0)


def test_header_with_sources_extension_and_padding() -> None:
    data = b"\xb2\x6f\xff\xff" + b"\xff" * 8 + bytes(8) + b"\xbe\xde\0\1\x401\0\0" + b"abc" + b"\0\0\0\0\5"
    header = rtp.parse_header(memoryview(data))
    assert header == rtp.Header(111, False, 65535, 0xFFFFFFFF, 0xFFFFFFFF, 28, 31, 0xBEDE, 24, 4)
    assert found(data, 4) == b"1"


def test_nothing_but_padding_as_in_a_probe() -> None:
    header = rtp.parse_header(packet(b"", padding=255))
    assert header.payload_offset == header.payload_end == 12


@pytest.mark.parametrize(
    "data",
    [
        b"",
        packet()[:11],
        b"\x40" + packet()[1:],
        b"\x8f" + packet()[1:],
        b"\x90" + packet(b"")[1:],
        b"\x90" + packet(b"\xbe\xde\0\2\0\0\0\0")[1:],
        b"\xa0" + packet(b"\0")[1:],
        b"\xa0" + packet(b"ab\4")[1:],
    ],
)
def test_malformed_header(data: bytes) -> None:
    with pytest.raises(ValueError):
        rtp.parse_header(data)


@pytest.mark.parametrize(
    ("profile", "values", "ext_id", "expected"),
    [
        (0xBEDE, b"\x10\xaa\x22abc", 1, b"\xaa"),
        (0xBEDE, b"\x10\xaa\0\0\x22abc", 2, b"abc"),
        (0xBEDE, b"\x10\xaa\x22abc", 3, None),
        (0xBEDE, b"\xf0\xaa\x22abc", 2, None),
        (0xBEDE, b"\x10\xaa\x2fab", 2, None),
        (0x1000, b"\x01\x00\x02\x03abc", 1, b""),
        (0x1003, b"\x01\x00\0\0\x02\x03abc", 2, b"abc"),
        (0x1000, b"\xc8\x01z", 200, b"z"),
        (0x1000, b"\x01\x09abc", 1, None),
        (0x1000, b"\0\0\0\x01", 1, None),
        (0xABCD, b"\x10\xaa\0\0", 1, None),
    ],
)
def test_find_extension(profile: int, values: bytes, ext_id: int, expected: bytes | None) -> None:
    assert found(extended(profile, values), ext_id) == expected


def test_no_extension_in_a_plain_packet() -> None:
    assert found(packet(), 1) is None


def test_audio_level() -> None:
    assert rtp.audio_level(0x80 | 30) == (True, 30)
    assert rtp.audio_level(127) == (False, 127)


def test_rtx_as_aiortc_reads_and_writes_it() -> None:
    original = peer.RtpPacket.parse(packet())
    repeated = peer.wrap_rtx(original, payload_type=97, sequence_number=1, ssrc=10)
    assert rtp.wrap_rtx(7, b"payload") == repeated.payload
    assert rtp.unwrap_rtx(repeated.payload) == (7, b"payload")


def test_rtx_without_a_number() -> None:
    with pytest.raises(ValueError):
        rtp.unwrap_rtx(b"\0")


@pytest.mark.parametrize(
    ("a", "b", "ahead"),
    [(1, 0, 1), (0, 65535, 1), (65535, 0, -1), (5, 5, 0), (0x7FFF, 0, 0x7FFF), (0x8000, 0, -0x8000), (3, 65533, 6)],
)
def test_sequence_arithmetic(a: int, b: int, ahead: int) -> None:
    assert rtp.diff(a, b) == ahead
    assert rtp.newer(a, b) == (ahead > 0)


@given(u16, st.integers(-0x8000, 0x7FFF))
def test_diff_undoes_addition(start: int, step: int) -> None:
    assert rtp.diff((start + step) & 0xFFFF, start) == step


@given(u16, st.binary(max_size=50))
def test_rtx_round_trip(sequence: int, payload: bytes) -> None:
    assert rtp.unwrap_rtx(rtp.wrap_rtx(sequence, payload)) == (sequence, payload)


@settings(deadline=None)
@given(st.binary(max_size=80), st.sampled_from([0xBEDE, 0x1000, 0]), st.integers(0, 255))
def test_any_bytes_stay_within_the_packet(data: bytes, profile: int, ext_id: int) -> None:
    place = rtp.find_extension(data, 0, len(data), profile, ext_id)
    assert place is None or 0 < sum(place) <= len(data)
    for candidate in (data, extended(profile, data), b"\xbf" + data[1:]):
        try:
            header = rtp.parse_header(candidate)
        except ValueError:
            continue
        assert 12 <= header.payload_offset <= header.payload_end <= len(candidate)
        assert header.extension_offset + header.extension_length <= header.payload_offset
