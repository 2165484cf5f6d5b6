"""What a participant sees of another: numbering, switches, repair and reports, read from the decrypted wire."""

from __future__ import annotations

import time

import pytest

from media import feedback, rtcp, rtp, vp8
from tests.media.wire import VP8_DELTA, VP8_KEYFRAME, Wire, frame, packet


@pytest.fixture
def ana() -> Wire:
    return Wire("ana")


@pytest.fixture
def luis() -> Wire:
    return Wire("luis")


def watch(viewer: Wire, shown: Wire | None) -> None:
    viewer.audio_slot.show(shown.audio if shown else None)
    viewer.video_slot.show(shown.video if shown else None)


def pictures(wire: Wire) -> list[int | None]:
    return [vp8.parse(sent.payload).picture_id for sent in wire.sent_rtp()]


def test_a_packet_keeps_payload_marker_and_loses_its_extensions(ana: Wire, luis: Wire) -> None:
    watch(ana, luis)
    luis.publish(packet(7, b"voice", ssrc=1000, payload_type=111, timestamp=960, marker=True))
    [sent] = ana.sent_rtp()
    assert (sent.payload, sent.header.marker, sent.header.payload_type) == (b"voice", True, 109)
    assert sent.header.ssrc == ana.audio_slot.ssrc
    assert sent.header.payload_offset == 12


def test_video_starts_with_a_keyframe_and_asks_for_one(ana: Wire, luis: Wire) -> None:
    watch(ana, luis)
    luis.publish(packet(1, frame(10)))
    assert ana.sent_rtp() == []
    feedback.repair(luis.peer, 10.0)
    assert luis.sent_rtcp() == [rtcp.Pli(luis.peer.ssrc, 2000)]
    luis.publish(packet(2, frame(11, VP8_KEYFRAME)))
    luis.publish(packet(3, frame(12)))
    assert pictures(ana) == [11, 12]


def test_keyframe_requests_are_a_second_and_two_round_trips_apart(ana: Wire, luis: Wire) -> None:
    watch(ana, luis)
    luis.peer.rtt_s = 0.8
    asked = []
    for tick in range(100):
        ana.publish(rtcp.pli(1, ana.video_slot.ssrc))
        feedback.repair(luis.peer, tick * 0.1)
        asked += luis.sent_rtcp()
    assert len(asked) == 7  # 10 s / 1.6 s


def test_sequence_is_continuous_over_a_switch_and_pictures_too(ana: Wire, luis: Wire) -> None:
    eva = Wire("eva")
    watch(ana, luis)
    luis.publish(packet(60_000, frame(100, VP8_KEYFRAME), timestamp=5), now=0.5)
    luis.publish(packet(60_001, frame(101), timestamp=3005), now=0.5)
    watch(ana, eva)
    eva.publish(packet(9, frame(9000), timestamp=77), now=1.5)
    eva.publish(packet(10, frame(9001, VP8_KEYFRAME), timestamp=90_077), now=1.5)
    eva.publish(packet(11, frame(9002), timestamp=93_077), now=1.53)
    sent = ana.sent_rtp()
    first = sent[0].header
    assert [(s.header.sequence - first.sequence) & 0xFFFF for s in sent] == [0, 1, 2, 3]
    assert [vp8.parse(s.payload).picture_id for s in sent] == [100, 101, 102, 103]
    assert [(s.header.timestamp - first.timestamp) & 0xFFFFFFFF for s in sent] == [0, 3000, 93_000, 96_000]
    assert {s.header.ssrc for s in sent} == {ana.video_slot.ssrc}
    assert ana.video_slot.counts() == (4, sum(len(s.payload) for s in sent))


def test_a_pause_leaves_no_hole_in_the_numbering(ana: Wire, luis: Wire) -> None:
    watch(ana, luis)
    for sequence in range(5):
        luis.publish(packet(sequence, b"a", ssrc=1000, payload_type=111))
    luis.audio.forwarding = False
    ana.audio_slot.rebase()
    for sequence in range(5, 50):
        luis.publish(packet(sequence, b"a", ssrc=1000, payload_type=111))
    ana.audio_slot.rebase()
    luis.audio.forwarding = True
    luis.publish(packet(50, b"a", ssrc=1000, payload_type=111))
    numbers = [sent.header.sequence for sent in ana.sent_rtp()]
    assert numbers == [(numbers[0] + step) & 0xFFFF for step in range(6)]


