"""What the load sends is what a browser would send, as other parsers read it."""

from __future__ import annotations

import secrets
import struct

import pytest
from aiortc.codecs.vpx import VpxPayloadDescriptor
from aiortc.rtcdtlstransport import RTCCertificate
from aiortc.rtp import HeaderExtensionsMap, RtcpPacket, RtcpPsfbPacket, RtcpRrPacket, RtcpSrPacket, RtpPacket
from pylibsrtp import Policy, Session

from bench import description, rtcp
from bench.description import Line, Local
from bench.leg import Leg
from bench.sink import Sink, Track, Window
from bench.source import MAGIC, PACKETS_PER_FRAME, PACKETS_PER_KEYFRAME, AudioSource, VideoSource
from bench.srtp import PROFILES, Buffer, Keys, Srtp
from bench.wheel import ROUND_NS, every

KEY = secrets.token_bytes(28)


@pytest.fixture
def pair() -> tuple[Leg, Leg]:
    """Two legs with each other's keys, as if their handshake were over."""
    certificate = RTCCertificate.generateCertificate()
    here, there = (Leg("127.0.0.1", certificate, "actpass") for _ in range(2))
    for leg, other in ((here, there), (there, here)):
        leg.sock.connect(other.source)
        leg.sock.settimeout(1)
        leg.srtp = Srtp(Keys(PROFILES["gcm"], KEY, KEY))
    yield here, there
    here.close()
    there.close()


def received(leg: Leg, count: int) -> list[RtpPacket]:
    profile = PROFILES["gcm"].libsrtp_profile
    session = Session(Policy(key=KEY, ssrc_type=Policy.SSRC_ANY_INBOUND, srtp_profile=profile))
    return [RtpPacket.parse(session.unprotect(leg.sock.recv(2048)), HeaderExtensionsMap()) for _ in range(count)]


def test_video_is_a_keyframe_first_and_deltas_after(pair: tuple[Leg, Leg]) -> None:
    source = VideoSource(pair[0], 42, Buffer())
    source.send()
    source.send()
    packets = received(pair[1], PACKETS_PER_KEYFRAME + PACKETS_PER_FRAME)
    descriptors = [VpxPayloadDescriptor.parse(packet.payload) for packet in packets]
    assert [packet.sequence_number for packet in packets] == list(range(len(packets)))
    assert [index for index, packet in enumerate(packets) if packet.marker] == [11, 15]
    assert [index for index, (head, _) in enumerate(descriptors) if head.partition_start] == [0, 12]
    assert descriptors[12][0].picture_id - descriptors[0][0].picture_id == 1
    assert descriptors[0][1][3:6] == b"\x9d\x01\x2a"
    assert descriptors[0][1][0] & 1 == 0
    assert descriptors[12][1][0] & 1 == 1


def test_a_sink_counts_and_times_what_a_source_sent(pair: tuple[Leg, Leg]) -> None:
    window = Window()
    sink = Sink(pair[1], {}, Buffer(), window, is_timed=True, numbered=False)
    window.begin_ns = 0
    audio, video = AudioSource(pair[0], 41, Buffer()), VideoSource(pair[0], 42, Buffer())
    audio.send()
    video.send()
    for _ in range(1 + PACKETS_PER_KEYFRAME):
        sink.take()
    assert {ssrc: track.in_window for ssrc, track in sink.tracks.items()} == {41: 1, 42: PACKETS_PER_KEYFRAME}
    assert all(0 < latency < 1e9 for latency in window.latencies_ns)
    assert (sink.undecryptable, sink.unknown) == (0, 0)


def test_a_pli_makes_the_next_frame_a_keyframe(pair: tuple[Leg, Leg]) -> None:
    video = VideoSource(pair[0], 42, Buffer())
    video.is_key_wanted = False
    sink = Sink(pair[0], {42: video}, Buffer(), Window(), is_timed=False, numbered=False)
    pli = bytes(RtcpPsfbPacket(fmt=rtcp.PLI, ssrc=1, media_ssrc=42))
    pair[1].sock.send(pair[1].srtp.protect_rtcp(pli))
    sink.take()
    assert video.is_key_wanted


def test_reports_are_read_by_aiortc() -> None:
    block = rtcp.report_block(7, 70000, 3, 25, 0x11112222, 65536)
    compound = rtcp.sender_report(5, 1_700_000_000_500_000_000, 90000, 10, 1000) + rtcp.receiver_report(5, [block])
    sent, got, remb = RtcpPacket.parse(compound + rtcp.remb(5, [7], 1_000_000))
    assert isinstance(sent, RtcpSrPacket)
    assert sent.sender_info.ntp_timestamp & 0xFFFFFFFF == 1 << 31
    assert isinstance(got, RtcpRrPacket)
    report = got.reports[0]
    assert (report.highest_sequence, report.packets_lost, report.lsr, report.dlsr) == (70000, 3, 0x11112222, 65536)
    assert isinstance(remb, RtcpPsfbPacket)
    assert remb.fmt == rtcp.REMB


def test_transport_feedback_keeps_whole_ticks() -> None:
    arrivals_ns = [64_000_000 * 10 + ms * 1_000_000 for ms in (1, 2, 9)]
    packet = rtcp.transport_feedback(1, 2, 3, 500, arrivals_ns)
    base, count, reference_and_count, chunk = struct.unpack_from("!HHIH", packet, 12)
    assert (base, count, reference_and_count >> 8, reference_and_count & 0xFF) == (500, 3, 10, 3)
    assert chunk == 0x2000 | 3
    assert list(packet[22:25]) == [4, 4, 28]
    assert len(packet) % 4 == 0


def test_a_track_tells_its_losses_once() -> None:
    track = Track(9, 65534)
    for sequence in (65534, 65535, 1):
        track.take(sequence)
    first, second = (struct.unpack("!IIIIII", track.report()) for _ in range(2))
    assert (first[1] >> 24, first[1] & 0xFFFFFF, first[2]) == (64, 1, 65536 + 1)
    assert second[1] >> 24 == 0


def test_an_answer_is_read() -> None:
    local = Local("u" * 4, "p" * 24, "AA:BB", "actpass", "192.0.2.1", 4000)
    text = description.write(local, (Line("0", "video", "recvonly", transport_cc=True),))
    remote = description.read(text)
    assert (remote.host, remote.port, remote.ufrag, remote.pwd) == ("192.0.2.1", 4000, local.ufrag, local.pwd)
    assert remote.transport_cc
    assert not remote.lite


def test_every_refuses_a_period_that_does_not_divide_the_round() -> None:
    assert len(list(every(20_000_000, 0, lambda: None))) == ROUND_NS // 20_000_000
    assert len(list(every(1_000_000_000 // 15, 0, lambda: None))) == 75
    with pytest.raises(ValueError):
        every(3_000_000_000, 0, lambda: None)


def test_the_magic_is_four_bytes() -> None:
    assert MAGIC.bit_length() <= 32
