"""What was seen of one direction of one participant's link in one tick. Values only: who measured them is media's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

TICK_S: Final = 0.1

Passage = tuple[float, float, int]
"""One packet seen at both ends: when it left and when it arrived (seconds, each on its own clock), bytes on the wire
(IP and UDP headers included, as everywhere here).

Both clocks are unwrapped and of any origin; only differences of differences mean something. A plain tuple: one is made
for every packet.
"""


@dataclass(frozen=True, slots=True)
class ClientReport:
    """What a page says of what it receives, about once a second. It may lie: it moves only what a link could move."""

    interval_ms: int
    received_bytes: int
    """RTP payload and headers of all its receivers in the interval."""
    audio_received: int
    audio_lost: int
    """Audio packets that came, and that never came (after repair), in the interval."""
    played_ms: int
    concealed_ms: int
    """Of the sound that was played: how much was made up because packets were missing or late."""
    jitter_buffer_ms: int
    """Mean time that audio waited in the buffer."""
    frozen_ms: int
    rtt_ms: int | None


@dataclass(frozen=True, slots=True)
class Sample:
    """One tick, seen from the SFU. Uplink: what arrived from the participant. Downlink: what its feedback told."""

    at_s: float
    """Monotonic clock of the node."""
    passages: tuple[Passage, ...] = ()
    """Uplink: packets with a send time (abs-send-time), as they came. Downlink: what transport-wide feedback told."""
    sent_bytes: int = 0
    """Downlink: what was sent to the participant in the tick, bytes on the wire, padding included. Uplink: 0."""
    received_bytes: int | None = None
    """Uplink: what came. Downlink: None, unless a report or feedback told it (the sum since the last that told)."""
    expected: int = 0
    lost: int = 0
    """Packets told of in this tick, and those of them that were missing before repair."""
    rtt_s: float | None = None
    silent_s: float = 0.0
    """Since anything authenticated came from the participant."""
    report: ClientReport | None = None
    """The page's own words, in the tick in which they came."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What the room asks of the direction in this tick."""

    ceiling: int = 0
    """Index in LADDER of the best rung that is allowed (a held rung, saved data, the policy)."""
    useful: int = 0
    """Index of the best rung that would be of use: no video while the camera is off, or nobody can take it."""
    carried: int = 0
    """Index of the rung that flows at present; it may be lower than the direction's own, for the other side's sake."""
    voices: int = 1
    """Audio streams in this direction: 1 up; down one for each other participant."""
    videos: int = 1
    jammed: bool = False
    """Downlink: the participant's uplink was cut a moment ago; the same link often carries both."""
