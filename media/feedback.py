"""What the SFU tells participants by RTCP: repair requests at once, reports and the rate by the clock.

Split-truth receiver reports (DESIGN 5): `fraction_lost` is true, for Opus; `cumulative_lost` is held at 0, because
Chrome's own estimator reads that one and collapses on random loss. The rate it may send is REMB's alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from media import contract, rtcp
from media.ntp import steady_unix
from media.peer import Peer
from media.slot import Slot
from media.source import Source

REPORT_EVERY_S: Final = 0.5
LEAN_REPORT_EVERY_S: Final = 0.9
LEAN_SENDERS_EVERY_S: Final = 1.9
"""At least so long between two reports, and between two sender reports, on a link that carries little."""
REMB_MIN_BPS: Final = 10_000
"""0 would take the limit away in libwebrtc; its own floor for video is 30 kbit/s."""
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
    """One compound packet: sender reports of its slots, a receiver report of its tracks, and REMB for its video.

    To be called every `REPORT_EVERY_S`; on a lean link it sends at most one a second, of what flows only.
    """
    if not peer.lean:
        _report(peer, now, peer.tracks, list(peer.all_slots()) if with_slots else [])
    elif now - peer.reported_at >= LEAN_REPORT_EVERY_S:
        voices = [slot for slot in peer.all_slots() if slot.kind == "audio"]
        due = now - peer.senders_reported_at >= LEAN_SENDERS_EVERY_S
        _report(peer, now, [source for source in peer.tracks if source.flowed()], voices if due else [])


def remb(peer: Peer, now: float) -> None:
    """Tell a publisher of video its rate at once: Chrome takes REMB only behind a receiver report."""
    _report(peer, now, peer.tracks, [])


def _report(peer: Peer, now: float, tracks: Sequence[Source], slots: Sequence[Slot]) -> None:
    unix_s = steady_unix()
    senders = [(slot.ssrc, report) for slot in slots if (report := sender_part(slot, unix_s)) is not None]
    blocks = [receiver_block(source, now) for source in tracks if source.started]
    video = [s.ssrc for s in tracks if s.kind == "video" and s.ssrc is not None]
    peer.reported_at = now
    if senders:
        peer.senders_reported_at = now
    parts = [report for _, report in senders]
    parts.append(rtcp.receiver_report(peer.ssrc, blocks))
    parts.append(rtcp.sdes_cname(peer.cname, [peer.ssrc, *(ssrc for ssrc, _ in senders)]))
    if video:
        rate_bps = max(REMB_MIN_BPS, min(peer.remb_bps, peer.policy.max_video_bps))
        parts.append(rtcp.remb(peer.ssrc, rate_bps, video))
    if senders or blocks or video:
        peer.send_rtcp(b"".join(parts))


def receiver_block(source: Source, now: float) -> rtcp.ReportBlock:
    """RFC 3550 6.4.1, with `cumulative_lost` held.

    Where a lost packet comes again, Opus must not know: its own correction at 16 kbit/s takes half of the sound's bits.
    """
    loss = source.loss_since_last_report()
    if source.hidden:
        loss *= loss
    reported = source.reported
    return rtcp.ReportBlock(
        ssrc=source.ssrc or 0,
        fraction_lost=min(255, int(loss * 256)),
        cumulative_lost=0,
        highest_seq=source.extended_highest(),
        jitter=int(source.jitter),
        lsr=rtcp.middle_32(reported.ntp) if reported else 0,
        dlsr=max(0, min(0xFFFFFFFF, int((now - reported.arrived) * 65536))) if reported else 0,
    )


def sender_part(slot: Slot, unix_s: float) -> bytes | None:
    """A sender report that puts the slot's timestamps on our clock, as the publisher's own reports put them on its."""
    timestamp = slot.source.timestamp_at(unix_s) if slot.source is not None else None
    if timestamp is None or slot.fresh:
        return None
    timestamp = (timestamp + slot.timestamp_shift) & 0xFFFFFFFF
    packets, octets = (count & 0xFFFFFFFF for count in slot.counts())
    return rtcp.sender_report(slot.ssrc, rtcp.ntp_from_unix(unix_s), timestamp, packets, octets, [])


def quality(peer: Peer, now: float, names: contract.Names) -> contract.Quality:
    """What was measured of the participant's link since the last call."""
    expected, lost = peer.uplink_counts()
    since, received, sent, expected_before, lost_before = peer.counted
    received_now, sent_now = peer.arrivals.octets, peer.sent_wire_octets()
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
