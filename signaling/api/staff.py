"""Who works here: accounts, the links that set their passwords, and their end. For administrators."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import Field

from clinic.people.credentials import INVITATION_VALID, RESET_VALID
from clinic.people.roster import UnknownMember
from clinic.people.staff import Member
from signaling.api.fault import Fault
from signaling.api.profile import MemberView, Model, TypedProfile, profile_of, view
from signaling.api.route import Asked, Route

if TYPE_CHECKING:
    from signaling.api.gate import ApiGate


class StaffView(MemberView):
    version: int
    """Send it back with a change: it is refused when somebody else was faster."""
    active: bool
    has_password: bool
    """False until the link of the invitation was used."""
    second_factor: bool


class StaffList(Model):
    staff: tuple[StaffView, ...]


class PasswordLink(Model):
    link: str = Field(repr=False)
    """What goes behind the `#` of the page `/password`. It is shown once."""
    valid_until: datetime


class Invited(Model):
    member: StaffView
    password: PasswordLink


class ChangedProfile(TypedProfile):
    version: int
    active: bool = True
    """False closes the account and ends all its sessions; it can be opened again."""


def routes(gate: ApiGate) -> tuple[Route, ...]:
    """All of this file."""
    return (
        Route("GET", "/api/v1/staff", "staff.list", "staff.manage", _list, "Everybody, also closed accounts.",
              answer=StaffList),
        Route("POST", "/api/v1/staff", "staff.add", "staff.manage", _add, "Add an account and a link for its password.",
              body=TypedProfile, answer=Invited, status=201, needs_key=True, faults=("taken",)),
        Route("PUT", "/api/v1/staff/{id}", "staff.change", "staff.manage", _change, "Change, close or open an account.",
              body=ChangedProfile, answer=StaffView, faults=("not-found", "changed", "taken", "last-administrator")),
        Route("POST", "/api/v1/staff/{id}/password-link", "staff.link", "staff.manage", _link,
              "A new link to set the password; the one before is worth nothing.", answer=PasswordLink, status=201,
              faults=("not-found", "closed-account")),
        Route("DELETE", "/api/v1/staff/{id}/second-factor", "staff.drop-second-factor", "staff.manage", _drop,
              "Take the second factor away from who lost phone and codes.", status=204, faults=("not-found",)),
        Route("DELETE", "/api/v1/staff/{id}/sessions", "staff.sign-out", "staff.manage", _sign_out,
              "Sign somebody out on every device.", status=204, faults=("not-found",)),
    )  # fmt: skip


async def _list(asked: Asked) -> StaffList:
    members = await asked.office.roster.all()
    return StaffList(staff=tuple([await _view(asked, member) for member in members]))


async def _add(asked: Asked) -> Invited:
    added = await asked.office.roster.add(profile_of(asked.body(TypedProfile)), asked.as_request)
    if not isinstance(added, Member):
        raise Fault(409, added)
    return Invited(member=await _view(asked, added), password=await _issue(asked, added, INVITATION_VALID))


async def _change(asked: Asked) -> StaffView:
    typed = asked.body(ChangedProfile)
    before = await _load(asked)
    changed = await asked.office.roster.change(
        before.id, typed.version, profile_of(typed), asked.as_request, active=typed.active
    )
    if not isinstance(changed, Member):
        raise Fault(409, changed)
    return await _view(asked, changed)


async def _link(asked: Asked) -> PasswordLink:
    member = await _load(asked)
    if not member.active:
        raise Fault(409, "closed-account")
    return await _issue(asked, member, RESET_VALID)


async def _drop(asked: Asked) -> None:
    member = await _load(asked)
    await asked.office.credentials.drop_totp(member.id, asked.as_request)


async def _sign_out(asked: Asked) -> None:
    member = await _load(asked)
    await asked.office.sessions.end_everywhere(member.id, asked.as_request)


async def _load(asked: Asked) -> Member:
    try:
        return await asked.office.roster.load(asked.path("id"))
    except UnknownMember:
        raise Fault(404, "not-found") from None


async def _issue(asked: Asked, member: Member, valid: timedelta) -> PasswordLink:
    link = await asked.office.credentials.issue_link(member.id, valid, asked.as_request)
    return PasswordLink(link=link, valid_until=asked.now + valid)


async def _view(asked: Asked, member: Member) -> StaffView:
    secrets = await asked.office.credentials.load(member.id)
    return StaffView(
        **dict(view(member)), version=member.version, active=member.active,
        has_password=secrets.phc is not None, second_factor=secrets.totp is not None,
    )  # fmt: skip
