"""What is known of a direction at one tick: measured, not yet judged."""

from __future__ import annotations

from dataclasses import dataclass

from adaptation.sample import ClientReport


@dataclass(slots=True)
class Estimate:
    """Made anew each tick and not changed afterwards. Times in seconds, rates in bit/s on the wire, shares 0 to 1."""

    now: float
    queue_s: float
    """Median wait of late packets beyond the shortest way of the last half minute; 0 when nothing is known."""
    newest_s: float
    """The shortest wait of the last tick that brought packets."""
    rise_s: float
    """How much longer the queue became within 0.4 s; negative: it drains."""
    rising: bool
    """It grew in two windows of 0.2 s one after the other."""
    base_s: float
    floor_s: float
    """The shortest ways of the last 30 and 3 s, on the clocks' unknown offset: only their difference tells."""
    line_bps: float | None
    """What the line carries at most, by packets' sizes and ways; None: unknown."""
    received_bps: float
    """Within 0.5 s. Downlink: acknowledged packets, and the sound that is not acknowledged but not lost either."""
    received_now_bps: float
    """Within 0.2 s; where more than a few packets come, a collapse shows here first."""
    received_long_bps: float
    """Within 2 s."""
    sent_bps: float
    """Downlink: within 2 s. Uplink: 0."""
    told: int
    """Packets that were told of in this tick."""
    told_ago_s: float
    loss_flash: float
    """Before repair, of the packets told of within 0.5 s; 0 where those are fewer than 6."""
    loss: float
    """Within 2 s."""
    loss_4s: float
    loss_20s: float
    told_2s: int
    told_4s: int
    """Packets that `loss` and `loss_4s` are made of."""
    rtt_s: float | None
    heard: float
    """Downlink: of the pictures sent a round trip before, the share that came back as news; 1 while there are few."""
    answers: bool
    """Whether the participant ever gave feedback."""
    silent_s: float
    report: ClientReport | None
