"""One direction of the emulated link as a pure queue: packets and times in, packets that are due out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from random import Random

from netlab.profile import Path

UDP = 17


class Pipe:
    """Times are seconds of one clock that the caller reads. Packets leave in the order in which they came."""

    def __init__(self, path: Path, random: Random) -> None:
        self.path = path
        self._random = random
        self._idle_at = 0.0
        self._last_due = 0.0
        self._queue: deque[tuple[float, bytes]] = deque()

    def push(self, packet: bytes, now: float) -> None:
        """Take an IP packet, or drop it as the path says."""
        if self._is_lost(packet):
            return
        sent_at = self._serialise(len(packet), now)
        if sent_at is None:
            return
        self._last_due = max(self._last_due, sent_at + self.path.delay_ms / 1000)
        self._queue.append((self._last_due, packet))

    def pop_due(self, now: float) -> Iterator[bytes]:
        while self._queue and self._queue[0][0] <= now:
            yield self._queue.popleft()[1]

    def next_due(self) -> float | None:
        return self._queue[0][0] if self._queue else None

    def _is_lost(self, packet: bytes) -> bool:
        if self.path.udp_blocked and _protocol(packet) == UDP:
            return True
        return self.path.loss > 0 and self._random.random() < self.path.loss

    def _serialise(self, size: int, now: float) -> float | None:
        """When the last bit is through the bottleneck; None: the queue is full."""
        if self.path.rate_bps is None:
            return now
        starts_at = max(now, self._idle_at)
        if starts_at - now > self.path.queue_ms / 1000:
            return None
        self._idle_at = starts_at + size * 8 / self.path.rate_bps
        return self._idle_at


def _protocol(packet: bytes) -> int:
    """The payload's protocol number; of IPv6 only the first header is looked at."""
    return packet[9] if packet[0] >> 4 == 4 else packet[6]
