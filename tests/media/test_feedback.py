"""What we tell participants, what it costs on a thin link, and what their feedback may not do to us."""

from __future__ import annotations

import struct
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media import feedback, rtcp
from media.round_trip import RTT_MAX_S, RTT_MIN_S, round_trip
from tests.media.wire import VP8_KEYFRAME, Wire, frame, packet


@pytest.fixture
def ana() -> Wire:
    return Wire("ana")


@pytest.fixture
def luis() -> Wire:
    return Wire("luis")


def rates(wire: Wire) -> list[int]:
    return [part.bitrate_bps for part in wire.sent_rtcp() if isinstance(part, rtcp.Remb)]


def talk(ana: Wire, luis: Wire, now: float) -> None:
    """A packet of sound from each, and luis's sender report."""
    sequence = int(now * 50)
    for wire in (ana, luis):
        wire.publish(packet(sequence, b"a", ssrc=1000, payload_type=111, timestamp=sequence * 960), now=now)
    luis.publish(rtcp.sender_report(1000, rtcp.ntp_from_unix(time.time()), sequence * 960, 1, 1, []), now=now)


# --- the rate -------------------------------------------------------------------------------------------------------


def test_the_rate_told_is_the_steerings_within_the_policy(luis: Wire) -> None:
    for wanted, told in ((120_000, 120_000), (0, 10_000), (10**9, 350_000)):
        luis.peer.remb_bps = wanted
        feedback.reports(luis.peer, 1.0)
        feedback.remb(luis.peer, 1.0)
        assert rates(luis) == pytest.approx([told] * 2, rel=0.01)


def test_a_drop_is_told_behind_a_receiver_report(luis: Wire) -> None:
    luis.publish(packet(1, frame(1)))
    feedback.remb(luis.peer, 1.0)
    assert [type(part) for part in luis.sent_rtcp()] == [rtcp.ReceiverReport, rtcp.Remb]


# --- lean reports ---------------------------------------------------------------------------------------------------


def test_a_thin_link_carries_at_most_1200_bit_a_second_of_reports(ana: Wire, luis: Wire) -> None:
    ana.audio_slot.show(luis.audio)
    ana.video_slot.show(luis.video)
    for wire in (ana, luis):
        wire.publish(packet(1, frame(1, VP8_KEYFRAME)))
    luis.publish(rtcp.sender_report(2000, 5 << 32, 7, 1, 1, []))
    talk(ana, luis, 0.1)
    feedback.reports(ana.peer, 0.2)
    ana.video_slot.pause()
    ana.sent_rtcp()
    ana.peer.lean, before = True, ana.peer.control_octets
    compounds = 0
    for half in range(120):
        now = 1.0 + half / 2
        talk(ana, luis, now)
        feedback.reports(ana.peer, now, with_slots=half % 2 == 0)
        compounds += len(ana._pop(rtcp_wanted=True))
    assert compounds == 60
    assert (ana.peer.control_octets - before) * 8 / 60 < 1000


def test_a_thin_link_is_reported_to_once_a_second_and_the_voice_every_other(ana: Wire, luis: Wire) -> None:
    ana.audio_slot.show(luis.audio)
    ana.peer.lean = True
    kinds = []
    for half in range(8):
        talk(ana, luis, half / 2)
        feedback.reports(ana.peer, half / 2, with_slots=half % 2 == 0)
        kinds.append([type(part).__name__ for part in ana.sent_rtcp()])
    full, short = ["SenderReport", "ReceiverReport"], ["ReceiverReport"]
    assert kinds == [full, [], short, [], full, [], short, []]


def test_where_nothing_flows_nothing_is_reported(ana: Wire) -> None:
    ana.peer.lean = True
    for second in range(5):
        feedback.reports(ana.peer, float(second))
    assert ana.peer.control_octets == 0


def test_shadow_video_on_a_thin_downlink_hears_its_rate(ana: Wire) -> None:
    ana.peer.lean = True
    ana.peer.remb_bps = 60_000
    ana.publish(packet(1, frame(1)))
    feedback.reports(ana.peer, 1.0)
    assert rates(ana) == pytest.approx([60_000], rel=0.01)


