"""Signing in and out, the clinic's founding by its set-up link, and passwords set by a link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from clinic.people.attempts import Wait
from clinic.people.faults import Fault as TypedFault
from clinic.people.names import parse_name
from clinic.people.passwords import password_fault
from clinic.people.patient import Language
from clinic.people.session import csrf_of
from clinic.people.sign_in import Attempt, SignedIn
from clinic.people.staff import MAY, Capability, Member, Profile, Role, may, parse_sign_in, profile_faults
from signaling.api.fault import Fault, unprocessable
from signaling.api.route import Asked, Route
from signaling.door import remote_of

if TYPE_CHECKING:
    from signaling.api.gate import ApiGate

MAX_SECRET: Final = 1000


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Credentials(_Model):
    sign_in: str = Field(max_length=300, repr=False)
    password: str = Field(max_length=MAX_SECRET, repr=False)
    code: str = Field(default="", max_length=40, repr=False)
    """Of the authenticator app, or a recovery code; asked for with `code-needed`."""


class Founder(_Model):
    link: str = Field(max_length=200, repr=False)
    """The token of the set-up link that the first start printed."""
    name: str = Field(max_length=300)
    sign_in: str = Field(max_length=300)
    password: str = Field(max_length=MAX_SECRET, repr=False)
    roles: tuple[Role, ...] = ()
    """Besides administrator."""
    licence: str = Field(default="", max_length=300)
    specialty: str = Field(default="", max_length=300)
    language: Language = "es"


class NewPassword(_Model):
    link: str = Field(max_length=200, repr=False)
    password: str = Field(max_length=MAX_SECRET, repr=False)


class Link(_Model):
    link: str = Field(max_length=200, repr=False)


class MemberView(_Model):
    id: str
    name: str
    sign_in: str
    roles: tuple[Role, ...]
    licence: str
    specialty: str
    language: Language
    capabilities: tuple[Capability, ...]
    """What the pages offer; the server asks again on each request."""


class SessionAnswer(_Model):
    member: MemberView
    csrf: str = Field(repr=False)
    """Send it as `X-CSRF-Token` with everything that changes something."""


def routes(gate: ApiGate) -> tuple[Route, ...]:
    """All of this file."""
    at = _Sessions(gate)
    return (
        Route("POST", "/api/v1/session", "session.begin", "anyone", at.begin, "Sign in.",
              body=Credentials, answer=SessionAnswer, faults=("wrong", "code-needed", "wait")),
        Route("GET", "/api/v1/session", "session.read", "staff", at.read, "Who is signed in.", answer=SessionAnswer),
        Route("DELETE", "/api/v1/session", "session.end", "staff", at.end, "Sign out on this browser.", status=204),
        Route("POST", "/api/v1/setup/look", "setup.look", "anyone", at.look, "Does this set-up link still count?",
              body=Link, status=204, faults=("link-used",)),
        Route("POST", "/api/v1/setup", "setup.found", "anyone", at.found, "Found the staff by the set-up link.",
              body=Founder, answer=SessionAnswer, status=201, faults=("link-used", "taken")),
        Route("POST", "/api/v1/password/look", "password.look", "anyone", at.look_password,
              "Does this link to set a password still count?", body=Link, status=204, faults=("link-used",)),
        Route("POST", "/api/v1/password", "password.set", "anyone", at.set_password, "Set a password by a link.",
              body=NewPassword, answer=SessionAnswer, faults=("link-used",)),
    )  # fmt: skip


class _Sessions:
    def __init__(self, gate: ApiGate) -> None:
        self._gate = gate

    async def begin(self, asked: Asked) -> web.Response:
        typed = asked.body(Credentials)
        return await self._begun(asked, typed.sign_in, typed.password, typed.code)

    async def read(self, asked: Asked) -> SessionAnswer:
        return _answer(asked.staff, asked.session)

    async def end(self, asked: Asked) -> web.StreamResponse:
        found = await asked.office.sessions.find(asked.session, asked.now)
        if found is not None:
            await asked.office.sessions.end(asked.staff.id, found.id, asked.as_request)
        response = web.Response(status=204)
        self._gate.drop(response)
        return response

    async def look(self, asked: Asked) -> None:
        if not await asked.office.roster.opens_setup(asked.body(Link).link):
            raise Fault(410, "link-used")

    async def found(self, asked: Asked) -> web.Response:
        typed = asked.body(Founder)
        profile = _profile(typed)
        phc = await asked.office.hasher.hash(typed.password)
        made = await asked.office.roster.found(typed.link, profile, phc, asked.as_request)
        if not isinstance(made, Member):
            raise Fault(410 if made == "link-used" else 409, made)
        return await self._begun(asked, profile.sign_in, typed.password, "", status=201)

    async def look_password(self, asked: Asked) -> None:
        if await asked.office.credentials.staff_of_link(asked.body(Link).link, asked.now) is None:
            raise Fault(410, "link-used")

    async def set_password(self, asked: Asked) -> web.Response:
        typed, office = asked.body(NewPassword), asked.office
        staff_id = await office.credentials.staff_of_link(typed.link, asked.now)
        if staff_id is None:
            raise Fault(410, "link-used")
        member = await office.roster.load(staff_id)
        _good_password(typed.password, member.profile)
        phc = await office.hasher.hash(typed.password)
        if await office.credentials.redeem_link(typed.link, phc, asked.as_request) is None:
            raise Fault(410, "link-used")
        return await self._begun(asked, member.profile.sign_in, typed.password, "")

    async def _begun(self, asked: Asked, sign_in: str, password: str, code: str, *, status: int = 200) -> web.Response:
        """A new session, as the cookie and the page's half of it. Raises Fault."""
        agent = asked.request.headers.get("User-Agent", "")
        before = asked.request.cookies.get(self._gate.cookie, "")
        attempt = Attempt(sign_in, password, remote_of(asked.request), agent, code, before)
        outcome = await asked.office.sign_in.sign_in(attempt, asked.id, asked.now)
        if isinstance(outcome, Wait):
            raise Fault(429, "wait", more={"retry_s": str(max(1, round(outcome.delay.total_seconds())))})
        if not isinstance(outcome, SignedIn):
            raise Fault(401, outcome)
        body = _answer(outcome.member, outcome.token).model_dump_json()
        response = web.Response(status=status, text=body, content_type="application/json")
        self._gate.keep(response, outcome.token)
        return response


