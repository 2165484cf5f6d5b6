"""Who else may come into a call: companions and interpreters, each by a link of their own. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final, Literal

from clinic.consultation import Consultation
from clinic.people.faults import Fault
from clinic.people.names import parse_name
from clinic.people.request import Request

MAX_IN_CALL: Final = 6
"""Seats of one consultation, the patient's and the physicians' too."""

Kind = Literal["companion", "interpreter"]
RefusalCode = Literal["not-allowed", "ended", "full", "name-missing", "language-missing", "unknown-guest"]

INVITERS: Final = frozenset({"physician", "coordinator"})
"""A patient who wants somebody in asks them: the physician must know who listens."""


@dataclass(frozen=True)
class Guest:
    """Invited to a seat of their own; they consent for themselves. `language`: BCP 47, of an interpreter."""

    seat: str
    kind: Kind
    name: str = field(repr=False)
    invited_by: str
    language: str = ""


@dataclass(frozen=True)
class Refusal:
    code: RefusalCode


def invite(visit: Consultation, guest: Guest, revoked: Collection[str], request: Request) -> Guest | Refusal:
    """The guest as they are to be seated, and their name as names are kept. `revoked`: seats whose link was taken back.

    The same seat asked for again is no other one, so that a retry does not fill the call.
    """
    if request.role not in INVITERS:
        return Refusal("not-allowed")
    if visit.status == "ended":
        return Refusal("ended")
    name = parse_name(guest.name)
    if isinstance(name, Fault):
        return Refusal("name-missing")
    if guest.kind == "interpreter" and not guest.language:
        return Refusal("language-missing")
    others = {seat.id for seat in visit.seats} - {*revoked, guest.seat}
    if len(others) >= MAX_IN_CALL:
        return Refusal("full")
    return Guest(guest.seat, guest.kind, name, request.actor, guest.language)


def revoke(visit: Consultation, seat: str, request: Request) -> str | Refusal:
    """The companion's seat whose link is taken back; nobody else's can be, this way."""
    if request.role not in INVITERS:
        return Refusal("not-allowed")
    found = visit.seat(seat)
    return seat if found and found.role == "companion" else Refusal("unknown-guest")
