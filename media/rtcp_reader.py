"""RTCP read from untrusted, already decrypted bytes: raises only ValueError.

SDES, XR and unknown types are skipped.
"""

from __future__ import annotations

from media import rtcp_layout as layout
from media import twcc
from media.rtcp_packets import (
    Bye,
    Fir,
    Nack,
    Packet,
    Pli,
    ReceiverReport,
    Remb,
    ReportBlock,
    SenderReport,
    TransportFeedback,
)

MAX_LENGTH = 4096
"""Bytes of the longest compound packet that is looked at."""

MAX_ARRIVALS = 4096
"""In all transport feedback of one datagram: 24 bytes can claim thousands of lost packets."""


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
        first, kind, words = layout.HEADER.unpack_from(data, position)
        end = position + 4 + words * 4
        if first >> 6 != 2 or end > len(data):
            raise ValueError("wrong RTCP version or length")
        body = data[position + 4 : end]
        if first & 0x20:
            body = _unpadded(body, 1 if kind == layout.TRANSPORT_FEEDBACK and _is_transport_wide(first) else 4)
        packet = _parse_one(kind, first & 0x1F, body)
        if isinstance(packet, TransportFeedback) and (arrivals := arrivals + packet.status_count) > MAX_ARRIVALS:
            raise ValueError("too much transport feedback at once")
        if packet is not None:
            packets.append(packet)
        position = end
    return packets


def _is_transport_wide(first: int) -> bool:
    return first & 0x1F == layout.TRANSPORT_WIDE_FORMAT


def _unpadded(body: bytes, unit: int) -> bytes:
    """Padding is whole words (RFC 3550 6.4.1), but libwebrtc's transport-wide feedback is filled up by single bytes."""
    if not body or not 0 < body[-1] <= len(body) or body[-1] % unit:
        raise ValueError("wrong RTCP padding")
    return body[: -body[-1]]


def _parse_one(kind: int, count: int, body: bytes) -> Packet | None:
    """`count` is the header's 5-bit field: number of reports or sources, or the format of a feedback message."""
    if kind == layout.SENDER_REPORT:
        _require(body, 24)
        ssrc, ntp, rtp, packets, octets = layout.SENDER_INFO.unpack_from(body)
        return SenderReport(ssrc, ntp, rtp, packets, octets, _parse_blocks(body, 24, count))
    if kind == layout.RECEIVER_REPORT:
        _require(body, 4)
        return ReceiverReport(layout.SSRC.unpack_from(body)[0], _parse_blocks(body, 4, count))
    if kind == layout.BYE:
        _require(body, 4 * count)
        return Bye(_parse_ssrcs(body, 0, count))
    if kind == layout.TRANSPORT_FEEDBACK:
        return _parse_transport_layer(count, body)
    if kind == layout.PAYLOAD_FEEDBACK:
        return _parse_payload_specific(count, body)
    return None


def _parse_transport_layer(form: int, body: bytes) -> Packet | None:
    _require(body, 8)
    sender, media = layout.TWO_SSRCS.unpack_from(body)
    if form == layout.NACK_FORMAT:
        return Nack(sender, media, _parse_nack_items(body[8:]))
    if form == layout.TRANSPORT_WIDE_FORMAT:
        return TransportFeedback(sender, media, *twcc.parse(body[8:]))
    return None


def _parse_payload_specific(form: int, body: bytes) -> Packet | None:
    _require(body, 8)
    sender, media = layout.TWO_SSRCS.unpack_from(body)
    if form == layout.PLI_FORMAT:
        return Pli(sender, media)
    if form == layout.FIR_FORMAT:
        if len(body) % 8:
            raise ValueError("FIR entry cut short")
        return Fir(sender, tuple(layout.FIR_ENTRY.iter_unpack(body[8:])))
    if form == layout.APPLICATION_FORMAT and body[8:12] == layout.REMB_NAME:
        return _parse_remb(sender, body)
    return None


def _parse_remb(sender: int, body: bytes) -> Remb:
    _require(body, 16)
    _, value = layout.REMB.unpack_from(body, 8)
    count = value >> 24
    _require(body, 16 + 4 * count)
    return Remb(sender, (value & 0x3FFFF) << (value >> 18 & 0x3F), _parse_ssrcs(body, 16, count))


def _parse_blocks(body: bytes, offset: int, count: int) -> tuple[ReportBlock, ...]:
    end = offset + layout.REPORT_BLOCK.size * count
    _require(body, end)
    return tuple(
        ReportBlock(ssrc, loss >> 24, _signed_24(loss & 0xFFFFFF), *rest)
        for ssrc, loss, *rest in layout.REPORT_BLOCK.iter_unpack(body[offset:end])
    )


def _parse_ssrcs(body: bytes, offset: int, count: int) -> tuple[int, ...]:
    return tuple(ssrc for (ssrc,) in layout.SSRC.iter_unpack(body[offset : offset + 4 * count]))


def _parse_nack_items(items: bytes) -> tuple[int, ...]:
    seqs = []
    for first, following in layout.NACK_ITEM.iter_unpack(items):
        seqs.append(first)
        seqs.extend((first + 1 + bit) & 0xFFFF for bit in range(16) if following >> bit & 1)
    return tuple(seqs)


def _require(body: bytes, length: int) -> None:
    if len(body) < length:
        raise ValueError("RTCP packet cut short")


def _signed_24(value: int) -> int:
    return value - (1 << 24) if value & 0x800000 else value
