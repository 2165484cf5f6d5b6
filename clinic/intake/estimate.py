"""How long somebody in a line will wait, as a range in steps of five minutes, and whether the physician is late. Pure.

Two lines are walked through in thought. The soonest: short consultations, nobody who is missing comes, and the
physician calls people before their time. The latest: long ones, all who were to come earlier still do, and nobody is
called before their time. Nothing is said (None) where nobody can know: the physician is away, and did not say how long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor
from typing import Final

from clinic.intake.line import Line
from clinic.intake.pace import SHORTEST_PLAN, Pace

STEP_MIN: Final = 5
LATE_AFTER: Final = timedelta(minutes=5)
"""Nobody is called late for less."""

STILL: Final = 0.25
"""Of the planned length: what a consultation that has taken longer than all expectation may still take."""


@dataclass(frozen=True)
class Expected:
    """An appointment of today whose patient has not arrived."""

    appointment: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class InCall:
    """The consultation that the physician is in."""

    began_at: datetime
    planned: timedelta


@dataclass(frozen=True)
class Attendance:
    """The physician's side. `here`: the console is open, or was within the last minute, or there is a call.

    `back_at`: away until then, as the physician or a coordinator said.
    """

    here: bool
    in_call: InCall | None = None
    back_at: datetime | None = None


@dataclass(frozen=True)
class Wait:
    """Minutes from now, multiples of five; `at_most` is at least five more than `at_least`."""

    at_least: int
    at_most: int


@dataclass(frozen=True)
class Lateness:
    """`minutes`: rounded up to five, of who is due the longest. `physician_here`: running late rather than away."""

    minutes: int
    physician_here: bool
    back_at: datetime | None = None


def waits(
    line: Line, attendance: Attendance, expected: Sequence[Expected], pace: Pace, now: datetime
) -> tuple[Wait | None, ...]:
    """Of each in the line, in its order; never less further back. All None where nobody can know."""
    begins = _begins(line, attendance, pace, now)
    if begins is None:
        return (None,) * len(line.visitors)
    soonest = _soonest(line, pace, begins[0])
    latest = _latest(line, expected, pace, begins[1])
    return tuple(_wait(low - now, high - now) for low, high in zip(soonest, latest, strict=True))


def lateness(line: Line, attendance: Attendance, now: datetime) -> Lateness | None:
    """What is said to all in the line when one of them should have been called by now."""
    dues = (max(visitor.starts_at, visitor.arrived_at) for visitor in line.visitors)
    over = max((now - due for due in dues), default=timedelta())
    if over < LATE_AFTER:
        return None
    back_at = attendance.back_at if attendance.back_at and attendance.back_at > now else None
    return Lateness(_round_up(over), attendance.here or attendance.in_call is not None, back_at)


def _begins(line: Line, attendance: Attendance, pace: Pace, now: datetime) -> tuple[datetime, datetime] | None:
    """The soonest and the latest that the physician calls the next one."""
    if attendance.in_call:
        return _free(attendance.in_call, pace, now)
    if attendance.back_at and attendance.back_at > now:
        return attendance.back_at, attendance.back_at
    if attendance.here:
        return now, now
    first = min((visitor.starts_at for visitor in line.visitors), default=now)
    return (max(first, now),) * 2 if first > now - LATE_AFTER else None


def _free(call: InCall, pace: Pace, now: datetime) -> tuple[datetime, datetime]:
    planned = max(call.planned, SHORTEST_PLAN)
    soonest = max(call.began_at + planned * pace.short, now)
    return soonest, max(call.began_at + planned * pace.long, now + planned * STILL, soonest)


def _soonest(line: Line, pace: Pace, begins: datetime) -> list[datetime]:
    found = []
    for visitor in line.visitors:
        found.append(begins)
        begins += max(visitor.planned, SHORTEST_PLAN) * pace.short
    return found


def _latest(line: Line, expected: Sequence[Expected], pace: Pace, begins: datetime) -> list[datetime]:
    found = []
    to_come = sorted(expected, key=lambda each: (each.starts_at, each.appointment))
    for place, visitor in enumerate(line.visitors):
        due = min(each.starts_at for each in line.visitors[place:])  # who is put first is not held to a later time
        while to_come and to_come[0].starts_at < due:
            begins = _after(to_come.pop(0), begins, pace)
        begins = max(begins, due)
        found.append(begins)
        begins += max(visitor.planned, SHORTEST_PLAN) * pace.long
    return found


def _after(missing: Expected, begins: datetime, pace: Pace) -> datetime:
    planned = max(missing.ends_at - missing.starts_at, SHORTEST_PLAN)
    return max(begins, missing.starts_at) + planned * pace.long


def _wait(soonest: timedelta, latest: timedelta) -> Wait:
    at_least = STEP_MIN * floor(max(soonest, timedelta()) / timedelta(minutes=STEP_MIN))
    return Wait(at_least, max(_round_up(latest), at_least + STEP_MIN))


def _round_up(time: timedelta) -> int:
    return STEP_MIN * ceil(max(time, timedelta()) / timedelta(minutes=STEP_MIN))
