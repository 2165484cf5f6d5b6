"""One's own account: password, second factor, and where one is signed in. What is grave asks for the password again."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import segno
from aiohttp import web
from pydantic import Field

from clinic.people import totp
from clinic.people.attempts import Wait
from clinic.people.credentials import Secrets
from clinic.people.session import csrf_of, token_sha256
from clinic.people.sign_in import Attempt
from signaling.api.fault import Fault
from signaling.api.profile import MAX_SECRET, MemberView, Model, good_password, view
from signaling.api.route import Asked, Route
from signaling.door import remote_of

if TYPE_CHECKING:
    from signaling.api.gate import ApiGate

QR_SCALE: Final = 6
"""Pixels a module: about 300 pixels a side."""


class SessionView(Model):
    id: str
    """Opens nothing; to end it."""
    began_at: datetime
    seen_at: datetime
    address: str
    agent: str
    """What the browser calls itself."""
    here: bool
    """It is the one that asks."""


class Account(Model):
    member: MemberView
    second_factor: bool
    recovery_codes_left: int
    sessions: tuple[SessionView, ...]


class Proof(Model):
    password: str = Field(max_length=MAX_SECRET, repr=False)
    """The present one."""
    code: str = Field(default="", max_length=40, repr=False)
    """Of the second factor, where the account has one; asked for with `code-needed`."""


class PasswordChange(Proof):
    new_password: str = Field(max_length=MAX_SECRET, repr=False)


class NewSession(Model):
    csrf: str = Field(repr=False)
    """Of the session that goes on here; all others have ended."""


class SecondFactor(Model):
    secret: str = Field(repr=False)
    """To type into an authenticator app that cannot see the picture: base32."""
    picture: str = Field(repr=False)
    """The same as a QR code, a `data:` address of an SVG made here."""


class Code(Model):
    code: str = Field(max_length=40, repr=False)
    """What the app shows now."""


class RecoveryCodes(Model):
    codes: tuple[str, ...] = Field(repr=False)
    """Each opens the account once without the app. They are shown once."""


class SignedOut(Model):
    sessions: int
    """How many ended."""


def routes(gate: ApiGate) -> tuple[Route, ...]:
    """All of this file."""
    at = _Account(gate)
    proof = ("wrong-proof", "code-needed", "wait")
    return (
        Route("GET", "/api/v1/account", "account.read", "staff", at.read, "My account, and where I am signed in.",
              answer=Account),
        Route("PUT", "/api/v1/account/password", "account.password", "staff", at.password,
              "Change my password; all my other sessions end.", body=PasswordChange, answer=NewSession, faults=proof),
        Route("POST", "/api/v1/account/second-factor", "account.begin-second-factor", "staff", at.begin,
              "A secret for an authenticator app; it counts once a code of it was confirmed.",
              body=Proof, answer=SecondFactor, faults=proof),
        Route("POST", "/api/v1/account/second-factor/confirm", "account.confirm-second-factor", "staff", at.confirm,
              "The app shows right codes: ask for them from now on.", body=Code, answer=RecoveryCodes,
              faults=("wrong-code",)),
        Route("POST", "/api/v1/account/second-factor/drop", "account.drop-second-factor", "staff", at.drop,
              "No second factor any more.", body=Proof, status=204, faults=proof),
        Route("DELETE", "/api/v1/account/sessions", "account.sign-out-elsewhere", "staff", at.elsewhere,
              "Sign out on every other device.", answer=SignedOut),
        Route("DELETE", "/api/v1/account/sessions/{id}", "account.end-session", "staff", at.end,
              "Sign out on one device.", status=204, faults=("not-found",)),
    )  # fmt: skip


class _Account:
    def __init__(self, gate: ApiGate) -> None:
        self._gate = gate

    async def read(self, asked: Asked) -> Account:
        office, member = asked.office, asked.staff
        secrets = await office.credentials.load(member.id)
        return Account(
            member=view(member),
            second_factor=secrets.totp is not None,
            recovery_codes_left=await office.credentials.recovery_codes_left(member.id),
            sessions=await _sessions(asked),
        )

    async def password(self, asked: Asked) -> web.Response:
        typed, office, member = asked.body(PasswordChange), asked.office, asked.staff
        good_password(typed.new_password, member.profile, "new_password")
        secrets = await _proved(asked, typed)
        phc = await office.hasher.hash(typed.new_password)
        if not await office.credentials.set_password(member.id, secrets, phc, asked.as_request):
            raise Fault(409, "changed")
        return await self._begin_again(asked)

    async def begin(self, asked: Asked) -> SecondFactor:
        await _proved(asked, asked.body(Proof))
        secret = await asked.office.credentials.begin_totp(asked.staff.id, asked.as_request)
        clinic = (await asked.office.profiles.newest()).profile.name
        address = totp.uri(secret, asked.staff.profile.sign_in, clinic)
        picture = segno.make(address, micro=False).svg_data_uri(scale=QR_SCALE, light="#fff")
        return SecondFactor(secret=totp.spelled(secret), picture=picture)

    async def confirm(self, asked: Asked) -> RecoveryCodes:
        codes = await asked.office.credentials.confirm_totp(asked.staff.id, asked.body(Code).code, asked.as_request)
        if codes is None:
            raise Fault(422, "wrong-code")
        return RecoveryCodes(codes=codes)

    async def drop(self, asked: Asked) -> None:
        await _proved(asked, asked.body(Proof))
        await asked.office.credentials.drop_totp(asked.staff.id, asked.as_request)

    async def elsewhere(self, asked: Asked) -> SignedOut:
        here = token_sha256(asked.session)
        ended = await asked.office.sessions.end_everywhere(asked.staff.id, asked.as_request, but=here)
        return SignedOut(sessions=ended)

    async def end(self, asked: Asked) -> None:
        if not await asked.office.sessions.end(asked.staff.id, asked.path("id"), asked.as_request):
            raise Fault(404, "not-found")

    async def _begin_again(self, asked: Asked) -> web.Response:
        """The password ended every session; this browser has just proved it."""
        office, member = asked.office, asked.staff
        token = await office.sessions.begin(
            member.id, await office.credentials.load(member.id), asked.as_request,
            address=remote_of(asked.request), agent=asked.request.headers.get("User-Agent", ""),
        )  # fmt: skip
        if token is None:
            raise Fault(401, "sign-in-first")
        body = NewSession(csrf=csrf_of(token)).model_dump_json()
        response = web.Response(text=body, content_type="application/json")
        self._gate.keep(response, token)
        return response


async def _proved(asked: Asked, proof: Proof) -> Secrets:
    """What the member's account is proved with, once more. Raises Fault."""
    attempt = Attempt(
        asked.staff.profile.sign_in, proof.password, remote_of(asked.request), code=proof.code, session=asked.session
    )
    outcome = await asked.office.sign_in.reprove(asked.staff, attempt, asked.id, asked.now)
    if isinstance(outcome, Wait):
        raise Fault(429, "wait", more={"retry_s": str(max(1, round(outcome.delay.total_seconds())))})
    if not isinstance(outcome, Secrets):
        raise Fault(403, "wrong-proof" if outcome == "wrong" else outcome)
    return outcome


async def _sessions(asked: Asked) -> tuple[SessionView, ...]:
    here = token_sha256(asked.session)
    return tuple(
        SessionView(
            id=found.session.id, began_at=found.session.began_at, seen_at=found.session.seen_at,
            address=found.address, agent=found.agent, here=found.session.id == here,
        )
        for found in await asked.office.sessions.listing(asked.staff.id, asked.now)
    )  # fmt: skip
