"""Signing in and out, the clinic's founding by its set-up link, and passwords set by a link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web
from pydantic import Field

from clinic.people.attempts import Wait
from clinic.people.session import csrf_of
from clinic.people.sign_in import Attempt, SignedIn
from clinic.people.staff import Member
from signaling.api.fault import Fault
from signaling.api.profile import MAX_SECRET, MemberView, Model, TypedProfile, good_password, profile_of, view
from signaling.api.route import Asked, Route
from signaling.door import remote_of

if TYPE_CHECKING:
    from signaling.api.gate import ApiGate


class Credentials(Model):
    sign_in: str = Field(max_length=300, repr=False)
    password: str = Field(max_length=MAX_SECRET, repr=False)
    code: str = Field(default="", max_length=40, repr=False)
    """Of the authenticator app, or a recovery code; asked for with `code-needed`."""


class Founder(TypedProfile):
    """The roles are those besides administrator."""

    link: str = Field(max_length=200, repr=False)
    """The token of the set-up link that the first start printed."""
    password: str = Field(max_length=MAX_SECRET, repr=False)


class NewPassword(Model):
    link: str = Field(max_length=200, repr=False)
    password: str = Field(max_length=MAX_SECRET, repr=False)


class Link(Model):
    link: str = Field(max_length=200, repr=False)


class SessionAnswer(Model):
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
        profile = profile_of(typed, "administrator")
        good_password(typed.password, profile)
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
        good_password(typed.password, member.profile)
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


def _answer(member: Member, token: str) -> SessionAnswer:
    return SessionAnswer(member=view(member), csrf=csrf_of(token))
