"""How long to wait after wrong passwords: doubling, up to a limit, and never for good. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

FORGOTTEN_AFTER: Final = timedelta(days=1)


@dataclass(frozen=True)
class Patience:
    """`free` failures cost nothing; the next one `first`, and each after it twice the one before, up to `longest`."""

    free: int
    first: timedelta
    longest: timedelta


ACCOUNT: Final = Patience(free=4, first=timedelta(seconds=2), longest=timedelta(minutes=15))
"""At most about 100 guesses a day at one account, from wherever they come."""

ADDRESS: Final = Patience(free=20, first=timedelta(seconds=1), longest=timedelta(minutes=5))
"""A whole clinic may sit behind one address."""

SESSION: Final = ACCOUNT
"""Of who is signed in and proves it again. It has a count of its own: an attacker at the account cannot lock out its
owner."""


@dataclass(frozen=True)
class Failures:
    """In a row, and when the last one was. A sign-in that runs counts as failed until it succeeds."""

    count: int = 0
    last_at: datetime | None = None


def wait(failures: Failures, patience: Patience, now: datetime) -> timedelta:
    """How long until another try is looked at; zero: now. A clock that was set back makes nobody wait longer."""
    if failures.last_at is None:
        return timedelta(0)
    delay = _delay(failures.count, patience)
    return max(timedelta(0), min(delay, failures.last_at + delay - now))


def failed(failures: Failures, now: datetime) -> Failures:
    """One more; after a day without any, the first."""
    forgotten = failures.last_at is None or now - failures.last_at >= FORGOTTEN_AFTER
    return Failures(1 if forgotten else failures.count + 1, now)


def _delay(count: int, patience: Patience) -> timedelta:
    over = count - patience.free
    if over <= 0:
        return timedelta(0)
    doublings = min(over - 1, 32)
    return min(patience.longest, patience.first * (1 << doublings))
