"""Whose no-show it seems to be, from what the timeline knows; a person confirms or corrects it. Pure.

A suggestion never blames a patient who tried: only "patient" counts in the clinic's no-show rate.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from clinic import events as e
from clinic.booking.appointment import Absence
from clinic.booking.day import Span

GRACE: Final = timedelta(minutes=15)
"""After the start nobody is suggested to be missing before this."""

OUTAGE: Final = timedelta(minutes=5)
"""Of our own between start and end: more makes it nobody's fault."""

Because = Literal[
    "never-came", "tried-and-failed", "link-never-held", "physician-never-came", "neither-came", "service-was-down"
]


@dataclass(frozen=True)
class Seen:
    """What is known of a visit that has not been held. `tried`: the patient opened the link, or did anything here."""

    starts_at: datetime
    ends_at: datetime
    tried: bool = False
    arrived: bool = False
    """The patient was in the waiting room or the call."""
    physician_came: bool = False
    """To this visit, or the console was open in its time."""
    joined_both: bool = False
    lost: bool = False
    """A link was silent at the last that was heard."""
    outages: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Suggestion:
    absence: Absence
    because: Because


def seen(before: Seen, timeline: Iterable[e.Event], patient_seat: str, physician_seat: str) -> Seen:
    """`before` (its times, and what is known otherwise) with what the timeline adds, in its order."""
    joined: set[str] = set()
    silent: set[str] = set()
    found = before
    for event in timeline:
        match event:
            case e.Joined(seat=seat):
                joined.add(seat)
                silent.discard(seat)
            case e.PathLost(seat=seat):
                silent.add(seat)
            case e.PathBack(seat=seat):
                silent.discard(seat)
        found = _with(found, event, patient_seat, physician_seat)
    return replace(found, joined_both={patient_seat, physician_seat} <= joined, lost=bool(silent))


def suggest(visit: Seen, now: datetime) -> Suggestion | None:
    """None: too early to tell, or it seems to have been held. The first rule that speaks wins."""
    if now < visit.starts_at + GRACE:
        return None
    if _down(visit.outages, visit.starts_at, min(visit.ends_at, now)) > OUTAGE:
        return None if visit.joined_both else Suggestion("technical", "service-was-down")
    if visit.joined_both:
        return Suggestion("technical", "link-never-held") if visit.lost and now >= visit.ends_at else None
    if visit.arrived:
        return Suggestion("physician", "physician-never-came") if _nobody(visit, now) else None
    if visit.tried:
        return Suggestion("technical", "tried-and-failed")
    if visit.physician_came:
        return Suggestion("patient", "never-came")
    return Suggestion("physician", "neither-came") if now >= visit.ends_at else None


def _with(visit: Seen, event: e.Event, patient_seat: str, physician_seat: str) -> Seen:
    doer = event.by if isinstance(event, e.Admitted) else getattr(event, "seat", "")
    if doer == patient_seat:
        arrived = visit.arrived or isinstance(event, e.Arrived | e.Joined)
        return replace(visit, tried=True, arrived=arrived)
    return replace(visit, physician_came=True) if doer == physician_seat else visit


def _nobody(visit: Seen, now: datetime) -> bool:
    """Patients wait long for a physician who is late; that becomes an absence at the planned end."""
    return not visit.physician_came and now >= visit.ends_at


def _down(outages: Sequence[Span], starts_at: datetime, ends_at: datetime) -> timedelta:
    overlaps = (min(each.ends_at, ends_at) - max(each.starts_at, starts_at) for each in outages)
    return sum((overlap for overlap in overlaps if overlap > timedelta()), timedelta())