# --- garbage --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rtt_s", [-1.0, -0.5, RTT_MAX_S + 1, 3600.0, 60_000.0])
def test_a_round_trip_that_cannot_be_is_passed_over(ana: Wire, rtt_s: float) -> None:
    lsr = rtcp.middle_32(rtcp.ntp_from_unix(time.time() - rtt_s))
    ana.publish(rtcp.receiver_report(1, [rtcp.ReportBlock(ana.audio_slot.ssrc, 0, 0, 1, 0, lsr, 0)]))
    assert (ana.peer.rtt_s, ana.audio_slot.rtt_s) == (None, None)


def test_a_round_trip_below_the_clocks_grain_is_a_short_one() -> None:
    block = rtcp.ReportBlock(1, 0, 0, 1, 0, rtcp.middle_32(rtcp.ntp_from_unix(1000.0)), 66)
    assert round_trip(block, 1000.0) == RTT_MIN_S


@settings(deadline=None)
@given(st.integers(1, 0xFFFFFFFF), st.integers(0, 0xFFFFFFFF), st.floats(0, 4e9))
def test_no_report_makes_a_round_trip_out_of_bounds(lsr: int, dlsr: int, unix_s: float) -> None:
    rtt_s = round_trip(rtcp.ReportBlock(1, 0, 0, 1, 0, lsr, dlsr), unix_s)
    assert rtt_s is None or RTT_MIN_S <= rtt_s < RTT_MAX_S


def test_losses_of_a_source_that_is_not_ours_are_nobodys(ana: Wire) -> None:
    ana.publish(rtcp.receiver_report(1, [rtcp.ReportBlock(0xDEAD, 255, -1, 0, 0xFFFFFFFF, 1, 1)]))
    assert [slot.loss for slot in ana.peer.all_slots()] == [0.0, 0.0]
    assert ana.peer.rtt_s is None


def remb(mantissa: int, exponent: int) -> bytes:
    return struct.pack("!BBHII4sII", 0x8F, 206, 5, 1, 0, b"REMB", 1 << 24 | exponent << 18 | mantissa, 2000)


@pytest.mark.parametrize("exponent", [0, 45, 63])
def test_a_rate_from_the_participant_changes_nothing(ana: Wire, exponent: int) -> None:
    before = ana.peer.remb_bps
    ana.publish(remb(0x3FFFF, exponent))
    ana.publish(remb(0, exponent))
    assert (ana.peer.remb_bps, ana.peer.rejected) == (before, 0)


def test_feedback_of_packets_never_sent_says_nothing(ana: Wire) -> None:
    ana.publish(rtcp.transport_feedback(1, 2, 65_530, 0x7FFFFF, 255, [(65_530 + n & 0xFFFF, None) for n in range(50)]))
    ana.publish(rtcp.transport_feedback(1, 2, 0, 1, 0, [(number, 64_000 + number) for number in range(500)]))
    assert ana.peer.departures.take() == []
    assert (ana.peer.departures.acknowledged, ana.peer.departures.lost) == (0, 0)


@settings(deadline=None, max_examples=200)
@given(st.sampled_from([200, 201, 205, 206]), st.integers(0, 31), st.binary(max_size=120))
def test_no_authentic_garbage_raises(kind: int, count: int, body: bytes) -> None:
    wire = Wire("x")
    wire.audio_slot.show(wire.video)
    body += bytes(-len(body) % 4)
    wire.publish(struct.pack("!BBHI", 0x80 | count, kind, len(body) // 4 + 1, wire.audio_slot.ssrc) + body)
    feedback.reports(wire.peer, 1.0)
    feedback.repair(wire.peer, 1.0)


def test_reports_of_an_absurd_clock_go_on(luis: Wire, ana: Wire) -> None:
    ana.audio_slot.show(luis.audio)
    luis.publish(packet(1, b"a", ssrc=1000, payload_type=111))
    for ntp in (0, 2**64 - 1, 1, 2**63):
        luis.publish(rtcp.sender_report(1000, ntp, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, []), now=1e6)
        feedback.reports(luis.peer, 0.0)
        feedback.reports(ana.peer, 0.0)
    assert any(isinstance(part, rtcp.SenderReport) for part in ana.sent_rtcp())
