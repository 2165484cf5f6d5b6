"""RTCP: what is written is read back, aiortc reads it too, and broken bytes raise only ValueError."""

from __future__ import annotations

from struct import pack
from typing import Any

import pytest
from aiortc import rtp as peer
from hypothesis import given, settings
from hypothesis import strategies as st

from media import rtcp, twcc

u8, u16, u32 = st.integers(0, 0xFF), st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF)
blocks = st.lists(
    st.builds(rtcp.ReportBlock, u32, u8, st.integers(-0x800000, 0x7FFFFF), u32, u32, u32, u32), max_size=31
).map(tuple)

BLOCK = rtcp.ReportBlock(5, 64, -3, 0x10002, 90, 0x12345678, 65536)
COMPOUND = (
    rtcp.sender_report(1, 2, 3, 4, 5, [BLOCK])
    + rtcp.sdes_cname("hilo", [1])
    + rtcp.nack(1, 2, [65535, 0, 16])
    + rtcp.remb(1, 300_000, [2, 3])
    + rtcp.transport_feedback(1, 2, 65535, 4, 9, [(65535, 256_000), (0, None), (1, 257_250)])
)


def one(data: bytes) -> Any:
    (packet,) = rtcp.parse(data)
    return packet


def test_compound_packet_in_order_without_sdes() -> None:
    assert rtcp.parse(COMPOUND) == [
        rtcp.SenderReport(1, 2, 3, 4, 5, (BLOCK,)),
        rtcp.Nack(1, 2, (65535, 0, 16)),
        rtcp.Remb(1, 300_000, (2, 3)),
        rtcp.TransportFeedback(1, 2, 65535, 3, 9, ((65535, 256_000), (0, None), (1, 257_250))),
    ]


def test_xr_and_unknown_types_are_skipped() -> None:
    unknown = [pack("!BBHI", 0x80, kind, 1, 7) for kind in (192, 204, 207, 255)]
    odd_feedback = pack("!BBHII", 0x9D, 205, 2, 1, 2) + pack("!BBHII", 0x9D, 206, 2, 1, 2)
    not_remb = pack("!BBHII4s", 0x8F, 206, 3, 1, 2, b"ABCD")
    assert rtcp.parse(b"".join(unknown) + odd_feedback + not_remb) == []


def test_aiortc_reads_what_we_write() -> None:
    read: list[Any] = list(peer.RtcpPacket.parse(COMPOUND))
    report, sdes, nack, remb, _ = read
    assert report.reports[0] == peer.RtcpReceiverInfo(5, 64, -3, 0x10002, 90, 0x12345678, 65536)
    assert sdes.chunks == [peer.RtcpSourceInfo(1, [(1, b"hilo")])]
    assert [seq & 0xFFFF for seq in nack.lost] == [65535, 0, 16]  # 1.16 counts on from 65535 without wrapping
    assert peer.unpack_remb_fci(remb.fci) == (300_000, [2, 3])


def test_we_read_what_aiortc_writes() -> None:
    written = bytes(peer.RtcpRtpfbPacket(fmt=1, ssrc=1, media_ssrc=2, lost=[10, 11, 26, 28]))
    written += bytes(peer.RtcpPsfbPacket(fmt=15, ssrc=1, media_ssrc=0, fci=peer.pack_remb_fci(4_160_000, [9])))
    written += bytes(peer.RtcpByePacket(sources=[3, 4]))
    assert rtcp.parse(written) == [rtcp.Nack(1, 2, (10, 11, 26, 28)), rtcp.Remb(1, 4_160_000, (9,)), rtcp.Bye((3, 4))]


