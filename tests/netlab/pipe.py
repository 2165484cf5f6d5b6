"""One direction of the emulated link: packets and times in, packets that are due out. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import count

from netlab.bottleneck import Bottleneck
from netlab.counters import DROPS, Drop, PathCounters
from netlab.impairment import Impairment
from netlab.packet import asks_for_websocket, is_udp
from netlab.profile import Path


class Pipe:
    """Middlebox and queue, then the bottleneck, then loss and delay. Times are seconds of one clock of the caller."""

    def __init__(self, path: Path, seed: str) -> None:
        self._path = path
        self._least_delay_s = _least_delay_s(path)
        self._chance = Impairment(seed)
        self._bottleneck = Bottleneck(path.rate_bps)
        self._flying: list[tuple[float, int, bytes]] = []
        self._serial = count()
        self._last_due = 0.0
        self._late_s = 0.0
        self._tally: Counter[str] = Counter()
        self._dropped: Counter[Drop] = Counter()

    def change(self, path: Path, now: float) -> None:
        """Packets past the bottleneck keep their times, those before it meet the new path."""
        self._advance(now)
        self._path = path
        self._least_delay_s = _least_delay_s(path)
        self._bottleneck.change(path.rate_bps, now)

    def push(self, packet: bytes, now: float) -> None:
        """Take an IP packet, or drop it as the path says."""
        self._advance(now)
        self._tally["came_packets"] += 1
        self._tally["came_bytes"] += len(packet)
        drop = self._refusal(packet, now)
        if drop is None:
            self._bottleneck.offer(packet, now)
        else:
            self._dropped[drop] += 1

    def pop_due(self, now: float) -> Iterator[bytes]:
        self._advance(now)
        while self._flying and self._flying[0][0] <= now:
            due, _, packet = heappop(self._flying)
            self._late_s = max(self._late_s, now - due)
            self._tally["delivered_packets"] += 1
            self._tally["delivered_bytes"] += len(packet)
            yield packet

    def next_due(self) -> float:
        """When to look next; NEVER: not before something comes."""
        fastest = self._bottleneck.first_through_at + self._least_delay_s
        return min(fastest, self._flying[0][0]) if self._flying else fastest

    def counters(self, now: float) -> PathCounters:
        self._advance(now)
        keys = ("came_packets", "came_bytes", "delivered_packets", "delivered_bytes", "duplicated", "reordered")
        return PathCounters(
            **{key: self._tally[key] for key in keys},
            dropped={drop: self._dropped[drop] for drop in DROPS},
            queue_ms=self._bottleneck.wait_s(now) * 1000,
            late_ms=self._late_s * 1000,
        )

    def _advance(self, now: float) -> None:
        while (at := self._bottleneck.first_through_at) <= now:
            packet = self._bottleneck.serve()
            drop: Drop | None = "down" if self._path.down else self._chance.drop(self._path)
            if drop is not None:
                self._dropped[drop] += 1
                continue
            self._fly(packet, at)
            if self._chance.comes_twice(self._path):
                self._tally["duplicated"] += 1
                self._fly(packet, at)

    def _refusal(self, packet: bytes, now: float) -> Drop | None:
        path = self._path
        if path.down:
            return "down"
        if path.udp_blocked and is_udp(packet):
            return "udp_blocked"
        if path.websocket_blocked and asks_for_websocket(packet):
            return "websocket_blocked"
        return "queue" if self._bottleneck.wait_s(now) > path.queue_ms / 1000 else None

    def _fly(self, packet: bytes, at: float) -> None:
        due = max(self._last_due, at + self._path.delay_ms / 1000 + self._chance.jitter_s(self._path))
        overtakes_by_s = self._chance.overtakes_by_s(self._path)
        if overtakes_by_s is None:
            self._last_due = due
        else:
            self._tally["reordered"] += 1
            due = max(at, due - overtakes_by_s)
        heappush(self._flying, (due, next(self._serial), packet))


def _least_delay_s(path: Path) -> float:
    """No packet is faster from the bottleneck to the end, so that nobody needs to look before."""
    ahead_ms = path.reorder_ms if path.reorder else 0.0
    return max(0.0, path.delay_ms - ahead_ms) / 1000
