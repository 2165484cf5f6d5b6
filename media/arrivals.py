"""When a participant's packets left it and when they came here: what its uplink is judged by.

Send times are abs-send-time's (24 bits, 6.18 fixed point seconds). A publisher that stamps only its video (Firefox)
is timed by its audio's RTP timestamps as long as no stamped packet comes.
"""

from __future__ import annotations

from collections import deque
from struct import Struct
from typing import TYPE_CHECKING, Final

from adaptation.sample import Passage
from media import rtp

if TYPE_CHECKING:
    from media.source import Source

IP_UDP: Final = 28
"""IPv4 and UDP headers, in bytes: what a datagram costs on the wire beside itself."""
ARRIVALS: Final = 1024
"""Packets kept between two looks; at 100 packets/s 10 s of them."""
STAMPS_S: Final = 0.5
"""Audio's timestamps stand in when nothing stamped has come for so long: longer than between two pictures."""

STAMP_PER_S: Final = 1 << 18
STAMP_MASK: Final = 0xFFFFFF
SAMPLES: Final = 1 << 32
"""Added to an RTP timestamp, to tell it from a stamp."""
SAMPLES_PER_S: Final = 48_000
STAMP_LENGTH: Final = 3

_EXTENSION: Final = Struct("!HH")
_WORD: Final = Struct("!I")


class SenderClock:
    """Seconds, of any origin, from numbers that wrap around; silence longer than the wrap is bridged by our clock."""

    __slots__ = ("_half", "_now", "_per_s", "_period", "_ticks", "origin_s")

    def __init__(self, period: int, per_s: int) -> None:
        self._period, self._half, self._per_s = period, period // 2, per_s
        self._ticks = 0
        self._now: float | None = None
        self.origin_s = 0.0
        """Added to every time: where this clock stands beside the participant's other one."""

    def seconds(self, number: int, now: float) -> float:
        """The send time that `number`, arrived at monotonic `now`, means."""
        if self._now is None:
            self._ticks = number
        else:
            ahead = (number - self._ticks) % self._period
            ahead -= self._period if ahead >= self._half else 0
            silent = (now - self._now) * self._per_s
            if silent > self._half:
                ahead += round((silent - ahead) / self._period) * self._period
            self._ticks += ahead
        self._now = now
        return self._ticks / self._per_s + self.origin_s


class Arrivals:
    """One participant's. `octets` and `append` are for every packet; the times are made out when they are taken."""

    __slots__ = ("_noted", "_samples", "_stamped_at", "_stamps", "_timed_by", "_transit_s", "append", "octets")

    def __init__(self) -> None:
        self.octets = 0
        """Bytes on the wire of all packets that came, repair, padding and RTCP too."""
        self._noted: deque[tuple[int, float, int]] = deque(maxlen=ARRIVALS)
        self.append = self._noted.append
        """Takes (head and stamp in 32 bits, monotonic seconds, datagram bytes)."""
        self._stamps = SenderClock(STAMP_MASK + 1, STAMP_PER_S)
        self._samples = SenderClock(1 << 32, SAMPLES_PER_S)
        self._timed_by: SenderClock | None = None
        self._transit_s = 0.0
        self._stamped_at = -1e9

    def note(self, source: Source, packet: memoryview, size: int, timestamp: int, now: float, datagram: int) -> None:
        """A packet whose stamp was not where the track's last one stood, or that has none. `size` is the decrypted."""
        at = find_stamp(packet, size, source.stamp_extension) if source.stamp_extension else None
        if at is not None:
            head = _WORD.unpack_from(packet, at - 1)[0]
            if packet[0] & 0x1F == 0x10 and head >> 24 == source.stamp_extension << 4 | STAMP_LENGTH - 1:
                source.stamp_head, source.stamp_at, source.stamp_words = head >> 24, at - 1, packet[15]
            self.append((head, now, datagram))
        elif source.kind == "audio" and not source.stamp_head:
            self.append((SAMPLES | timestamp, now, datagram))

    def take(self) -> list[Passage]:
        """What came since the last call, as it came."""
        passages: list[Passage] = []
        for number, now, datagram in self._noted:
            if number < SAMPLES:
                self._stamped_at = now
                clock, number = self._stamps, number & STAMP_MASK
            elif now - self._stamped_at < STAMPS_S:
                continue
            else:
                clock, number = self._samples, number & 0xFFFFFFFF
            passages.append((self._sent_at(clock, number, now), now, datagram + IP_UDP))
        self._noted.clear()
        return passages

    def _sent_at(self, clock: SenderClock, number: int, now: float) -> float:
        """Two clocks know nothing of each other: one takes over as if its first packet had waited like the last one."""
        sent_s = clock.seconds(number, now)
        if clock is not self._timed_by:
            if self._timed_by is not None:
                moved_s = now - self._transit_s - sent_s
                clock.origin_s += moved_s
                sent_s += moved_s
            self._timed_by = clock
        self._transit_s = now - sent_s
        return sent_s


def find_stamp(packet: memoryview, size: int, extension: int) -> int | None:
    """Where abs-send-time's three bytes stand in a decrypted packet; None when there are none."""
    at = 12 + 4 * (packet[0] & 0x0F)
    if not packet[0] & 0x10 or at + 4 > size:
        return None
    profile, words = _EXTENSION.unpack_from(packet, at)
    found = rtp.find_extension(packet, at + 4, min(4 * words, size - at - 4), profile, extension)
    return found[0] if found is not None and found[1] == STAMP_LENGTH else None
