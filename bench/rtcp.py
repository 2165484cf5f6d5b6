"""The RTCP packets (RFC 3550, RFC 4585, REMB, transport-cc) that a browser's load has, written and read."""

from __future__ import annotations

import struct
from collections.abc import Iterator

SENDER_REPORT, RECEIVER_REPORT, SDES, RTPFB, PSFB = 200, 201, 202, 205, 206
PLI, FIR, REMB = 1, 4, 15
NTP_EPOCH_S = 2_208_988_800
TRANSPORT_CC = 15
REFERENCE_NS = 64_000_000
DELTA_NS = 250_000
MAX_SMALL_DELTA = 255


def ntp(now_ns: int) -> int:
    """A 64-bit NTP time of a Unix time in ns."""
    seconds, rest = divmod(now_ns, 1_000_000_000)
    return (seconds + NTP_EPOCH_S) << 32 | (rest << 32) // 1_000_000_000


def sender_report(ssrc: int, now_ns: int, timestamp: int, packets: int, octets: int) -> bytes:
    body = struct.pack("!IQIII", ssrc, ntp(now_ns), timestamp & 0xFFFFFFFF, packets, octets & 0xFFFFFFFF)
    return _packet(0, SENDER_REPORT, body)


def report_block(ssrc: int, highest: int, lost: int, fraction: int, lsr: int, dlsr: int) -> bytes:
    """`highest` is the extended sequence number; `dlsr` is in 1/65536 s. Jitter is told as 0: nothing here reads it."""
    return struct.pack("!IIIIII", ssrc, fraction << 24 | lost & 0xFFFFFF, highest & 0xFFFFFFFF, 0, lsr, dlsr)


def receiver_report(ssrc: int, blocks: list[bytes]) -> bytes:
    return _packet(len(blocks), RECEIVER_REPORT, struct.pack("!I", ssrc) + b"".join(blocks))


def source_description(ssrc: int) -> bytes:
    return _packet(1, SDES, struct.pack("!IBB", ssrc, 1, 4) + b"load" + bytes(2))


def remb(ssrc: int, media_ssrcs: list[int], bitrate_bps: int) -> bytes:
    """draft-alvestrand-rmcat-remb-03, section 2.2."""
    exponent = max(0, bitrate_bps.bit_length() - 18)
    head = struct.pack("!II4sI", ssrc, 0, b"REMB", len(media_ssrcs) << 24 | exponent << 18 | bitrate_bps >> exponent)
    return _packet(REMB, PSFB, head + b"".join(struct.pack("!I", media) for media in media_ssrcs))


def transport_feedback(ssrc: int, media_ssrc: int, count: int, base: int, arrivals_ns: list[int]) -> bytes:
    """draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3.1, for a run of packets that all arrived.

    Times stay whole in 250 us ticks, so rounding does not add up; a gap over 63.75 ms is told as a large delta.
    """
    reference = arrivals_ns[0] // REFERENCE_NS
    ticks = [at // DELTA_NS - reference * (REFERENCE_NS // DELTA_NS) for at in arrivals_ns]
    deltas = [now - before for before, now in zip([0, *ticks], ticks, strict=False)]
    is_small = all(0 <= delta <= MAX_SMALL_DELTA for delta in deltas)
    chunk = (0x2000 if is_small else 0x4000) | len(deltas)
    coded = struct.pack(f"!{len(deltas)}{'B' if is_small else 'h'}", *deltas)
    head = struct.pack("!IIHHI", ssrc, media_ssrc, base, len(deltas), (reference & 0xFFFFFF) << 8 | count & 0xFF)
    body = head + struct.pack("!H", chunk) + coded
    return _packet(TRANSPORT_CC, RTPFB, body + bytes(-len(body) % 4))


def split(compound: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Type, count (or format) and body of every packet in a compound one."""
    position = 0
    while position + 4 <= len(compound):
        first, kind, words = struct.unpack_from("!BBH", compound, position)
        end = position + 4 + 4 * words
        yield kind, first & 0x1F, compound[position + 4 : end]
        position = end


def _packet(count: int, kind: int, body: bytes) -> bytes:
    return struct.pack("!BBH", 0x80 | count, kind, len(body) // 4) + body
