"""The line before one physician: who is where in it. Pure.

Who has arrived stands by the time of the appointment, then by arrival. Who is urgent goes first where the physician
wants that. So somebody may be overtaken by one who is urgent, or by one with an earlier appointment who comes late; by
nobody else. Places count from 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Visitor:
    """A patient in the waiting room; the page may be closed meanwhile."""

    appointment: str
    physician: str
    starts_at: datetime
    ends_at: datetime
    arrived_at: datetime
    """First: who comes back has the same place."""
    urgent: bool = False

    @property
    def planned(self) -> timedelta:
        return self.ends_at - self.starts_at


@dataclass(frozen=True)
class Line:
    """In the order in which they are to be seen."""

    physician: str
    visitors: tuple[Visitor, ...]

    def place(self, appointment: str) -> int | None:
        """From 1; None for who is not in it."""
        places = (place for place, visitor in enumerate(self.visitors, 1) if visitor.appointment == appointment)
        return next(places, None)


def line_of(physician: str, visitors: Iterable[Visitor], *, urgent_first: bool) -> Line:
    """The line of this physician among all who wait. `urgent_first`: the physician's wish."""
    own = (visitor for visitor in visitors if visitor.physician == physician)
    return Line(physician, tuple(sorted(own, key=lambda visitor: _order(visitor, urgent_first))))


def _order(visitor: Visitor, urgent_first: bool) -> tuple[bool, datetime, datetime, str]:
    """The id last, so that no two share a place."""
    return not (urgent_first and visitor.urgent), visitor.starts_at, visitor.arrived_at, visitor.appointment
