"""What RTCP packets say (RFC 3550, 4585, 5104, REMB, transport-wide feedback)."""

from __future__ import annotations

from typing import NamedTuple


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


class TransportFeedback(NamedTuple):
    sender_ssrc: int
    media_ssrc: int
    base_seq: int
    status_count: int
    fb_count: int
    arrivals: tuple[tuple[int, int | None], ...]
    """(transport sequence number, arrival in us of the receiver's clock; None: not received), `status_count` of them.

    The clock starts anywhere and jumps back by 2^24 * 64 ms every 12 days.
    """


class Bye(NamedTuple):
    ssrcs: tuple[int, ...]


Packet = SenderReport | ReceiverReport | Nack | Pli | Fir | Remb | TransportFeedback | Bye
