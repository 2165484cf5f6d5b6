"""The slowest hop of a path: a queue of packets that is served at a rate, as time passes. Pure."""

from __future__ import annotations

import math
from collections import deque
from typing import Final

NEVER: Final = math.inf


class Bottleneck:
    """Before `offer` and `change` the caller serves all that is through by that time; times never run backwards."""

    def __init__(self, rate_bps: int | None) -> None:
        self.first_through_at = NEVER
        """When the last bit of the first packet is through; NEVER: nothing waits."""
        self._rate_bps = rate_bps
        self._queue: deque[bytes] = deque()
        self._bytes_behind_first = 0

    def wait_s(self, now: float) -> float:
        """How long a packet that comes now waits until its own first bit leaves."""
        if not self._queue:
            return 0.0
        return self.first_through_at - now + self._seconds(self._bytes_behind_first)

    def offer(self, packet: bytes, now: float) -> None:
        if self._queue:
            self._bytes_behind_first += len(packet)
        else:
            self.first_through_at = now + self._seconds(len(packet))
        self._queue.append(packet)

    def serve(self) -> bytes:
        """The first packet, once it is through; the next one follows it without a gap."""
        packet = self._queue.popleft()
        if self._queue:
            following = len(self._queue[0])
            self._bytes_behind_first -= following
            self.first_through_at += self._seconds(following)
        else:
            self.first_through_at = NEVER
        return packet

    def change(self, rate_bps: int | None, now: float) -> None:
        """What waits is served at the new rate, the rest of the packet in service too."""
        if self._queue and self._rate_bps is not None:
            bits_left = (self.first_through_at - now) * self._rate_bps
            self.first_through_at = now + (bits_left / rate_bps if rate_bps is not None else 0.0)
        self._rate_bps = rate_bps

    def _seconds(self, size: int) -> float:
        return size * 8 / self._rate_bps if self._rate_bps is not None else 0.0
