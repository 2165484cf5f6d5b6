"""A publisher's wall clock against ours: one offset for all its tracks, so that lips stay with the voice.

RFC 3550 6.4.1: sender reports of one participant share an NTP clock. Their delays differ, the offset does not.
"""

from __future__ import annotations

from typing import Final

NTP_TO_UNIX_S: Final = 2_208_988_800
JUMP_S: Final = 10.0
"""A report further off than this: the publisher's clock was set; start again."""


class PublisherClock:
    """`offset_s` is our clock minus the publisher's at the fastest report seen, path delay included."""

    __slots__ = ("offset_s",)

    def __init__(self) -> None:
        self.offset_s: float | None = None

    def learn(self, ntp: int, unix_s: float) -> None:
        """A sender report with this NTP time arrived."""
        offset_s = unix_s - unix_of(ntp)
        if self.offset_s is None or offset_s < self.offset_s or offset_s > self.offset_s + JUMP_S:
            self.offset_s = offset_s


def unix_of(ntp: int) -> float:
    """Unix seconds of a 64-bit NTP timestamp."""
    return ntp / 2**32 - NTP_TO_UNIX_S
