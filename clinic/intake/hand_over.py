"""Handing a patient over to a colleague, waiting or in the call. Pure.

The patient stands in the colleague's line as if they had always been there: the time of the appointment and of the
arrival stay. What happens to the record is clinic/record's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from clinic.consultation import Status
from clinic.intake.line import Visitor
from clinic.people.request import Request
from clinic.people.staff import Member

Reason = Literal["late", "away", "other-specialty", "patients-wish", "other"]
RefusalCode = Literal["not-allowed", "ended", "in-call", "not-a-physician", "same-physician"]

_BOOKERS: Final = frozenset({"coordinator", "administrator"})


@dataclass(frozen=True)
class HandedOver:
    appointment: str
    giver: str
    taker: str
    """Ids of physicians."""
    by: str
    at: datetime
    reason: Reason


@dataclass(frozen=True)
class Refusal:
    """`in-call`: only the physician who is in the call may hand it over."""

    code: RefusalCode


def hand_over(
    appointment: str, status: Status, treating: str, taker: Member, reason: Reason, request: Request
) -> HandedOver | Refusal:
    """Give the visit of the physician `treating` to `taker`. The first rule that speaks wins."""
    if status == "ended":
        return Refusal("ended")
    is_theirs = request.role == "physician" and request.actor == treating
    if not is_theirs and request.role not in _BOOKERS:
        return Refusal("not-allowed")
    if not is_theirs and status == "in-progress":
        return Refusal("in-call")
    if not (taker.active and "physician" in taker.profile.roles):
        return Refusal("not-a-physician")
    if taker.id == treating:
        return Refusal("same-physician")
    return HandedOver(appointment, treating, taker.id, request.actor, request.at, reason)


def moved(visitors: Iterable[Visitor], handed: HandedOver) -> tuple[Visitor, ...]:
    """All who wait, after it."""
    return tuple(
        replace(visitor, physician=handed.taker) if visitor.appointment == handed.appointment else visitor
        for visitor in visitors
    )
