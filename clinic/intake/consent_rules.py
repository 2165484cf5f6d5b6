"""What may be recorded as a consent or its withdrawal. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from zoneinfo import ZoneInfo

from clinic.booking.day import day_of
from clinic.intake.consent import ByCompanion, ByGuardian, Consent, Giver, Grant, Oneself, Record, Refusal, in_force
from clinic.intake.consent_text import ConsentText
from clinic.people.faults import Fault
from clinic.people.names import parse_name
from clinic.people.patient import Demographics
from clinic.people.request import Request
from clinic.people.staff import MAY

MAX_ADDRESS: Final = 64
MAX_AGENT: Final = 300


def normalised(grant: Grant) -> Grant:
    """The grant with what strangers send cut to size: names as names are kept, empty for what is none."""
    giver = grant.giver
    if isinstance(giver, ByGuardian):
        giver = replace(giver, name=_name(giver.name))
    return replace(
        grant,
        giver=giver,
        typed_name=_name(grant.typed_name) if grant.method == "typed-name" else "",
        address=_told(grant.address, MAX_ADDRESS),
        agent=_told(grant.agent, MAX_AGENT),
    )


def decide(grant: Grant, text: ConsentText, person: Demographics, request: Request, zone: ZoneInfo) -> Refusal | None:
    """What keeps a normalised grant from being recorded. `text`: the newest. The first rule that speaks wins."""
    if (grant.version, grant.sha256) != (text.version, text.sha256(grant.language)):
        return Refusal("text-changed")
    return (
        _items_refusal(grant, text) or _giver_refusal(grant, person, request, zone) or _method_refusal(grant, request)
    )


def decide_withdrawal(records: Sequence[Record], consent: str) -> Consent | Refusal:
    """The consent that is to be withdrawn; anybody whose consent it is may do it at any time."""
    found = next((record for record in records if isinstance(record, Consent) and record.id == consent), None)
    if found is None or in_force(records, found.grant.seat) != found:
        return Refusal("nothing-to-withdraw")
    return found


def is_registered(giver: Giver, person: Demographics) -> bool:
    """Whether it is the guardian of the patient's record."""
    known = person.guardian.identifier if person.guardian else None
    return isinstance(giver, ByGuardian) and giver.identifier == known


def _items_refusal(grant: Grant, text: ConsentText) -> Refusal | None:
    answered = sorted((*grant.accepted, *grant.declined))
    if answered != sorted(item.id for item in text.wording.items):
        return Refusal("items-missing")
    return None if text.optional.issuperset(grant.declined) else Refusal("not-accepted")


def _giver_refusal(grant: Grant, person: Demographics, request: Request, zone: ZoneInfo) -> Refusal | None:
    if (grant.seat_role == "companion") != isinstance(grant.giver, ByCompanion):
        return Refusal("not-theirs")
    minor = person.is_minor_on(day_of(request.at, zone))
    match grant.giver:
        case Oneself():
            return Refusal("guardian-needed") if minor else None
        case ByGuardian():
            if not grant.giver.name:
                return Refusal("name-missing")
            if grant.giver.identifier in person.identifiers:
                return Refusal("guardian-is-patient")
            return None if minor or is_registered(grant.giver, person) else Refusal("not-a-minor")
        case ByCompanion():
            return None


def _method_refusal(grant: Grant, request: Request) -> Refusal | None:
    """Staff never click for a patient; a physician records what was said."""
    if grant.method == "verbal":
        return None if request.role == "physician" else Refusal("not-allowed")
    if request.role in MAY or request.actor != grant.seat:
        return Refusal("not-allowed")
    if grant.method == "typed-name" and not grant.typed_name:
        return Refusal("name-missing")
    return None


def _name(typed: str) -> str:
    name = parse_name(typed)
    return "" if isinstance(name, Fault) else name


def _told(header: str, limit: int) -> str:
    """Headers may hold bytes that are no text."""
    return header[:limit].encode(errors="replace").decode()
