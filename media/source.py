"""One published track: what came in, what is missing, and the cache from which losses are repaired.

`receive` runs once for every packet of every participant: no parse object, no coroutine, no clock.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from media.cache import Cache
from media.clock import PublisherClock, unix_of

if TYPE_CHECKING:
    from media.slot import Slot

MAX_GAP: Final = 128
"""A jump over more packets than this is a new start of the stream (RFC 3550 appendix A.1), not a loss to repair."""
OUTAGE_S: Final = 2.0
"""So is a jump over more time, however little a page sent into the dark: told on as a gap, viewers would count it as
their own link's loss."""
NACK_TRIES: Final = 10
NACK_FIRST_S: Final = 0.010
"""Wait before the first request: a reordered packet comes by itself."""
NACK_SPACING_MIN_S: Final = 0.040
NACK_TWICE_S: Final = 0.07
"""Later, beyond most bursts of loss. Chromium does not send a packet twice within a round trip."""
NACK_DEADLINE_S: Final = 2.0
AUDIO_DEADLINE_S: Final = 1.2
"""And a round trip: the longest that a jitter buffer is told to wait (adaptation's `jitter_ms`)."""
PAUSE_S: Final = 0.5
PLI_SPACING_S: Final = 1.0

_WORD: Final = struct.Struct("!H")
_EXTENSION: Final = struct.Struct("!HH")


@dataclass(slots=True)
class Missing:
    """A packet that was sent to us and has not come."""

    since: float
    """When it would have come by its timestamp."""
    ask_at: float
    tries: int = 0


class Reported(NamedTuple):
    """The publisher's last sender report (RFC 3550 6.4.1) and when it came (monotonic seconds)."""

    ntp: int
    rtp: int
    arrived: float


