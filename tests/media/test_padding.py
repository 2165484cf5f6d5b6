"""Padding as it is on the wire, and as a receiver's feedback tells of it."""

from __future__ import annotations

import pytest

from media import padding, rtcp
from media.path import Path
from tests.media.wire import TAG, VP8_KEYFRAME, Wire, frame, packet

WIRE = 20 + TAG + 28


def test_padding_goes_out_numbered_on_the_repair_ssrc_of_an_empty_slot() -> None:
    ana = Wire("ana")
    assert [padding.send(ana.peer, 10_000, 1.0) for _ in range(3)] == [255 + WIRE] * 3
    sent = ana.sent_rtp()
    assert [s.payload for s in sent] == [b""] * 3
    assert {(s.header.ssrc, s.header.payload_type, s.raw[-1]) for s in sent} == {(7777, 124, 255)}
    assert [(s.header.sequence - sent[0].header.sequence) & 0xFFFF for s in sent] == [0, 1, 2]
    ana.publish(rtcp.transport_feedback(1, 2, 1, 1, 0, [(1, 64_000), (3, 84_000)]), now=1.2)
    assert ana.peer.departures.take() == [(1.0, 0.064, 319), (1.0, None, 319), (1.0, 0.084, 319)]


@pytest.mark.parametrize(("size", "expected"), [(0, 65), (65, 65), (100, 100), (319, 319), (5000, 319)])
def test_size_is_bytes_on_the_wire(size: int, expected: int) -> None:
    ana = Wire("ana")
    assert padding.send(ana.peer, size, 0.0) == expected
    [sent] = ana.sent_rtp()
    assert len(sent.raw) + TAG + 28 == expected
    assert ana.peer.sent_wire_octets() == expected


def test_padding_and_repair_share_one_numbering() -> None:
    ana, luis = Wire("ana"), Wire("luis")
    ana.video_slot.show(luis.video)
    luis.publish(packet(1, frame(1, VP8_KEYFRAME)))
    [first] = ana.sent_rtp()
    padding.send(ana.peer, 100, 1.0)
    ana.publish(rtcp.nack(1, ana.video_slot.ssrc, [first.header.sequence]), now=1.0)
    pad, repair = ana.sent_rtp()
    assert repair.header.sequence == (pad.header.sequence + 1) & 0xFFFF


@pytest.mark.parametrize("wire", [Wire("a", rtx=False), Wire("b", twcc_id=0)], ids=["without-rtx", "without-numbers"])
def test_nothing_is_sent_where_nobody_would_tell_of_it(wire: Wire) -> None:
    assert padding.send(wire.peer, 100, 0.0) == 0
    assert wire.sent_rtp() == []


def test_nothing_is_sent_before_the_keys_or_without_a_path() -> None:
    ana = Wire("ana")
    ana.peer.use_path(None)
    padding.send(ana.peer, 100, 0.0)
    ana.peer.tx_handle = None
    assert padding.send(ana.peer, 100, 0.0) == 0
    ana.peer.use_path(Path("wire", b"", ("203.0.113.1", 1), ana, lambda data: None))
    assert ana.sent_rtp() == []