def test_a_publishers_loss_stays_a_hole_and_is_asked_for(ana: Wire, luis: Wire) -> None:
    ana.audio_slot.show(luis.audio)
    for sequence in (65_534, 65_535, 2, 3):
        luis.publish(packet(sequence, b"a", ssrc=1000, payload_type=111), now=1.0)
    numbers = [sent.header.sequence for sent in ana.sent_rtp()]
    assert [(number - numbers[0]) & 0xFFFF for number in numbers] == [0, 1, 4, 5]
    feedback.repair(luis.peer, 1.0)
    assert luis.sent_rtcp() == []  # a reordered packet comes by itself
    feedback.repair(luis.peer, 1.02)
    assert luis.sent_rtcp() == [rtcp.Nack(luis.peer.ssrc, 1000, (0, 1))]
    luis.publish(packet(1, b"late", ssrc=1000, payload_type=111), now=1.1)
    [late] = ana.sent_rtp()
    assert (late.payload, (late.header.sequence - numbers[0]) & 0xFFFF) == (b"late", 3)
    assert list(luis.audio.missing) == [0]


def test_requests_are_spaced_by_the_round_trip_and_end(luis: Wire) -> None:
    luis.peer.rtt_s = 0.5
    for sequence in (1, 3):
        luis.publish(packet(sequence, b"a", ssrc=1000, payload_type=111), now=0.0)
    times = []
    for tick in range(500):
        feedback.repair(luis.peer, tick * 0.02)
        times += [tick * 0.02] * len(luis.sent_rtcp())
    assert times == pytest.approx([0.02, 0.62, 1.22], abs=0.021)  # at 1.82 no jitter buffer waits any more
    assert luis.audio.missing == {}


def test_after_an_outage_only_sound_that_somebody_still_waits_for_is_asked_for(luis: Wire) -> None:
    luis.publish(packet(1, b"a", ssrc=1000, payload_type=111, timestamp=0), now=0.0)
    luis.publish(packet(31, b"a", ssrc=1000, payload_type=111, timestamp=30 * 2880), now=1.9)  # 60 ms packets
    feedback.repair(luis.peer, 1.92)
    [nack] = luis.sent_rtcp()
    assert isinstance(nack, rtcp.Nack)
    assert nack.seqs == tuple(range(9, 31))  # of the last 1.2 s and the default round trip
    assert luis.peer.uplink_counts() == (31, 29)


@pytest.mark.parametrize("ticks", [100 * 2880, 2880])
def test_what_was_sent_into_an_outage_is_neither_a_loss_nor_a_hole(ana: Wire, luis: Wire, ticks: int) -> None:
    """Also where the encoder's time stood still meanwhile."""
    ana.audio_slot.show(luis.audio)
    luis.publish(packet(1, b"a", ssrc=1000, payload_type=111, timestamp=0), now=10.0)
    luis.publish(packet(101, b"a", ssrc=1000, payload_type=111, timestamp=ticks), now=16.3)
    first, second = ana.sent_rtp()
    assert (second.header.sequence - first.header.sequence) & 0xFFFF == 1
    assert luis.audio.missing == {}
    assert luis.peer.uplink_counts() == (2, 0)


