"""Transport-wide numbers of what was sent to one participant, and what its feedback says became of them.

draft-holmer-rmcat-transport-wide-cc-extensions-01. Slots number as they send (inlined there); the estimator takes what
was told. Feedback is a stranger's word: it can say nothing but when, or whether, a packet of ours arrived.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from media import rtcp
from media.twcc import REFERENCE_UNIT_US

DEPARTURES: Final = 1024
"""Packets remembered; a power of two. 10 s of video at 100 packets/s."""
DEPARTURES_MASK: Final = DEPARTURES - 1
OUTCOMES: Final = 1024
"""Told and not yet taken."""
OVERHEAD: Final = 44
"""IPv4, UDP and the tag of AEAD_AES_128_GCM, in bytes."""

CLOCK_PERIOD_US: Final = (1 << 24) * REFERENCE_UNIT_US
JUMP_US: Final = 30_000_000
"""A receiver's clock that is so far from where it should stand was set, or is made up."""

Outcome = tuple[float, float | None, int]
"""One numbered packet: when it left (monotonic s), when it arrived (s of the receiver's clock, unwrapped; None: it had
not), its size on the wire in bytes. A plain tuple: one is made for every packet of video."""


class Departures:
    """`number` and `ring` are written by the slots on every packet."""

    __slots__ = ("_clock_us", "_outcomes", "_read_at", "acknowledged", "lost", "number", "overhead", "reported", "ring")

    def __init__(self) -> None:
        self.number = 0
        self.ring: list[tuple[int, float, int] | None] = [None] * DEPARTURES
        """(number, when, bytes before encryption) of what is not known to have come; bytes < 0: told to be lost."""
        self.overhead = OVERHEAD
        self._outcomes: deque[Outcome] = deque(maxlen=OUTCOMES)
        self._clock_us: int | None = None
        """The receiver's clock in the last feedback, unwrapped, and when we read that (monotonic s)."""
        self._read_at = 0.0
        self.acknowledged = 0
        self.lost = 0
        self.reported = 0
        """Feedback packets read."""

    def take(self) -> list[Outcome]:
        """What was told since the last call. A packet told to be lost that came after all is told a second time."""
        outcomes = list(self._outcomes)
        self._outcomes.clear()
        return outcomes

    def read(self, feedback: rtcp.TransportFeedback, now: float) -> None:
        """Record a feedback packet; numbers that were never sent, or that were told already, say nothing."""
        self.reported += 1
        first_us = next((arrival_us for _, arrival_us in feedback.arrivals if arrival_us is not None), None)
        expected_us, wraps_us = self._expect(first_us, now)
        ring = self.ring
        for number, arrival_us in feedback.arrivals:
            entry = ring[number & DEPARTURES_MASK]
            if entry is None or entry[0] != number:
                continue
            if arrival_us is None:
                self._tell_lost(entry)
                continue
            ring[number & DEPARTURES_MASK] = None
            clock_us = arrival_us + wraps_us
            if -JUMP_US < clock_us - expected_us < JUMP_US:
                self.acknowledged += 1
                self.lost -= entry[2] < 0
                self._outcomes.append((entry[1], clock_us / 1e6, abs(entry[2]) + self.overhead))
        if first_us is not None:
            self._clock_us, self._read_at = first_us + wraps_us, now

    def _expect(self, first_us: int | None, now: float) -> tuple[int, int]:
        """Where the receiver's clock should stand about now, and what to add to its time of 2^24 * 64 ms."""
        if self._clock_us is None or first_us is None:
            return first_us or 0, 0
        expected_us = self._clock_us + int((now - self._read_at) * 1e6)
        return expected_us, round((expected_us - first_us) / CLOCK_PERIOD_US) * CLOCK_PERIOD_US

    def _tell_lost(self, entry: tuple[int, float, int]) -> None:
        number, sent_s, size = entry
        if size > 0:
            self.lost += 1
            self.ring[number & DEPARTURES_MASK] = (number, sent_s, -size)
            self._outcomes.append((sent_s, None, size + self.overhead))
