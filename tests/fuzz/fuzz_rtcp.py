"""RTCP; what was understood has to come out of our own writing the same."""

from __future__ import annotations

from media import rtcp

BLOCK = rtcp.ReportBlock(5, 64, -3, 0x10002, 90, 0x12345678, 65536)
SEEDS = (
    rtcp.sender_report(1, 2, 3, 4, 5, [BLOCK]) + rtcp.sdes_cname("hilo", [1]),
    rtcp.receiver_report(1, [BLOCK, BLOCK]),
    rtcp.nack(1, 2, [65535, 0, 16, 40]) + rtcp.pli(1, 2) + rtcp.fir(1, [(2, 3)]) + rtcp.bye([1, 2]),
    rtcp.remb(1, 300_000, [2, 3]),
    rtcp.transport_feedback(1, 2, 65535, 4, 9, [(65535, 256_000), (0, None), (1, 257_250), (2, 200_000)]),
    bytes.fromhex("8fcd0007000000010000000200640014000002072003a001d200040008010203fffc0000"),
)
MAX_ITEMS = 70_000
"""17 sequence numbers for 4 bytes is the most that 4 KiB can hold, but for feedback, which has its own limit."""


def fuzz(data: bytes) -> None:
    try:
        packets = rtcp.parse(data)
    except ValueError:
        return
    assert sum(map(items, packets)) <= MAX_ITEMS
    for packet in packets:
        if (written := rewrite(packet)) is not None:
            assert rtcp.parse(written) == [packet]


def items(packet: rtcp.Packet) -> int:
    if isinstance(packet, rtcp.Nack):
        return len(packet.seqs)
    return len(packet.arrivals) if isinstance(packet, rtcp.TransportFeedback) else 31


def rewrite(packet: rtcp.Packet) -> bytes | None:
    """None where the bytes may say one thing in several ways that we would not write."""
    match packet:
        case rtcp.SenderReport():
            return rtcp.sender_report(*packet)
        case rtcp.ReceiverReport():
            return rtcp.receiver_report(*packet)
        case rtcp.Pli():
            return rtcp.pli(*packet)
        case rtcp.Fir():
            return rtcp.fir(*packet)
        case rtcp.Bye():
            return rtcp.bye(packet.ssrcs)
        case _:
            return None