@pytest.mark.parametrize("spacing_ms", [20, 40, 60])
def test_two_seconds_of_sound_are_held_for_repair(ana: Wire, luis: Wire, spacing_ms: int) -> None:
    ana.audio_slot.show(luis.audio)
    packets = 2000 // spacing_ms + 1
    for sequence in range(packets):
        luis.publish(packet(sequence, bytes(spacing_ms * 24 // 8), ssrc=1000, payload_type=111))  # 24 kbit/s
    first = ana.sent_rtp()[0].header.sequence
    ana.publish(rtcp.nack(1, ana.audio_slot.ssrc, [first]), now=2.0)
    assert len(ana._pop(rtcp_wanted=False)) == 1


def test_a_duplicate_is_forwarded_once(ana: Wire, luis: Wire) -> None:
    watch(ana, luis)
    for sequence in (1, 2, 2, 1, 3):
        luis.publish(packet(sequence, b"a", ssrc=1000, payload_type=111))
    assert len(ana.sent_rtp()) == 3


def test_an_rtx_packet_fills_the_hole(ana: Wire, luis: Wire) -> None:
    watch(ana, luis)
    luis.publish(packet(1, frame(1, VP8_KEYFRAME)))
    luis.publish(packet(3, frame(3)))
    luis.publish(packet(500, (2).to_bytes(2, "big") + frame(2), ssrc=2001, payload_type=97))
    luis.publish(packet(501, bytes(2) + bytes(20), ssrc=2001, payload_type=97))  # a probe: repairs nothing
    assert sorted(picture or 0 for picture in pictures(ana)) == [1, 2, 3]


def test_a_nack_is_answered_over_rtx_from_the_cache(ana: Wire, luis: Wire) -> None:
    watch(ana, luis)
    luis.publish(packet(1, frame(1, VP8_KEYFRAME), timestamp=9))
    luis.publish(packet(2, frame(2), timestamp=3009))
    first, second = ana.sent_rtp()
    ana.publish(rtcp.nack(1, ana.video_slot.ssrc, [second.header.sequence, 12_345]), now=1.0)
    [again] = ana.sent_rtp()
    assert (again.header.ssrc, again.header.payload_type) == (7777, 124)
    assert again.payload == second.header.sequence.to_bytes(2, "big") + second.payload
    assert again.header.timestamp == second.header.timestamp
    ana.publish(rtcp.nack(1, ana.video_slot.ssrc, [second.header.sequence]), now=1.001)
    assert ana.sent_rtp() == []  # asked again before the first answer can have come
    ana.publish(rtcp.nack(1, ana.video_slot.ssrc, [first.header.sequence]), now=1.001)
    assert len(ana.sent_rtp()) == 1


def test_a_nack_without_rtx_repeats_the_packet(luis: Wire) -> None:
    ana = Wire("ana", rtx=False)
    watch(ana, luis)
    luis.publish(packet(1, frame(1, VP8_KEYFRAME)))
    [sent] = ana.sent_rtp()
    ana.publish(rtcp.nack(1, ana.video_slot.ssrc, [sent.header.sequence]), now=1.0)
    assert ana.peer.departures.number == 2


def test_a_nack_reaches_back_over_a_switch_only_to_the_switch(ana: Wire, luis: Wire) -> None:
    eva = Wire("eva")
    watch(ana, luis)
    luis.publish(packet(1, b"a", ssrc=1000, payload_type=111))
    [old] = ana.sent_rtp()
    watch(ana, eva)
    eva.publish(packet(900, b"b", ssrc=1000, payload_type=111), now=1.0)
    ana.sent_rtp()
    ana.publish(rtcp.nack(1, ana.audio_slot.ssrc, [old.header.sequence]), now=2.0)
    assert ana.sent_rtp() == []


def test_video_is_numbered_for_transport_wide_feedback_and_its_outcome_recorded(ana: Wire, luis: Wire) -> None:
    watch(ana, luis)
    luis.publish(packet(1, frame(1, VP8_KEYFRAME)), now=1.0)
    for number in range(2, 6):
        luis.publish(packet(number, frame(number)), now=1.0 + number / 100)
    numbers = []
    for sent in ana.sent_rtp():
        header = sent.header
        found = rtp.find_extension(
            sent.raw, header.extension_offset, header.extension_length, header.extension_profile or 0, 3
        )
        assert found is not None
        numbers.append(int.from_bytes(sent.raw[found[0] : found[0] + 2], "big"))
    assert numbers == [1, 2, 3, 4, 5]
    arrivals = [(1, 64_000), (2, None), (3, 90_000), (4, 91_000), (5, 92_000), (6, 93_000)]
    ana.publish(rtcp.transport_feedback(1, 2, 1, 1, 0, arrivals), now=2.0)
    departures = ana.peer.departures
    assert (departures.acknowledged, departures.lost) == (4, 1)
    assert [arrived_s is None for _, arrived_s, _ in departures.take()] == [False, True, False, False, False]
    ana.publish(rtcp.transport_feedback(1, 2, 40_000, 1, 1, [(40_000, 1)]), now=2.0)
    assert departures.acknowledged == 4  # never sent


def test_reports_tell_opus_the_loss_and_the_estimator_none(luis: Wire) -> None:
    for sequence in (1, 2, 3, 5):
        luis.publish(packet(sequence, b"a", ssrc=1000, payload_type=111), now=1.0)
    luis.publish(rtcp.sender_report(1000, 5 << 32, 7, 1, 1, []), now=1.5)
    feedback.reports(luis.peer, 2.0)
    parts = luis.sent_rtcp()
    [report] = [part for part in parts if isinstance(part, rtcp.ReceiverReport)]
    [block] = report.reports
    assert (block.fraction_lost, block.cumulative_lost, block.highest_seq) == (51, 0, 5)
    assert (block.lsr, block.dlsr) == (5 << 16, 32_768)
    [remb] = [part for part in parts if isinstance(part, rtcp.Remb)]
    assert remb.bitrate_bps == pytest.approx(350_000, rel=0.01)
    assert remb.ssrcs == (2000,)


def test_sender_reports_keep_lips_and_voice_together(ana: Wire, luis: Wire) -> None:
    watch(ana, luis)
    luis.publish(packet(1, b"a", ssrc=1000, payload_type=111, timestamp=48_000))
    luis.publish(packet(1, frame(1, VP8_KEYFRAME), timestamp=90_000))
    ntp = rtcp.ntp_from_unix(1_700_000_000.0)
    luis.publish(rtcp.sender_report(1000, ntp, 48_000, 1, 1, []))
    luis.publish(rtcp.sender_report(2000, ntp, 90_000, 1, 1, []), now=0.4)  # came later, means the same moment
    sent = {packet.header.ssrc: packet.header.timestamp for packet in ana.sent_rtp()}
    feedback.reports(ana.peer, 1.0)
    reports = {part.ssrc: part for part in ana.sent_rtcp() if isinstance(part, rtcp.SenderReport)}
    audio, video = reports[ana.audio_slot.ssrc], reports[ana.video_slot.ssrc]
    assert audio.ntp == video.ntp
    audio_s = ((audio.rtp - sent[audio.ssrc]) & 0xFFFFFFFF) / 48_000
    video_s = ((video.rtp - sent[video.ssrc]) & 0xFFFFFFFF) / 90_000
    assert audio_s == pytest.approx(video_s, abs=0.001)


def test_round_trip_is_measured_from_receiver_reports(ana: Wire) -> None:
    sent_at = time.time() - 0.6
    block = rtcp.ReportBlock(ana.audio_slot.ssrc, 64, 0, 1, 0, rtcp.middle_32(rtcp.ntp_from_unix(sent_at)), 6554)
    ana.publish(rtcp.receiver_report(1, [block]))
    assert ana.peer.rtt_s == pytest.approx(0.5, abs=0.05)
    assert ana.audio_slot.loss == 0.25


def test_who_speaks_is_told_by_level(luis: Wire) -> None:
    told = []
    luis.peer.on_change = lambda what, peer: told.append((what, peer.speaking))
    for sequence in range(40):
        luis.publish(packet(sequence, b"a", ssrc=1000, payload_type=111), now=sequence * 0.02)
    assert told == [("speaking", True)]


@pytest.mark.parametrize("padding", [0, 1, 4, 200, 255])
def test_padding_that_lies_forwards_nothing_broken(ana: Wire, luis: Wire, padding: int) -> None:
    watch(ana, luis)
    lying = bytearray(packet(1, b"abc" + bytes([padding]), ssrc=1000, payload_type=111))
    lying[0] |= 0x20
    luis.publish(bytes(lying))
    assert [sent.payload for sent in ana.sent_rtp()] == {0: [b"abc\0"], 1: [b"abc"], 4: [b""]}.get(padding, [])


def test_vp8_delta_after_a_lost_keyframe_waits(ana: Wire, luis: Wire) -> None:
    watch(ana, luis)
    luis.publish(packet(1, frame(1, VP8_DELTA)))
    luis.publish(packet(2, b""))
    assert ana.sent_rtp() == []
    assert luis.video.keyframe_wanted
