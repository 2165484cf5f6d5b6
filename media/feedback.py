"""What the SFU tells participants by RTCP: repair requests at once, reports and the rate by the clock.

Split-truth receiver reports (DESIGN 5): `fraction_lost` is true, for Opus; `cumulative_lost` is held at 0, because
Chrome's own estimator reads that one and collapses on random loss. The rate it may send is REMB's alone.
"""

from __future__ import annotations

import time
from typing import Final

from media import contract, rtcp
from media.peer import Peer
from media.slot import Slot
from media.source import Source

REPORT_EVERY_S: Final = 0.5
DEFAULT_RTT_S: Final = 0.2
"""Assumed before the first receiver report."""


def repair(peer: Peer, now: float) -> bool:
    """Send the NACKs and PLIs that are due for the participant's tracks; returns whether more may be due later."""
    rtt_s = peer.rtt_s or DEFAULT_RTT_S
    parts = []
    for source in peer.tracks:
        if source.missing:
            due = source.due_nacks(now, rtt_s)
            if due and source.ssrc is not None:
                parts.append(rtcp.nack(peer.ssrc, source.ssrc, due))
        if source.keyframe_wanted and source.ssrc is not None and source.keyframe_due(now, rtt_s):
            parts.append(rtcp.pli(peer.ssrc, source.ssrc))
    for part in parts:
        peer.send_rtcp(part)
    return any(source.missing or source.keyframe_wanted for source in peer.tracks)


def reports(peer: Peer, now: float, *, with_slots: bool = True) -> None:
    """One compound packet: sender reports of its slots, a receiver report of its tracks, and REMB for its video."""
    unix_s = time.time()
    blocks = [receiver_block(source, now) for source in peer.tracks if source.started]
    parts = [part for slot in peer.all_slots() for part in sender_parts(slot, unix_s)] if with_slots else []
    parts.append(rtcp.receiver_report(peer.ssrc, blocks))
    parts.append(rtcp.sdes_cname(peer.ssrc, peer.cname))
    video = [s.ssrc for s in peer.tracks if s.kind == "video" and s.ssrc is not None]
    if video:
        parts.append(rtcp.remb(peer.ssrc, peer.policy.max_video_bps, video))
    peer.send_rtcp(b"".join(parts))


def receiver_block(source: Source, now: float) -> rtcp.ReportBlock:
    """RFC 3550 6.4.1, with `cumulative_lost` held."""
    loss = source.loss_since_last_report()
    reported = source.reported
    return rtcp.ReportBlock(
        ssrc=source.ssrc or 0,
        fraction_lost=min(255, int(loss * 256)),
        cumulative_lost=0,
        highest_seq=source.extended_highest(),
        jitter=int(source.jitter),
        lsr=rtcp.middle_32(reported.ntp) if reported else 0,
        dlsr=min(0xFFFFFFFF, int((now - reported.arrived) * 65536)) if reported else 0,
    )


def sender_parts(slot: Slot, unix_s: float) -> list[bytes]:
    """A sender report that puts the slot's timestamps on our clock, as the publisher's own reports put them on its."""
    timestamp = slot.source.timestamp_at(unix_s) if slot.source is not None else None
    if timestamp is None or slot.fresh:
        return []
    timestamp = (timestamp + slot.timestamp_shift) & 0xFFFFFFFF
    packets, octets = (count & 0xFFFFFFFF for count in slot.counts())
    report = rtcp.sender_report(slot.ssrc, rtcp.ntp_from_unix(unix_s), timestamp, packets, octets, [])
    return [report, rtcp.sdes_cname(slot.ssrc, slot.cname)]


def quality(peer: Peer, now: float, names: contract.Names) -> contract.Quality:
    """What was measured of the participant's link since the last call."""
    expected = sum(source.expected() for source in peer.tracks)
    lost = sum(source.lost for source in peer.tracks)
    since, received, sent, expected_before, lost_before = peer.counted
    received_now, sent_now = peer.received_octets(), peer.sent_octets()
    peer.counted = now, received_now, sent_now, expected, lost
    elapsed_s = max(0.1, now - since)
    asked = expected - expected_before
    losses = [slot.loss for slot in peer.all_slots() if slot.source is not None]
    return contract.Quality(
        **names,
        rtt_ms=peer.rtt_s * 1000 if peer.rtt_s is not None else None,
        up_bps=int((received_now - received) * 8 / elapsed_s),
        down_bps=int((sent_now - sent) * 8 / elapsed_s),
        up_loss=min(1.0, max(0, lost - lost_before) / asked) if asked > 0 else 0.0,
        down_loss=max(losses, default=0.0),
    )
