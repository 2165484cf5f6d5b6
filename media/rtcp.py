"""RTCP read into values and written from them (RFC 3550, 4585, 5104, REMB, transport-wide feedback).

`parse` takes untrusted, already decrypted bytes and raises only ValueError. SDES, XR and unknown types are skipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import NamedTuple

from media import twcc

SENDER_REPORT = 200
RECEIVER_REPORT = 201
SDES = 202
BYE = 203
TRANSPORT_FEEDBACK = 205
PAYLOAD_FEEDBACK = 206

NACK_FORMAT = 1
TRANSPORT_WIDE_FORMAT = 15
PLI_FORMAT = 1
FIR_FORMAT = 4
APPLICATION_FORMAT = 15
REMB_NAME = b"REMB"

MAX_REPORTS = 31
MAX_LENGTH = 4096
"""Bytes of the longest compound packet that is looked at."""

MAX_ARRIVALS = 4096
"""In all transport feedback of one datagram: 24 bytes can claim thousands of lost packets."""

NTP_UNIX_OFFSET_S = 2_208_988_800
"""Seconds from 1900, where NTP counts from, to 1970."""

_header = Struct("!BBH")
_ssrc = Struct("!I")
_ssrcs = Struct("!II")
_sender_info = Struct("!IQIII")
_block = Struct("!IIIIII")
_nack_item = Struct("!HH")
_fir_entry = Struct("!IB3x")
_remb = Struct("!4sI")


class ReportBlock(NamedTuple):
    ssrc: int
    fraction_lost: int
    """Share lost since the last report, in 1/256."""
    cumulative_lost: int
    """Signed: duplicates count against it."""
    highest_seq: int
    """Highest sequence number with its count of cycles in the upper 16 bits."""
    jitter: int
    """In units of the RTP clock."""
    lsr: int
    """`middle_32` of the last sender report's NTP time, 0 when there was none."""
    dlsr: int
    """Delay since that sender report in 1/65536 s."""


class SenderReport(NamedTuple):
    ssrc: int
    ntp: int
    """64 bit: seconds since 1900 and, below, 1/2^32 s."""
    rtp: int
    packets: int
    octets: int
    reports: tuple[ReportBlock, ...]


class ReceiverReport(NamedTuple):
    ssrc: int
    reports: tuple[ReportBlock, ...]


class Nack(NamedTuple):
    sender_ssrc: int
    media_ssrc: int
    seqs: tuple[int, ...]


class Pli(NamedTuple):
    sender_ssrc: int
    media_ssrc: int


class Fir(NamedTuple):
    sender_ssrc: int
    entries: tuple[tuple[int, int], ...]
    """(SSRC, command sequence number) of each source asked for a keyframe."""


class Remb(NamedTuple):
    sender_ssrc: int
    bitrate_bps: int
    ssrcs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TransportFeedback:
    sender_ssrc: int
    media_ssrc: int
    base_seq: int
    count: int
    fb_count: int
    arrivals: tuple[tuple[int, int | None], ...]
    """(transport sequence number, arrival in us of the receiver's clock; None: not received), `count` of them.

    The clock starts anywhere and jumps back by 2^24 * 64 ms every 12 days.
    """


class Bye(NamedTuple):
    ssrcs: tuple[int, ...]


Packet = SenderReport | ReceiverReport | Nack | Pli | Fir | Remb | TransportFeedback | Bye


def parse(data: bytes) -> list[Packet]:
    """Read a compound packet, or one of reduced size (RFC 5506).

    Raises ValueError when any part is malformed: then nothing of it can be trusted.
    """
    if len(data) > MAX_LENGTH:
        raise ValueError("RTCP packet too long")
    packets: list[Packet] = []
    position = arrivals = 0
    while position < len(data):
        if len(data) - position < 4:
            raise ValueError("RTCP packet cut short")
        first, kind, words = _header.unpack_from(data, position)
        end = position + 4 + words * 4
        if first >> 6 != 2 or end > len(data):
            raise ValueError("wrong RTCP version or length")
        body = _unpadded(data[position + 4 : end]) if first & 0x20 else data[position + 4 : end]
        packet = _parse_one(kind, first & 0x1F, body)
        if isinstance(packet, TransportFeedback) and (arrivals := arrivals + packet.count) > MAX_ARRIVALS:
            raise ValueError("too much transport feedback at once")
        if packet is not None:
            packets.append(packet)
        position = end
    return packets


