"""Who works here and what each may do. Pure; the table is what routes are held to."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from clinic.people.faults import Fault
from clinic.people.patient import Language

Role = Literal["physician", "coordinator", "administrator"]

Capability = Literal[
    "appointments.read", "appointments.write", "appointments.overbook", "patients.read", "patients.write", "queue.read",
    "queue.message", "triage.read", "consultation.join", "record.read", "record.write", "record.sign", "patient.export",
    "staff.manage", "clinic.configure", "deliveries.manage", "api-keys.manage", "metrics.read", "audit.read",
    "processing.export", "patient.erase",
]  # fmt: skip

CLINICAL: Final[frozenset[Capability]] = frozenset(
    {"triage.read", "consultation.join", "record.read", "record.write", "record.sign", "patient.export"}
)
"""What shows clinical text: triage answers, chat, notes, records. Only who treats has any of it."""

_BOOKING: Final[frozenset[Capability]] = frozenset(
    {"appointments.read", "appointments.write", "patients.read", "patients.write", "queue.read", "queue.message"}
)

MAY: Final[Mapping[Role, frozenset[Capability]]] = MappingProxyType(
    {
        "physician": _BOOKING | CLINICAL | {"appointments.overbook"},
        "coordinator": _BOOKING,
        "administrator": _BOOKING
        | {
            "appointments.overbook",
            "staff.manage",
            "clinic.configure",
            "deliveries.manage",
            "api-keys.manage",
            "metrics.read",
            "audit.read",
            "processing.export",
            "patient.erase",
        },
    }
)

MAX_TEXT: Final = 80
_SIGN_IN: Final = re.compile(r"[a-z0-9][a-z0-9._+-]{2,63}(@[a-z0-9.-]{3,64})?")


@dataclass(frozen=True)
class Profile:
    """What is known of a staff member. A small clinic's physician may be its administrator too."""

    name: str
    sign_in: str
    """As `parse_sign_in` gives it; one person's in a clinic."""
    roles: tuple[Role, ...]
    licence: str = ""
    """Of a physician: the number at the Ministry of Health (MPPS), as it is to be printed on prescriptions."""
    specialty: str = ""
    language: Language = "es"


@dataclass(frozen=True)
class Member:
    """An account. Nobody is deleted: what they signed keeps its author."""

    id: str
    version: int
    profile: Profile
    active: bool = True

    @property
    def is_administrator(self) -> bool:
        return self.active and "administrator" in self.profile.roles


def may(member: Member, capability: Capability) -> bool:
    """Whether one of the member's roles gives it."""
    return member.active and any(capability in MAY[role] for role in member.profile.roles)


def parse_sign_in(text: str) -> str | Fault:
    """What somebody signs in with, a short name or an e-mail address, in its one spelling."""
    sign_in = unicodedata.normalize("NFKC", text[:300]).strip().casefold()
    if len(sign_in) < 3:
        return Fault("sign_in", "too-short" if sign_in else "missing")
    return sign_in if _SIGN_IN.fullmatch(sign_in) else Fault("sign_in", "unreadable")


def profile_faults(profile: Profile) -> tuple[Fault, ...]:
    """What is wrong beside the name and the sign-in, which are parsed before."""
    found: list[Fault] = []
    if not profile.roles:
        found.append(Fault("roles", "missing"))
    if len(set(profile.roles)) < len(profile.roles):
        found.append(Fault("roles", "repeated"))
    if max(len(profile.licence), len(profile.specialty)) > MAX_TEXT:
        found.append(Fault("licence", "too-long"))
    return tuple(found)
