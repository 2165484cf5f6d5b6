"""What the wishes of all seats allow one of them on the ladder. Pure."""

from __future__ import annotations

from typing import Final, NamedTuple

from clinic.consultation import Consultation, Seat
from clinic.events import Hold

_LEAST_FIRST: Final[tuple[Hold, ...]] = ("text", "voice", "video")


class Limit(NamedTuple):
    hold: Hold
    """The best that may be used."""
    save_data: bool
    """Voice at most, and nothing is sent only to measure."""


def limit_of(state: Consultation, seat: Seat) -> Limit:
    """The lowest of the seat's own hold and every physician's; only the seat itself saves its data."""
    holds = {seat.hold} | {other.hold for other in state.held if other.is_physician}
    return Limit(min(holds, key=_LEAST_FIRST.index), seat.save_data)