def sender_report(ssrc: int, ntp: int, rtp: int, packets: int, octets: int, blocks: Sequence[ReportBlock]) -> bytes:
    info = _sender_info.pack(ssrc, ntp, rtp & 0xFFFFFFFF, packets & 0xFFFFFFFF, octets & 0xFFFFFFFF)
    return _pack(SENDER_REPORT, len(blocks), info + _pack_blocks(blocks))


def receiver_report(ssrc: int, blocks: Sequence[ReportBlock]) -> bytes:
    return _pack(RECEIVER_REPORT, len(blocks), _ssrc.pack(ssrc) + _pack_blocks(blocks))


def sdes_cname(ssrc: int, cname: str) -> bytes:
    """A source description with nothing but the CNAME, which each compound packet has to carry."""
    name = cname.encode()
    chunk = _ssrc.pack(ssrc) + bytes((1, len(name))) + name
    return _pack(SDES, 1, chunk + bytes(4 - len(chunk) % 4))


def nack(sender_ssrc: int, media_ssrc: int, seqs: Iterable[int]) -> bytes:
    """A generic NACK (RFC 4585 section 6.2.1) for `seqs` in any order; they may wrap around."""
    return _feedback(TRANSPORT_FEEDBACK, NACK_FORMAT, sender_ssrc, media_ssrc, _pack_nack_items(seqs))


def pli(sender_ssrc: int, media_ssrc: int) -> bytes:
    return _feedback(PAYLOAD_FEEDBACK, PLI_FORMAT, sender_ssrc, media_ssrc, b"")


def fir(sender_ssrc: int, entries: Iterable[tuple[int, int]]) -> bytes:
    items = b"".join(_fir_entry.pack(ssrc, seq & 0xFF) for ssrc, seq in entries)
    return _feedback(PAYLOAD_FEEDBACK, FIR_FORMAT, sender_ssrc, 0, items)


def remb(sender_ssrc: int, bitrate_bps: int, ssrcs: Sequence[int]) -> bytes:
    """Receiver estimated maximum bitrate (draft-alvestrand-rmcat-remb-03), rounded down to 18 significant bits."""
    exponent = max(0, bitrate_bps.bit_length() - 18)
    value = len(ssrcs) << 24 | exponent << 18 | bitrate_bps >> exponent
    body = _remb.pack(REMB_NAME, value) + b"".join(map(_ssrc.pack, ssrcs))
    return _feedback(PAYLOAD_FEEDBACK, APPLICATION_FORMAT, sender_ssrc, 0, body)


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
    return _feedback(TRANSPORT_FEEDBACK, TRANSPORT_WIDE_FORMAT, sender_ssrc, media_ssrc, body)


def bye(ssrcs: Sequence[int]) -> bytes:
    return _pack(BYE, len(ssrcs), b"".join(map(_ssrc.pack, ssrcs)))


def ntp_from_unix(t: float) -> int:
    """64-bit NTP time of Unix time `t` in seconds."""
    seconds = int(t)
    return (seconds + NTP_UNIX_OFFSET_S << 32 | int((t - seconds) * (1 << 32))) & 0xFFFFFFFFFFFFFFFF


def middle_32(ntp: int) -> int:
    """What report blocks quote of an NTP time: 16 bits of seconds, 16 of fraction."""
    return ntp >> 16 & 0xFFFFFFFF


def _unpadded(body: bytes) -> bytes:
    if not body or not 0 < body[-1] <= len(body) or body[-1] % 4:
        raise ValueError("wrong RTCP padding")
    return body[: -body[-1]]


