"""What the ladder says of one direction in one tick."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Reason = Literal[
    "start",  # the first rung of a session
    "congested",  # the link carries less than what was sent: a queue grew
    "lossy",  # more is lost than repair can hide
    "silent",  # nothing came for seconds
    "returned",  # the link is back after silence: voice first
    "recovered",  # a probe or a trial showed room
    "failed",  # a climb did not hold
    "held",  # a human chose a limit
    "released",  # the limit was lifted
]


@dataclass(frozen=True, slots=True)
class Protection:
    """How losses are hidden at this level of loss and delay."""

    nack: bool = True
    """Ask again for lost audio; worthless without a jitter buffer that waits for it."""
    duplicate: bool = False
    """Send every piece of sound twice, the second time a little later: down as a copy, up as RED (RFC 2198)."""
    jitter_ms: int | None = None
    """What the receiver's audio buffer should wait at least for repair; None: the browser's choice."""
    picture_ms: int | None = None
    """The same for video: without it each lost packet is a freeze of a round trip."""

    @property
    def waits(self) -> bool:
        """Whether the sound waits for repair, not just for copies."""
        return self.nack and self.jitter_ms is not None


@dataclass(frozen=True, slots=True)
class Decision:
    """`rung` is an index in LADDER. The reason is that of the last change of rung."""

    rung: int
    reason: Reason
    changed: bool
    """Whether `rung` differs from the tick before."""
    capacity_bps: int
    """What the direction is believed to carry, on the wire."""
    video_bps: int
    """What of it is video's, codec payload; 0 without video."""
    queue_ms: float
    loss: float
    """Share lost before repair, over 2 s."""
    padding_bps: int = 0
    """Downlink: add so much padding now, to see whether the link carries it; pace it over the tick."""
    shadow: bool = False
    """Uplink: have the lowest video sent, but forward it to nobody: a climb is being tried."""
    rich: bool = False
    """Uplink: have the richest sound sent, whatever the rung: the first part of a climb to video is being tried."""
    protection: Protection = Protection()
