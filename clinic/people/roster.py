"""Staff accounts in Redis: who works here, sealed under the clinic's data key. Passwords are in credentials.py.

Every method may raise `Unavailable`.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal, cast

from pydantic import TypeAdapter
from redis.asyncio import Redis

from clinic.keys import AUDIT
from clinic.people import keys, staff_steps
from clinic.people.request import Request
from clinic.people.session import TOKEN_BYTES, token_sha256
from clinic.people.staff import Member, Profile
from clinic.privacy.audit import Audit
from clinic.privacy.audit_entry import CLINIC_SCOPE, Entry
from clinic.privacy.keys import AUDIT_HEADS
from clinic.privacy.vault import Vault
from clinic.unavailable import unavailable_when_down

SUBJECT: Final = "clinic"
"""The data key of staff: what they signed outlives their time here."""

SETUP_VALID: Final = timedelta(hours=24)

Refused = Literal["changed", "taken", "link-used", "last-administrator"]
"""`changed`: another version is the newest by now. `taken`: the sign-in is somebody else's. `last-administrator`: a
clinic without any could never get one again."""

_profile: Final = TypeAdapter(Profile)


class UnknownMember(LookupError):
    """There is no staff member with this id."""


@dataclass(frozen=True)
class _Founding:
    link_sha256: str = ""
    sealed_password: str = ""


class Roster:
    """The accounts of one clinic. Stateless: any number of processes may have one."""

    def __init__(self, redis: Redis, vault: Vault, audit: Audit) -> None:
        self._redis = redis
        self._vault = vault
        self._audit = audit
        self._save = redis.register_script(staff_steps.SAVE_MEMBER)
        self._issue_setup = redis.register_script(staff_steps.ISSUE_SETUP)

    async def issue_setup_link(self, now: datetime) -> str | None:
        """The token that founds the clinic's staff, once, within a day; the one before is worth nothing. None: there is
        staff already."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        args: list[str | int] = [token_sha256(token), _ms(now + SETUP_VALID)]
        entry = Entry(CLINIC_SCOPE, "issue_setup_link", "clinic", "", "HSYSADMIN", now)

        async def step(sealed: str) -> int | None:
            async with unavailable_when_down():
                answer = await self._issue_setup(
                    keys=[keys.SETUP_LINK, keys.STAFF, AUDIT, AUDIT_HEADS], args=[sealed, *args]
                )
            return cast("int | None", answer)

        return token if await self._audit.chained(entry, step) else None

    async def opens_setup(self, token: str) -> bool:
        """Whether the token still founds the staff: for the page, before anything is typed."""
        async with unavailable_when_down():
            counts = await self._redis.get(keys.SETUP_LINK)
        return counts == token_sha256(token).encode()

    async def found(self, token: str, profile: Profile, phc: str, request: Request) -> Member | Refused:
        """The first administrator, with a password (its hash), by the set-up link."""
        founder = replace(profile, roles=tuple(dict.fromkeys((*profile.roles, "administrator"))))
        sealer = await self._vault.sealer(SUBJECT, create=True)
        member = Member(_new_id(), 1, founder)
        founding = _Founding(token_sha256(token), sealer.seal(f"password {member.id}", phc))
        return await self._write(member, request, "found_clinic", founding)

    async def add(self, profile: Profile, request: Request) -> Member | Refused:
        """A new account, without a password: issue a link for it."""
        known = await self._staff_id(profile.sign_in)
        if known is not None:
            return await self._repeated(known, request) or "taken"
        return await self._write(Member(_new_id(), 1, profile), request, "add_staff")

    async def change(
        self, staff_id: str, version: int, profile: Profile, request: Request, *, active: bool = True
    ) -> Member | Refused:
        """Replace a profile, or close (`active=False`) and open an account. Closing ends all its sessions."""
        await self.load(staff_id)
        action = "change_staff" if active else "close_staff"
        return await self._write(Member(staff_id, version + 1, profile, active), request, action)

    async def load(self, staff_id: str) -> Member:
        """Raises UnknownMember."""
        async with unavailable_when_down(), self._redis.pipeline(transaction=True) as pipeline:
            pipeline.hmget(keys.member(staff_id), ["version", "sealed"])
            pipeline.hget(keys.STAFF, staff_id)
            (version, sealed), state = await pipeline.execute()
        if version is None:
            raise UnknownMember(staff_id)
        plain = (await self._vault.sealer(SUBJECT)).open(_field(staff_id), sealed.decode())
        return Member(staff_id, int(version), _profile.validate_json(plain), state == b"active")

    async def with_sign_in(self, sign_in: str) -> Member | None:
        """Whose sign-in it is, as `parse_sign_in` gives it; also of a closed account."""
        staff_id = await self._staff_id(sign_in)
        return await self.load(staff_id) if staff_id else None

    async def all(self) -> tuple[Member, ...]:
        """Everybody, in the order of names; also closed accounts."""
        async with unavailable_when_down():
            ids = await cast("Any", self._redis.hkeys(keys.STAFF))
        members = [await self.load(staff_id.decode()) for staff_id in ids]
        return tuple(sorted(members, key=lambda member: (member.profile.name.casefold(), member.id)))

    async def _staff_id(self, sign_in: str) -> str | None:
        async with unavailable_when_down():
            found = await cast("Any", self._redis.hget(keys.STAFF_SIGN_INS, self._blind(sign_in)))
        return found.decode() if found else None

    async def _repeated(self, staff_id: str, request: Request) -> Member | None:
        """The account, if this very request made it and its answer was lost."""
        async with unavailable_when_down():
            last = await cast("Any", self._redis.hget(keys.member(staff_id), "request"))
        return await self.load(staff_id) if last == request.id.encode() else None

    async def _write(
        self, member: Member, request: Request, action: str, founding: _Founding = _Founding()
    ) -> Member | Refused:
        sealer = await self._vault.sealer(SUBJECT, create=True)
        args: list[str | int] = [
            member.id,
            member.version - 1,
            request.id,
            sealer.seal(_field(member.id), _profile.dump_json(member.profile).decode()),
            self._blind(member.profile.sign_in),
            "active" if member.active else "inactive",
            "1" if member.is_administrator else "",
            founding.link_sha256,
            founding.sealed_password,
        ]

        async def step(entry: str) -> bytes | None:
            async with unavailable_when_down():
                return cast("bytes | None", await self._save(keys=_keys_of(member.id), args=[entry, *args]))

        roles = " ".join(member.profile.roles)
        answer = await self._audit.chained(request.about_staff(member.id, action, f"{member.id} {roles}"), step)
        if answer == b"repeated":
            return await self.load(member.id)
        return member if answer == b"done" else cast("Refused", answer.decode())

    def _blind(self, sign_in: str) -> str:
        return self._vault.blind("sign-in", sign_in)


def _field(staff_id: str) -> str:
    return f"staff {staff_id}"


def _keys_of(staff_id: str) -> list[str]:
    return [
        keys.member(staff_id),
        keys.STAFF,
        keys.STAFF_SIGN_INS,
        keys.ADMINISTRATORS,
        keys.sessions(staff_id),
        keys.credentials(staff_id),
        keys.SETUP_LINK,
        AUDIT,
        AUDIT_HEADS,
    ]


def _new_id() -> str:
    return secrets.token_hex(8)


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