def _parse_one(kind: int, count: int, body: bytes) -> Packet | None:
    """`count` is the header's 5-bit field: number of reports or sources, or the format of a feedback message."""
    if kind == SENDER_REPORT:
        _require(body, 24)
        ssrc, ntp, rtp, packets, octets = _sender_info.unpack_from(body)
        return SenderReport(ssrc, ntp, rtp, packets, octets, _parse_blocks(body, 24, count))
    if kind == RECEIVER_REPORT:
        _require(body, 4)
        return ReceiverReport(_ssrc.unpack_from(body)[0], _parse_blocks(body, 4, count))
    if kind == BYE:
        _require(body, 4 * count)
        return Bye(_parse_ssrcs(body, 0, count))
    if kind == TRANSPORT_FEEDBACK:
        return _parse_transport_layer(count, body)
    if kind == PAYLOAD_FEEDBACK:
        return _parse_payload_specific(count, body)
    return None


def _parse_transport_layer(form: int, body: bytes) -> Packet | None:
    _require(body, 8)
    sender, media = _ssrcs.unpack_from(body)
    if form == NACK_FORMAT:
        return Nack(sender, media, _parse_nack_items(body[8:]))
    if form == TRANSPORT_WIDE_FORMAT:
        return TransportFeedback(sender, media, *twcc.parse(body[8:]))
    return None


def _parse_payload_specific(form: int, body: bytes) -> Packet | None:
    _require(body, 8)
    sender, media = _ssrcs.unpack_from(body)
    if form == PLI_FORMAT:
        return Pli(sender, media)
    if form == FIR_FORMAT:
        if len(body) % 8:
            raise ValueError("FIR entry cut short")
        return Fir(sender, tuple(_fir_entry.iter_unpack(body[8:])))
    if form == APPLICATION_FORMAT and body[8:12] == REMB_NAME:
        return _parse_remb(sender, body)
    return None


def _parse_remb(sender: int, body: bytes) -> Remb:
    _require(body, 16)
    _, value = _remb.unpack_from(body, 8)
    count = value >> 24
    _require(body, 16 + 4 * count)
    return Remb(sender, (value & 0x3FFFF) << (value >> 18 & 0x3F), _parse_ssrcs(body, 16, count))


def _parse_blocks(body: bytes, offset: int, count: int) -> tuple[ReportBlock, ...]:
    end = offset + _block.size * count
    _require(body, end)
    return tuple(
        ReportBlock(ssrc, loss >> 24, _signed_24(loss & 0xFFFFFF), *rest)
        for ssrc, loss, *rest in _block.iter_unpack(body[offset:end])
    )


def _parse_ssrcs(body: bytes, offset: int, count: int) -> tuple[int, ...]:
    return tuple(ssrc for (ssrc,) in _ssrc.iter_unpack(body[offset : offset + 4 * count]))


def _parse_nack_items(items: bytes) -> tuple[int, ...]:
    seqs = []
    for first, following in _nack_item.iter_unpack(items):
        seqs.append(first)
        seqs.extend((first + 1 + bit) & 0xFFFF for bit in range(16) if following >> bit & 1)
    return tuple(seqs)


def _require(body: bytes, length: int) -> None:
    if len(body) < length:
        raise ValueError("RTCP packet cut short")


def _signed_24(value: int) -> int:
    return value - (1 << 24) if value & 0x800000 else value


def _pack(kind: int, count: int, body: bytes) -> bytes:
    return _header.pack(0x80 | count, kind, len(body) // 4) + body


def _feedback(kind: int, form: int, sender_ssrc: int, media_ssrc: int, body: bytes) -> bytes:
    return _pack(kind, form, _ssrcs.pack(sender_ssrc, media_ssrc) + body)


def _pack_blocks(blocks: Sequence[ReportBlock]) -> bytes:
    if len(blocks) > MAX_REPORTS:
        raise ValueError("more than 31 report blocks")
    return b"".join(
        _block.pack(ssrc, fraction << 24 | _clamped_24(lost), highest, jitter, lsr, dlsr)
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
    return b"".join(_nack_item.pack(first, following) for first, following in items)


def _in_order(seqs: Iterable[int]) -> list[int]:
    """Without doubles, and rising from behind the wrap-around when the numbers straddle it."""
    rising = sorted({seq & 0xFFFF for seq in seqs})
    if not rising or rising[-1] - rising[0] < 0x8000:
        return rising
    return [seq for seq in rising if seq >= 0x8000] + [seq for seq in rising if seq < 0x8000]