@dataclass(slots=True, eq=False)
class Source:
    """A track of one participant. `ssrc` is None until the offer or the first packet tells it."""

    kind: str
    codec: str
    payload_type: int
    clock_rate: int
    clock: PublisherClock
    ssrc: int | None
    rtx_ssrc: int | None = None
    rtx_payload_type: int | None = None
    red_payload_type: int | None = None
    """Of the same sound with the packet before in each packet (red.py)."""
    level_extension: int = 0
    """Id of RFC 6464's audio level in this publisher's packets; 0: not offered."""
    stamp_extension: int = 0
    """Id of abs-send-time in this publisher's packets; 0: not offered."""
    stamp_head: int = 0
    stamp_at: int = 0
    stamp_words: int = 0
    """Where the last packet had its stamp: first byte of the element, its offset, words of extensions (arrivals.py)."""
    nack: bool = True
    alarm: Callable[[], None] = lambda: None
    """Called when there is something to ask the publisher for."""

    packets: int = 0
    octets: int = 0
    started: bool = False
    highest: int = 0
    cycles: int = 0
    first: int = 0
    lost: int = 0
    """Packets that were missing at first sight, repaired or not."""
    jitter: float = 0.0
    transit: float = 0.0
    cache: Cache = field(init=False)
    slots: tuple[Slot, ...] = ()
    """Who shows us."""
    receiving: tuple[Slot, ...] = ()
    """Those of them that are not paused."""
    repair: bool = True
    """Whether asking again is worth it on this link."""
    insists: bool = False
    """Requests are lost, too: each one is sent twice."""
    hidden: bool = False
    """Losses are hidden by redundancy: the encoder need not spend its bits on them."""
    wanted: bool = True
    """Whether the publisher was told to send."""
    resumes: bool = False
    """It was told to send again, and what comes first may be far ahead of what came last."""
    missing: dict[int, Missing] = field(default_factory=dict)
    reported: Reported | None = None
    level: float = 127.0
    """Smoothed audio level, -dBov: 0 is loudest, 127 silence."""
    forwarding: bool = True
    keyframe_wanted: bool = False
    keyframe_asked_at: float = -1e9
    expected_earlier: int = 0
    lost_earlier: int = 0
    """Counts from before the last restart of the numbering."""
    expected_before: int = 0
    lost_before: int = 0
    """Expected and lost at the last receiver report."""

    def __post_init__(self) -> None:
        self.cache = Cache(self.kind)

    def receive(self, packet: memoryview, size: int, sequence: int, marker: int, timestamp: int, now: float) -> None:
        """Take a decrypted packet that stands in `packet[:size]` and forward it to every slot that shows us."""
        first = packet[0]
        if first & 0x1F == 0x10 and size > 16:  # an extension and no CSRC: what browsers send
            start = 16 + 4 * (packet[14] << 8 | packet[15])
        else:
            start = payload_start(packet, size, first)
        if first & 0x20:
            size -= packet[size - 1]
        if start > size:
            return
        delta = (sequence - self.highest) & 0xFFFF
        if delta == 1 and self.started:
            self.highest = sequence
            if not sequence:
                self.cycles += 1
        elif not self._irregular(sequence, delta, timestamp, now):
            return
        payload = packet[start:size]
        self.packets += 1
        self.octets += size - start
        self.cache.put(sequence, timestamp, marker, payload)
        if self.forwarding:
            for slot in self.receiving:
                slot.forward(sequence, timestamp, marker, payload, now)

    def recover(self, packet: memoryview, sequence: int, timestamp: int, now: float) -> None:
        """Take a packet that another one carried again; without a word where we have it. It stays counted as lost."""
        if not self.started or self.cache.has(sequence):
            return
        gap = self.missing.get(sequence)
        if gap is not None:
            gap.tries = max(1, gap.tries)
        self.receive(packet, len(packet), sequence, 0, timestamp, now)

    def extended_highest(self) -> int:
        """The highest sequence number seen, with its cycles (RFC 3550 6.4.1)."""
        return (self.cycles & 0xFFFF) << 16 | self.highest

    def expected(self) -> int:
        """Packets that the publisher has sent since the stream started."""
        return ((self.cycles << 16) | self.highest) - self.first + 1 if self.started else 0

    def expected_in_all(self) -> int:
        """The same over all restarts of the numbering."""
        return self.expected_earlier + self.expected()

    def lost_in_all(self) -> int:
        return self.lost_earlier + self.lost

    def loss_since_last_report(self) -> float:
        """Share of packets missing at first sight since the last call, 0 to 1. Repaired ones count as lost."""
        expected = self.expected()
        asked, lost = expected - self.expected_before, self.lost - self.lost_before
        self.expected_before, self.lost_before = expected, self.lost
        return min(1.0, max(0.0, lost / asked)) if asked > 0 else 0.0

    def flowed(self) -> bool:
        """Whether anything came since the last receiver report."""
        return self.expected() > self.expected_before

    def due_nacks(self, now: float, rtt_s: float) -> list[int]:
        """Sequence numbers to ask the publisher for now; those past the deadline are given up."""
        spacing = max(NACK_SPACING_MIN_S, rtt_s * 1.2)
        again = min(NACK_TWICE_S, spacing / 2) if self.insists else 0.0
        deadline = AUDIO_DEADLINE_S + rtt_s if self.kind == "audio" else max(NACK_DEADLINE_S, 3 * rtt_s)
        due: list[int] = []
        for sequence, gap in list(self.missing.items()):
            if now - gap.since > deadline or gap.tries >= NACK_TRIES:
                del self.missing[sequence]
            elif gap.ask_at <= now:
                gap.tries += 1
                gap.ask_at = now + (again if again and gap.tries % 2 else spacing - again)
                due.append(sequence)
        return due

    def expect(self, wanted: bool) -> None:
        """The publisher is told to send, or to stop: of a stream that stops, nothing is asked for again.

        A jammed uplink was jammed once more by the repeats of a picture that nobody waited for.
        """
        if wanted is self.wanted:
            return
        self.wanted = wanted
        self.resumes = wanted
        self.missing.clear()

    def want_keyframe(self) -> None:
        """Ask the publisher for one as soon as the spacing allows."""
        self.keyframe_wanted = True
        self.alarm()

    def keyframe_due(self, now: float, rtt_s: float) -> bool:
        """Whether to send a PLI now: wanted, and the last one is at least 1 s and 2 RTT ago."""
        if not self.keyframe_wanted or now - self.keyframe_asked_at < max(PLI_SPACING_S, 2 * rtt_s):
            return False
        self.keyframe_wanted = False
        self.keyframe_asked_at = now
        return True

    def measure_jitter(self, timestamp: int, now: float) -> None:
        """RFC 3550 appendix A.8, in timestamp units. Called for a sample of the packets."""
        transit = now * self.clock_rate - timestamp
        if self.transit:
            difference = abs(transit - self.transit)
            if difference < self.clock_rate * 10:
                self.jitter += (difference - self.jitter) / 16
        self.transit = transit

    def report(self, ntp: int, rtp: int, now: float, unix_s: float) -> None:
        """The publisher's sender report came."""
        self.reported = Reported(ntp, rtp, now)
        self.clock.learn(ntp, unix_s)

    def timestamp_at(self, unix_s: float) -> int | None:
        """The track's RTP timestamp that belongs to a time of our clock; None before the first sender report."""
        if self.reported is None or self.clock.offset_s is None:
            return None
        since_report_s = unix_s - self.clock.offset_s - unix_of(self.reported.ntp)
        return (self.reported.rtp + int(since_report_s * self.clock_rate)) & 0xFFFFFFFF

    def _irregular(self, sequence: int, delta: int, timestamp: int, now: float) -> bool:
        """The first packet, a gap, a late packet or a repeated one; False: drop it."""
        if not self.started:
            self.started = True
            self.first = self.highest = sequence
            return True
        if 1 < delta < 0x8000:
            self._gap(sequence, delta, timestamp, now)
            return True
        gap = self.missing.pop(sequence, None)
        if gap is not None:
            self.lost -= not gap.tries  # nobody asked for it: it was late, not lost
            return True
        if self.cache.has(sequence):
            return False
        if delta < 0x10000 - MAX_GAP:
            self._restart(sequence)
            return True
        # Neither missing nor held: from before the first packet, or already given up. The receivers may still use it.
        return ((sequence - self.first) & 0xFFFF) < 0x8000

    def _gap(self, sequence: int, delta: int, timestamp: int, now: float) -> None:
        if delta > MAX_GAP or self._quiet_s(timestamp, now) > OUTAGE_S:
            self._restart(sequence)
            return
        if not self.wanted or self._ends_pause(timestamp):
            self._skip_to(sequence)
            return
        if self.nack and self.repair:
            self.alarm()
            spacing_s = self._elapsed_s(timestamp) / delta
            for ahead in range(1, delta):
                due_at = now - (delta - ahead) * spacing_s
                self.missing[(self.highest + ahead) & 0xFFFF] = Missing(due_at, now + NACK_FIRST_S)
        self.lost += delta - 1
        if sequence < self.highest:
            self.cycles += 1
        self.highest = sequence

    def _ends_pause(self, timestamp: int) -> bool:
        resumes, self.resumes = self.resumes, False
        return resumes and self._elapsed_s(timestamp) > PAUSE_S

    def _skip_to(self, sequence: int) -> None:
        """A gap in what shall stop, or stood still, is no loss."""
        self.expected_earlier += self.expected()
        self.lost_earlier += self.lost
        self.cycles = self.lost = 0
        self.expected_before = self.lost_before = 0
        self.first = self.highest = sequence

    def _elapsed_s(self, timestamp: int) -> float:
        """By the publisher's timestamps, since the highest packet; after an outage much of what is missing is stale."""
        before = self.cache.timestamp_of(self.highest)
        ticks = 0 if before is None else (timestamp - before) & 0xFFFFFFFF
        return ticks / self.clock_rate if ticks < 0x80000000 else 0.0

    def _quiet_s(self, timestamp: int, now: float) -> float:
        """By the publisher's clock or ours: an encoder that was stopped may stop its timestamps, too."""
        forwarded_at = max([slot.last_forwarded_at for slot in self.receiving if not slot.fresh], default=now)
        return max(self._elapsed_s(timestamp), now - forwarded_at)

    def _restart(self, sequence: int) -> None:
        self.missing.clear()
        self._skip_to(sequence)
        for slot in self.slots:
            slot.rebase()


def payload_start(packet: memoryview, size: int, first: int) -> int:
    """Offset behind CSRCs and header extension (RFC 3550 5.3.1); more than `size` when the header lies."""
    start = 12 + 4 * (first & 0x0F)
    if first & 0x10:
        if start + 4 > size:
            return size + 1
        start += 4 + 4 * _EXTENSION.unpack_from(packet, start)[1]
    return start
