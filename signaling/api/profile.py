"""A staff member's profile as people type it and as pages see it."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from clinic.people.faults import Fault as TypedFault
from clinic.people.names import parse_name
from clinic.people.passwords import password_fault
from clinic.people.patient import Language
from clinic.people.staff import MAY, Capability, Member, Profile, Role, may, parse_sign_in, profile_faults
from signaling.api.fault import Fault, FieldFault, unprocessable

MAX_SECRET: Final = 1000


class Model(BaseModel):
    """Of this area."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class TypedProfile(Model):
    name: str = Field(max_length=300)
    sign_in: str = Field(max_length=300)
    roles: tuple[Role, ...] = ()
    licence: str = Field(default="", max_length=300)
    """The number at the Ministry of Health (MPPS), as it is to be printed on prescriptions."""
    specialty: str = Field(default="", max_length=300)
    language: Language = "es"


class MemberView(Model):
    id: str
    name: str
    sign_in: str
    roles: tuple[Role, ...]
    licence: str
    specialty: str
    language: Language
    capabilities: tuple[Capability, ...]
    """What the pages offer; the server asks again on each request."""


def view(member: Member) -> MemberView:
    """A member as pages see one."""
    profile = member.profile
    found = {capability for role in profile.roles for capability in MAY[role] if may(member, capability)}
    return MemberView(
        id=member.id, name=profile.name, sign_in=profile.sign_in, roles=profile.roles, licence=profile.licence,
        specialty=profile.specialty, language=profile.language, capabilities=tuple(sorted(found)),
    )  # fmt: skip


def profile_of(typed: TypedProfile, *also: Role) -> Profile:
    """What was typed, in its one spelling, with the roles `also`. Raises Fault with all that is wrong."""
    name, sign_in = parse_name(typed.name), parse_sign_in(typed.sign_in)
    roles: tuple[Role, ...] = tuple(dict.fromkeys((*typed.roles, *also)))
    named = "" if isinstance(name, TypedFault) else name
    signing = "" if isinstance(sign_in, TypedFault) else sign_in
    profile = Profile(named, signing, roles, typed.licence.strip(), typed.specialty.strip(), typed.language)
    found = [each for each in (name, sign_in) if isinstance(each, TypedFault)]
    if faults := (*found, *profile_faults(profile)):
        raise unprocessable(faults)
    return profile


def good_password(password: str, profile: Profile, field: str = "password") -> None:
    """Raises Fault for one that is refused to this owner."""
    fault = password_fault(password, profile.name, profile.sign_in)
    if fault is not None:
        raise Fault(422, "invalid", [FieldFault(field, fault.code)])