def view(member: Member) -> MemberView:
    """A member as pages see one."""
    profile = member.profile
    found = {capability for role in profile.roles for capability in MAY[role] if may(member, capability)}
    return MemberView(
        id=member.id, name=profile.name, sign_in=profile.sign_in, roles=profile.roles, licence=profile.licence,
        specialty=profile.specialty, language=profile.language, capabilities=tuple(sorted(found)),
    )  # fmt: skip


def _answer(member: Member, token: str) -> SessionAnswer:
    return SessionAnswer(member=view(member), csrf=csrf_of(token))


def _profile(typed: Founder) -> Profile:
    """What the founder typed, in its one spelling. Raises Fault with everything that is wrong at once."""
    name, sign_in = parse_name(typed.name), parse_sign_in(typed.sign_in)
    found = [each for each in (name, sign_in) if isinstance(each, TypedFault)]
    if isinstance(name, TypedFault) or isinstance(sign_in, TypedFault):
        raise unprocessable(found)
    roles: tuple[Role, ...] = tuple(dict.fromkeys((*typed.roles, "administrator")))
    profile = Profile(name, sign_in, roles, typed.licence, typed.specialty, typed.language)
    if faults := profile_faults(profile):
        raise unprocessable(faults)
    _good_password(typed.password, profile)
    return profile


def _good_password(password: str, profile: Profile) -> None:
    fault = password_fault(password, profile.name, profile.sign_in)
    if fault is not None:
        raise unprocessable([fault])
