"""What a link has done with the packets that came, as the emulator tells it."""

from __future__ import annotations

from typing import Literal, get_args

from netlab.profile import Frozen

Drop = Literal["down", "udp_blocked", "websocket_blocked", "queue", "bursts", "loss"]
"""Why a packet did not arrive; `queue`: the buffer before the bottleneck was full."""
DROPS: tuple[Drop, ...] = get_args(Drop)


class PathCounters(Frozen):
    """One direction, since the emulator started. Bytes are of whole IP packets."""

    came_packets: int
    came_bytes: int
    delivered_packets: int
    """Copies counted too."""
    delivered_bytes: int
    duplicated: int
    reordered: int
    dropped: dict[Drop, int]
    """Packets for every reason there is."""
    queue_ms: float
    """How long a packet that came now would wait before the bottleneck."""
    late_ms: float
    """The most that a packet has left the emulator after its time: what a busy machine added to the link."""


class LinkCounters(Frozen):
    """Both directions of one link at `at_s` of this machine's `time.monotonic()`."""

    type: Literal["counters"] = "counters"
    at_s: float
    cpu_s: float
    """Processor time of the emulator so far, for all its links."""
    up: PathCounters
    down: PathCounters
