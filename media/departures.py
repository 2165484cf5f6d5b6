"""Transport-wide numbers of what was sent to one participant, and what its feedback says became of them.

draft-holmer-rmcat-transport-wide-cc-extensions-01. Slots number as they send (inlined there); the estimator reads
`outcomes`.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from media import rtcp

DEPARTURES: Final = 1024
"""Packets remembered; a power of two. 10 s of video at 100 packets/s."""
DEPARTURES_MASK: Final = DEPARTURES - 1
OUTCOMES: Final = 512


Outcome = tuple[float, int | None, int]
"""One numbered packet: when it left (monotonic s), when it arrived on the receiver's clock (us), its size in bytes.

A plain tuple: one is made for every packet of video.
"""


class Departures:
    """`number` and `ring` are written by the slots on every packet."""

    __slots__ = ("acknowledged", "lost", "number", "outcomes", "reported", "ring")

    def __init__(self) -> None:
        self.number = 0
        self.ring: list[tuple[int, float, int] | None] = [None] * DEPARTURES
        self.outcomes: deque[Outcome] = deque(maxlen=OUTCOMES)
        self.acknowledged = 0
        self.lost = 0
        self.reported = 0
        """Feedback packets read."""

    def take(self, feedback: rtcp.TransportFeedback) -> None:
        """Record a feedback packet; numbers that were never sent, or that were told already, say nothing."""
        self.reported += 1
        ring, outcomes = self.ring, self.outcomes
        for number, arrival_us in feedback.arrivals:
            entry = ring[number & DEPARTURES_MASK]
            if entry is None or entry[0] != number:
                continue
            if arrival_us is None:
                self.lost += 1
            else:
                self.acknowledged += 1
                ring[number & DEPARTURES_MASK] = None
            outcomes.append((entry[1], arrival_us, entry[2]))
