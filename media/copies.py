"""Every packet of a slot a second time, a little later: for audio at round trips that leave no time to ask again.

The copy is byte for byte the same packet: the receiver's SRTP drops it when the first one came (RFC 3711 3.3.2).
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from media.slot import Slot

LATER_S: Final = 0.06
"""Beyond most bursts of loss; within what a jitter buffer of 120 ms waits."""
BURST: Final = 16
"""Copies at once, when the clock was late; older ones are of no use."""


class Copies:
    """Remembers where the slot stood at each tick, so that forwarding itself does nothing for it."""

    __slots__ = ("_marks", "_sent")

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int]] = deque(maxlen=8)
        """(monotonic s, the slot's last sequence number then)."""
        self._sent: int | None = None
        """The last sequence number that was copied, or that came before we began."""

    def send(self, slot: Slot, now: float) -> int:
        """Send again what was forwarded `LATER_S` ago; returns how many packets."""
        if slot.fresh:  # a switch, a pause: what the cache holds is no longer what was sent
            self._marks.clear()
            self._sent = None
            return 0
        self._marks.append((now, slot.last_sequence))
        if self._sent is None:
            self._sent = slot.last_sequence
        due = self._sent
        while self._marks and self._marks[0][0] <= now - LATER_S:
            due = self._marks.popleft()[1]
        behind = min((due - self._sent) & 0xFFFF, BURST)
        self._sent = due
        return sum(slot.repeat(due - ahead, now) for ahead in range(behind - 1, -1, -1))
