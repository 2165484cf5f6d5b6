"""Consent to one visit: what was accepted, how, when and by whom, and whether a seat may enter with it. Pure.

FHIR R4 Consent, as far as visits go. A record never changes: a withdrawal is another record, and so is a new consent.
Each seat gives its own: the patient (or the guardian, for a minor), and each companion. Physicians ask for it. What
may be recorded as consent is in consent_rules.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from clinic.booking.day import CARACAS, day_of
from clinic.intake.consent_text import ConsentText
from clinic.people.identifiers import Cedula, Passport
from clinic.people.patient import Demographics, Language, Relation

Method = Literal["click", "typed-name", "verbal"]
"""`verbal`: the physician read it out, heard the answer, and records it."""

IdentityCheck = Literal["link", "second-check", "document-shown", "known-patient"]
Modality = Literal["video", "audio", "chat"]

RefusalCode = Literal[
    "text-changed", "items-missing", "not-accepted", "guardian-needed", "not-a-minor", "guardian-is-patient",
    "not-theirs", "name-missing", "not-allowed", "nothing-to-withdraw",
]  # fmt: skip
"""`items-missing`: something was not answered, or is not in the text. `not-accepted`: an item that care at a distance
needs was declined. `not-theirs`: who gives it does not fit the seat."""


@dataclass(frozen=True)
class Oneself:
    type: Literal["self"] = "self"


@dataclass(frozen=True)
class ByGuardian:
    """Who decides for the patient, as they say of themselves."""

    name: str = field(repr=False)
    identifier: Cedula | Passport = field(repr=False)
    relation: Relation
    present: bool = False
    """They said that they are with the patient during the visit."""
    type: Literal["guardian"] = "guardian"


@dataclass(frozen=True)
class ByCompanion:
    """A relative or interpreter, for the own presence only."""

    type: Literal["companion"] = "companion"


Giver = Oneself | ByGuardian | ByCompanion


@dataclass(frozen=True)
class Grant:
    """What is accepted. `accepted` and `declined` are ids of items and name each item of the text once."""

    appointment: str
    seat: str
    seat_role: Literal["patient", "companion"]
    version: int
    sha256: str
    """Of the text in this language: what was on the screen, or was read out."""
    language: Language
    accepted: tuple[str, ...]
    declined: tuple[str, ...]
    method: Method
    giver: Giver
    identity_check: IdentityCheck = "link"
    modality: Modality = "video"
    """The widest that it is for."""
    typed_name: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    agent: str = field(default="", repr=False)
    """IP address and user agent of the device."""


@dataclass(frozen=True)
class Consent:
    id: str
    grant: Grant
    at: datetime
    recorded_by: str
    """The seat itself, or the physician who heard it."""
    role: str
    registered_guardian: bool = False
    """The guardian is the one that the patient's record names; the physician is shown when it is another."""
    type: Literal["consent"] = "consent"

    def permits(self, item: str) -> bool:
        """Whether this item was accepted: `recording`, `whatsapp`."""
        return item in self.grant.accepted


@dataclass(frozen=True)
class Withdrawal:
    """From here on the consent `of` counts for nothing."""

    id: str
    of: str
    appointment: str
    seat: str
    at: datetime
    recorded_by: str
    role: str
    type: Literal["withdrawal"] = "withdrawal"


Record = Consent | Withdrawal


@dataclass(frozen=True)
class Refusal:
    code: RefusalCode


@dataclass(frozen=True)
class Entrance:
    """A seat before the door. `person`: the patient; None for a companion.

    `entered`: it was let into this visit before. What it entered with holds for the visit: neither a new text nor a
    birthday puts anybody out of a call, or asks again after a drop. A withdrawal does.
    """

    seat: str
    newest: ConsentText
    person: Demographics | None
    entered: bool = False
    zone: ZoneInfo = CARACAS


@dataclass(frozen=True)
class Missing:
    """Why the seat must be asked (again)."""

    code: Literal["never-given", "withdrawn", "new-text", "guardian-needed", "came-of-age"]


def may_enter(records: Sequence[Record], entrance: Entrance, now: datetime) -> Consent | Missing:
    """The consent that lets the seat in, or what is missing. `records`: the patient's, oldest first."""
    given = in_force(records, entrance.seat)
    if given is None:
        return Missing("withdrawn" if _of_seat(records, entrance.seat) else "never-given")
    if entrance.entered:
        return given
    if given.grant.version < entrance.newest.version:
        return Missing("new-text")
    return _age_missing(given, entrance, now) or given


def in_force(records: Sequence[Record], seat: str) -> Consent | None:
    """The newest consent of the seat, unless it was withdrawn."""
    last = next(reversed(_of_seat(records, seat)), None)
    return last if isinstance(last, Consent) else None


def _of_seat(records: Sequence[Record], seat: str) -> list[Record]:
    return [record for record in records if (record.grant.seat if isinstance(record, Consent) else record.seat) == seat]


def _age_missing(given: Consent, entrance: Entrance, now: datetime) -> Missing | None:
    if entrance.person is None:
        return None
    minor = entrance.person.is_minor_on(day_of(now, entrance.zone))
    by_guardian = isinstance(given.grant.giver, ByGuardian)
    if minor and not by_guardian:
        return Missing("guardian-needed")
    was_minor = entrance.person.is_minor_on(day_of(given.at, entrance.zone))
    return Missing("came-of-age") if by_guardian and was_minor and not minor else None
