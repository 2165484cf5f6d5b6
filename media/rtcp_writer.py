"""RTCP packets written, one function a kind; a compound packet is their concatenation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from media import rtcp_layout as layout
from media import twcc
from media.rtcp_packets import ReportBlock

MAX_REPORTS = 31


def sender_report(ssrc: int, ntp: int, rtp: int, packets: int, octets: int, blocks: Sequence[ReportBlock]) -> bytes:
    info = layout.SENDER_INFO.pack(ssrc, ntp, rtp & 0xFFFFFFFF, packets & 0xFFFFFFFF, octets & 0xFFFFFFFF)
    return _pack(layout.SENDER_REPORT, len(blocks), info + _pack_blocks(blocks))


def receiver_report(ssrc: int, blocks: Sequence[ReportBlock]) -> bytes:
    return _pack(layout.RECEIVER_REPORT, len(blocks), layout.SSRC.pack(ssrc) + _pack_blocks(blocks))


def sdes_cname(cname: str, ssrcs: Sequence[int]) -> bytes:
    """A source description with nothing but the CNAME of some sources, which each compound packet has to carry."""
    name = cname.encode()
    item = bytes((1, len(name))) + name
    item += bytes(4 - len(item) % 4)
    return _pack(layout.SDES, len(ssrcs), b"".join(layout.SSRC.pack(ssrc) + item for ssrc in ssrcs))


def nack(sender_ssrc: int, media_ssrc: int, seqs: Iterable[int]) -> bytes:
    """A generic NACK (RFC 4585 section 6.2.1) for `seqs` in any order; they may wrap around."""
    return _feedback(layout.TRANSPORT_FEEDBACK, layout.NACK_FORMAT, sender_ssrc, media_ssrc, _pack_nack_items(seqs))


def pli(sender_ssrc: int, media_ssrc: int) -> bytes:
    return _feedback(layout.PAYLOAD_FEEDBACK, layout.PLI_FORMAT, sender_ssrc, media_ssrc, b"")


def fir(sender_ssrc: int, entries: Iterable[tuple[int, int]]) -> bytes:
    items = b"".join(layout.FIR_ENTRY.pack(ssrc, seq & 0xFF) for ssrc, seq in entries)
    return _feedback(layout.PAYLOAD_FEEDBACK, layout.FIR_FORMAT, sender_ssrc, 0, items)


def remb(sender_ssrc: int, bitrate_bps: int, ssrcs: Sequence[int]) -> bytes:
    """Receiver estimated maximum bitrate (draft-alvestrand-rmcat-remb-03), rounded down to 18 significant bits."""
    exponent = max(0, bitrate_bps.bit_length() - 18)
    value = len(ssrcs) << 24 | exponent << 18 | bitrate_bps >> exponent
    body = layout.REMB.pack(layout.REMB_NAME, value) + b"".join(map(layout.SSRC.pack, ssrcs))
    return _feedback(layout.PAYLOAD_FEEDBACK, layout.APPLICATION_FORMAT, sender_ssrc, 0, body)


def transport_feedback(
    sender_ssrc: int,
    media_ssrc: int,
    base_seq: int,
    reference_time_64ms: int,
    fb_count: int,
    arrivals: Sequence[tuple[int, int | None]],
) -> bytes:
    """What a browser reports of the packets from `base_seq` on: (number, arrival in us, None for a lost one)."""
    body = twcc.pack(base_seq, reference_time_64ms, fb_count, arrivals)
    return _feedback(layout.TRANSPORT_FEEDBACK, layout.TRANSPORT_WIDE_FORMAT, sender_ssrc, media_ssrc, body)


def bye(ssrcs: Sequence[int]) -> bytes:
    return _pack(layout.BYE, len(ssrcs), b"".join(map(layout.SSRC.pack, ssrcs)))


def _pack(kind: int, count: int, body: bytes) -> bytes:
    return layout.HEADER.pack(0x80 | count, kind, len(body) // 4) + body


def _feedback(kind: int, form: int, sender_ssrc: int, media_ssrc: int, body: bytes) -> bytes:
    return _pack(kind, form, layout.TWO_SSRCS.pack(sender_ssrc, media_ssrc) + body)


def _pack_blocks(blocks: Sequence[ReportBlock]) -> bytes:
    if len(blocks) > MAX_REPORTS:
        raise ValueError("more than 31 report blocks")
    return b"".join(
        layout.REPORT_BLOCK.pack(ssrc, fraction << 24 | _clamped_24(lost), highest, jitter, lsr, dlsr)
        for ssrc, fraction, lost, highest, jitter, lsr, dlsr in blocks
    )


def _clamped_24(value: int) -> int:
    return max(-0x800000, min(value, 0x7FFFFF)) & 0xFFFFFF


def _pack_nack_items(seqs: Iterable[int]) -> bytes:
    items: list[list[int]] = []
    for seq in _in_order(seqs):
        if items and 0 < (ahead := (seq - items[-1][0]) & 0xFFFF) <= 16:
            items[-1][1] |= 1 << ahead - 1
        else:
            items.append([seq, 0])
    return b"".join(layout.NACK_ITEM.pack(first, following) for first, following in items)


def _in_order(seqs: Iterable[int]) -> list[int]:
    """Without doubles, and rising from behind the wrap-around when the numbers straddle it."""
    rising = sorted({seq & 0xFFFF for seq in seqs})
    if not rising or rising[-1] - rising[0] < 0x8000:
        return rising
    return [seq for seq in rising if seq >= 0x8000] + [seq for seq in rising if seq < 0x8000]