def test_feedback_as_chromium_sends_it() -> None:
    """Run length of small deltas, one-bit and two-bit vectors in one message (draft section 3.1, figures)."""
    chunks = pack("!HHH", 0x2003, 0x8000 | 0b10000000000001, 0xC000 | 0b01_00_10_00_00_00_00)
    body = pack("!HHHBB", 100, 20, 0, 2, 7) + chunks + bytes([4, 0, 8, 1, 2, 3]) + pack("!h", -4)
    padded = body + bytes(-len(body) % 4)
    packet = one(pack("!BBHII", 0x8F, 205, 2 + len(padded) // 4, 1, 2) + padded)
    received = {seq: arrival for seq, arrival in packet.arrivals if arrival is not None}
    assert received == {
        100: 129_000,
        101: 129_000,
        102: 131_000,
        103: 131_250,
        116: 131_750,
        117: 132_500,
        119: 131_500,
    }
    assert (packet.status_count, packet.fb_count, len(packet.arrivals)) == (20, 7, 20)


def test_padded_packet() -> None:
    assert one(pack("!BBHIII", 0xA1, 206, 3, 1, 2, 4)) == rtcp.Pli(1, 2)


def header(first: int, kind: int, words: int, *more: int) -> bytes:
    return pack("!BBH", first, kind, words) + b"".join(pack("!I", word) for word in more)


@pytest.mark.parametrize(
    "data",
    [
        b"\x80",
        header(0x40, 201, 0),
        header(0x80, 201, 0),
        header(0x81, 201, 1, 1),
        header(0x80, 200, 3, 1, 2, 3),
        header(0x80, 201, 2, 1),
        header(0x81, 203, 0),
        header(0x81, 205, 1, 1),
        header(0x84, 206, 3, 1, 2, 3),
        header(0x8F, 206, 3, 1, 0, 0x52454D42),
        header(0x8F, 206, 4, 1, 0, 0x52454D42, 0x02000000),
        header(0x8F, 205, 3, 1, 2, 3),
        header(0x8F, 205, 4, 1, 2, 3, 4),
        header(0xA1, 206, 2, 1, 0),
        header(0xA1, 206, 2, 1, 5),
        header(0xA1, 206, 2, 1, 200),
        header(0x80, 201, 1, 1) * 1000,
    ],
)
def test_malformed_packet(data: bytes) -> None:
    with pytest.raises(ValueError):
        rtcp.parse(data)


@pytest.mark.parametrize(
    "body",
    [
        pack("!HHI", 0, 14, 0),
        pack("!HHIH", 0, 1, 0, 0x2001),
        pack("!HHIHB", 0, 1, 0, 0x4001, 0),
        pack("!HHIHH", 0, 1, 0, 0x6001, 0),
        pack("!HHIH", 0, twcc.MAX_PACKETS + 1, 0, 0x1FFF),
    ],
)
def test_malformed_transport_feedback(body: bytes) -> None:
    with pytest.raises(ValueError):
        twcc.parse(body)


def test_a_flood_of_claimed_losses_is_refused() -> None:
    claim = pack("!BBHIIHHIHH", 0x8F, 205, 5, 1, 2, 0, 2000, 0, 0x1FFF, 0)
    assert len(one(claim).arrivals) == 2000
    with pytest.raises(ValueError, match="too much"):
        rtcp.parse(claim * 3)


def test_transport_feedback_of_arrivals_too_far_apart() -> None:
    with pytest.raises(ValueError, match="too far apart"):
        rtcp.transport_feedback(1, 2, 0, 0, 0, [(0, 0), (1, 9_000_000)])


def test_times() -> None:
    ntp = rtcp.ntp_from_unix(0.5)
    assert ntp == (2_208_988_800 << 32) + (1 << 31)
    assert rtcp.middle_32(ntp) == (2_208_988_800 & 0xFFFF) << 16 | 0x8000


def test_cumulative_loss_is_clamped() -> None:
    report = one(rtcp.receiver_report(1, [BLOCK._replace(cumulative_lost=99_999_999)]))
    assert report.reports[0].cumulative_lost == 0x7FFFFF


@given(u32, st.integers(0, (1 << 64) - 1), u32, u32, u32, blocks)
def test_sender_report_round_trip(ssrc: int, ntp: int, time: int, packets: int, octets: int, reports: Any) -> None:
    written = rtcp.sender_report(ssrc, ntp, time, packets, octets, reports)
    assert one(written) == rtcp.SenderReport(ssrc, ntp, time, packets, octets, reports)


@given(u32, blocks)
def test_receiver_report_round_trip(ssrc: int, reports: Any) -> None:
    assert one(rtcp.receiver_report(ssrc, reports)) == rtcp.ReceiverReport(ssrc, reports)


@given(u16, st.sets(st.integers(0, 600), max_size=60))
def test_nack_round_trip(start: int, ahead: set[int]) -> None:
    seqs = [(start + offset) & 0xFFFF for offset in sorted(ahead)]
    assert one(rtcp.nack(1, 2, reversed(seqs))).seqs == tuple(seqs)


@given(st.lists(st.tuples(u32, u8), max_size=20), u32)
def test_fir_bye_and_pli_round_trip(entries: list[tuple[int, int]], ssrc: int) -> None:
    ssrcs = tuple(entry[0] for entry in entries)
    assert one(rtcp.fir(ssrc, entries)) == rtcp.Fir(ssrc, tuple(entries))
    assert one(rtcp.bye(ssrcs)) == rtcp.Bye(ssrcs)
    assert one(rtcp.pli(ssrc, 1)) == rtcp.Pli(ssrc, 1)


@given(st.integers(0, 10**12), st.lists(u32, max_size=20))
def test_remb_is_never_above_and_close_below(bitrate_bps: int, ssrcs: list[int]) -> None:
    found = one(rtcp.remb(1, bitrate_bps, ssrcs))
    assert found.ssrcs == tuple(ssrcs)
    assert bitrate_bps * (1 - 2**-17) <= found.bitrate_bps <= bitrate_bps


@pytest.mark.parametrize(
    ("written", "arrivals"),
    [
        ("afcd0005ab8943923b42cb7700010001036f65002001bb01", [(1, 0)]),
        ("afcd00067ddc8d35b3c03f4800080004036f5b022004bc02bf000002", [(8, 0), (9, 500), (10, 48_250), (11, 48_250)]),
        ("afcd0006ab8943923b42cb7700040003036f66022003b7555a000003", [(4, 0), (5, 21_250), (6, 43_750)]),
    ],
)
def test_transport_feedback_as_chromium_pads_it(written: str, arrivals: list[tuple[int, int]]) -> None:
    found = one(bytes.fromhex(written))
    first_us = found.arrivals[0][1]
    assert [(seq, arrival_us - first_us) for seq, arrival_us in found.arrivals] == arrivals


@given(st.text(max_size=60))
def test_sdes_is_whole_words(cname: str) -> None:
    written = rtcp.sdes_cname(cname, [1])
    assert len(written) % 4 == 0
    assert rtcp.parse(written) == []


@settings(deadline=None)
@given(u16, st.integers(-(1 << 23), (1 << 23) - 1), u8, st.lists(st.none() | st.integers(0, 31_000), max_size=300))
def test_transport_feedback_round_trip(base: int, reference: int, count: int, steps: list[int | None]) -> None:
    arrivals = [
        (base + index & 0xFFFF, None if step is None else reference * 64_000 + step * 250)
        for index, step in enumerate(steps)
    ]
    while arrivals and arrivals[-1][1] is None:  # a report ends with a packet that arrived
        arrivals.pop()
    found = one(rtcp.transport_feedback(1, 2, base, reference, count, arrivals))
    assert found == rtcp.TransportFeedback(1, 2, base, len(arrivals), count, tuple(arrivals))


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_raise_only_value_error(data: bytes) -> None:
    try:
        rtcp.parse(data)
    except ValueError:
        return


@settings(deadline=None)
@given(st.data())
def test_any_changed_bytes_raise_only_value_error(data: st.DataObject) -> None:
    changed = bytearray(COMPOUND)
    for position in data.draw(st.lists(st.integers(0, len(COMPOUND) - 1), max_size=6)):
        changed[position] = data.draw(u8)
    try:
        rtcp.parse(bytes(changed))
    except ValueError:
        return
