"""How staff sign in: counted, verified and begun, with the same answer at the same cost for a name that nobody has."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, TypeVar

from clinic.people.attempts import Attempts, Counter, Wait
from clinic.people.credentials import Credentials, Secrets
from clinic.people.faults import Fault
from clinic.people.hashing import Hasher
from clinic.people.lockout import ACCOUNT, ADDRESS, SESSION
from clinic.people.request import Request
from clinic.people.roster import Roster
from clinic.people.session import csrf_of
from clinic.people.sessions import Sessions
from clinic.people.staff import Member, parse_sign_in
from clinic.privacy.audit import Audit
from clinic.privacy.audit_entry import CLINIC_SCOPE, Entry
from clinic.privacy.vault import Vault

NOBODY: Final = "nobody"
"""Whose credentials are read for a sign-in that is not known: there are none."""


@dataclass(frozen=True)
class Attempt:
    """What a browser sent. `code`: of the second factor, or empty. `session`: the token that it has already."""

    sign_in: str = field(repr=False)
    password: str = field(repr=False)
    address: str = field(repr=False)
    agent: str = field(default="", repr=False)
    code: str = field(default="", repr=False)
    session: str = field(default="", repr=False)


@dataclass(frozen=True)
class SignedIn:
    """Set `token` as the cookie, give `csrf` to the page."""

    member: Member
    token: str = field(repr=False)
    csrf: str = field(repr=False)


Refusal = Literal["wrong", "code-needed"]
"""`wrong`: name, password or code, or a closed account; never which. `code-needed`: the password is right."""


_Proved = TypeVar("_Proved", SignedIn, Secrets)
_Proof = Callable[[Attempt, Member | None, Request], Awaitable[_Proved | Refusal]]


class SignIn:
    """The one way to a new session."""

    def __init__(
        self,
        vault: Vault,
        audit: Audit,
        hasher: Hasher,
        *,
        roster: Roster,
        credentials: Credentials,
        attempts: Attempts,
        sessions: Sessions,
    ) -> None:
        self._vault = vault
        self._audit = audit
        self._hasher = hasher
        self._roster = roster
        self._credentials = credentials
        self._attempts = attempts
        self._sessions = sessions

    async def sign_in(self, attempt: Attempt, request_id: str, now: datetime) -> SignedIn | Refusal | Wait:
        """A new session for who proves the account; the browser's old one ends. Raises Busy, Unavailable."""
        sign_in = parse_sign_in(attempt.sign_in)
        known = None if isinstance(sign_in, Fault) else await self._roster.with_sign_in(sign_in)
        member = known if known and known.active else None
        request = Request(request_id, member.id if member else NOBODY, "staff", now)
        return await self._counted(attempt, sign_in if isinstance(sign_in, str) else "", member, request, self._prove)

    async def reprove(
        self, member: Member, attempt: Attempt, request_id: str, now: datetime
    ) -> Secrets | Refusal | Wait:
        """Who is signed in proves the password (and code) again before something grave; nothing else changes."""
        request = Request(request_id, member.id, "staff", now)
        return await self._counted(attempt, member.profile.sign_in, member, request, self._verify)

    async def _counted(
        self, attempt: Attempt, sign_in: str, member: Member | None, request: Request, proof: _Proof[_Proved]
    ) -> _Proved | Refusal | Wait:
        """The proof as one try: it counts as failed unless it succeeds, or all that is missing is a code."""
        counted = await self._attempts.count(await self._counters(attempt, sign_in, member, request.at), request.at)
        if isinstance(counted, Wait):
            return counted
        outcome = await proof(attempt, member, request)
        if outcome == "wrong":
            await self._audit.record(_failure(member, request))
        elif outcome == "code-needed":
            await self._attempts.take_back(counted)
        else:
            await self._attempts.forgive(counted)
        return outcome

    async def _prove(self, attempt: Attempt, member: Member | None, request: Request) -> SignedIn | Refusal:
        secrets = await self._verify(attempt, member, request)
        if not isinstance(secrets, Secrets) or member is None:
            return "wrong" if isinstance(secrets, Secrets) else secrets
        token = await self._sessions.begin(
            member.id, secrets, request, address=attempt.address, agent=attempt.agent, replaces=attempt.session
        )
        if token is None:
            return "wrong"
        await self._keep_hash_new(member, secrets, attempt.password)
        return SignedIn(member, token, csrf_of(token))

    async def _verify(self, attempt: Attempt, member: Member | None, request: Request) -> Secrets | Refusal:
        """The same steps for a member and for nobody, up to the password's end."""
        secrets = await self._credentials.load(member.id if member else NOBODY)
        if not await self._hasher.verify(secrets.phc, attempt.password) or member is None:
            return "wrong"
        if secrets.totp is None:
            return secrets
        if not attempt.code:
            return "code-needed"
        right = await self._credentials.take_code(member.id, secrets, attempt.code, request)
        return secrets if right else "wrong"

    async def _keep_hash_new(self, member: Member, secrets: Secrets, password: str) -> None:
        if secrets.phc and self._hasher.outdated(secrets.phc):
            await self._credentials.rehash(member.id, secrets, await self._hasher.hash(password))

    async def _counters(
        self, attempt: Attempt, sign_in: str, member: Member | None, now: datetime
    ) -> tuple[Counter, ...]:
        """Who holds a session of the account is counted apart: what strangers do to the account does not touch them."""
        session = await self._sessions.find(attempt.session, now)
        if session and member and session.staff == member.id:
            return (Counter(self._vault.blind("session", session.id), SESSION),)
        return (
            Counter(self._vault.blind("attempts", sign_in), ACCOUNT),
            Counter(self._vault.blind("address", attempt.address), ADDRESS),
        )


def _failure(member: Member | None, request: Request) -> Entry:
    """Also of a name that nobody has: it must cost the same."""
    if member:
        return request.about_staff(member.id, "sign_in", outcome="wrong")
    return Entry(
        CLINIC_SCOPE, "sign_in", NOBODY, request.role, "HSYSADMIN", request.at, outcome="wrong", request=request.id
    )
