"""How long each class of data is kept, and what is due to go. Pure; who deletes it is each class' store."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

DataClass = Literal["clinical", "chat", "message", "join-link", "consent"]
"""clinical: record, triage, notes, timeline. message: bodies of what was sent by WhatsApp. There are no recordings, and
the audit, which holds ids only, is never deleted."""

Start = Literal["exported", "ended", "made"]
"""exported: the clinic's own system acknowledged it; before that nothing is deleted, however old it is."""


@dataclass(frozen=True)
class Span:
    """How long, from when. Years are calendar years; what is of 29 February then goes on 1 March."""

    start: Start
    years: int = 0
    days: int = 0

    def ends(self, start: datetime) -> datetime:
        return _years_later(start, self.years) + timedelta(days=self.days)


@dataclass(frozen=True)
class Policy:
    """The clinic's choice for each class. The defaults are choices too and no law: reference for a clinic's lawyer."""

    clinical: Span = Span("exported", years=10)
    chat: Span = Span("exported", days=90)
    message: Span = Span("made", days=30)
    join_link: Span = Span("ended", days=30)
    """Goes by its TTL, which `LINKS_KEPT` of clinic/store.py sets: hashes, kept to say "expired"."""
    consent: Span = Span("made", years=10)

    def span(self, data_class: DataClass) -> Span:
        spans: dict[DataClass, Span] = {
            "clinical": self.clinical, "chat": self.chat, "message": self.message,
            "join-link": self.join_link, "consent": self.consent,
        }  # fmt: skip
        return spans[data_class]


DEFAULT: Final = Policy()


@dataclass(frozen=True)
class Held:
    """Something that is kept. Times are aware; None: that has not happened."""

    id: str
    data_class: DataClass
    made_at: datetime
    ended_at: datetime | None = None
    exported_at: datetime | None = None


def kept_until(held: Held, policy: Policy) -> datetime | None:
    """When it goes; None while what the span counts from has not happened."""
    span = policy.span(held.data_class)
    start = {"made": held.made_at, "ended": held.ended_at, "exported": held.exported_at}[span.start]
    return None if start is None else span.ends(start)


def due(held: Iterable[Held], policy: Policy, now: datetime) -> tuple[Held, ...]:
    """What must go now, what has waited longest first."""
    ending = ((kept_until(each, policy), each) for each in held)
    found = [(end, each) for end, each in ending if end is not None and end <= now]
    return tuple(each for _, each in sorted(found, key=lambda pair: (pair[0], pair[1].id)))


def _years_later(at: datetime, years: int) -> datetime:
    try:
        return at.replace(year=at.year + years)
    except ValueError:
        return at.replace(year=at.year + years, month=3, day=1)
