"""What staff prove themselves with: passwords, second factors, links to set a password. Only hashes and sealed text.

Every method may raise `Unavailable`.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, cast

from redis.asyncio import Redis

from clinic.keys import AUDIT
from clinic.people import keys, staff_steps, totp
from clinic.people.request import Request
from clinic.people.roster import SUBJECT
from clinic.people.session import new_token, staff_of, token_sha256
from clinic.privacy.audit import Audit
from clinic.privacy.keys import AUDIT_HEADS
from clinic.privacy.vault import Vault
from clinic.unavailable import unavailable_when_down

INVITATION_VALID: Final = timedelta(days=3)
RESET_VALID: Final = timedelta(hours=2)

_ANY: Final = ""
"""In place of a field that must be as it was."""


@dataclass(frozen=True)
class Secrets:
    """What is stored of one staff member, opened. `sealed_password` tells this password from a later one."""

    phc: str | None = field(default=None, repr=False)
    sealed_password: str = field(default="", repr=False)
    totp: bytes | None = field(default=None, repr=False)
    totp_step: int = -1


@dataclass(frozen=True)
class _Change:
    set: Sequence[str] = ()
    remove: Sequence[str] = ()
    recovery: Sequence[str] | None = None
    end_sessions: bool = False


class Credentials:
    """Of all staff of one clinic. Stateless: any number of processes may have one."""

    def __init__(self, redis: Redis, vault: Vault, audit: Audit) -> None:
        self._redis = redis
        self._vault = vault
        self._audit = audit
        self._change = redis.register_script(staff_steps.CHANGE_CREDENTIALS)
        self._take_step = redis.register_script(staff_steps.TAKE_STEP)
        self._take_recovery = redis.register_script(staff_steps.TAKE_RECOVERY)
        self._rehash = redis.register_script(staff_steps.REHASH)

    async def load(self, staff_id: str) -> Secrets:
        """Nothing at all for who has none, or does not exist."""
        async with unavailable_when_down():
            found = await cast("Any", self._redis.hgetall(keys.credentials(staff_id)))
        password, secret = found.get(b"password", b"").decode(), found.get(b"totp", b"").decode()
        return Secrets(
            phc=await self._open(staff_id, "password", password) if password else None,
            sealed_password=password,
            totp=b64decode(await self._open(staff_id, "totp", secret)) if secret else None,
            totp_step=int(found.get(b"totp_step", -1)),
        )

    async def issue_link(self, staff_id: str, valid: timedelta, request: Request) -> str:
        """A token with which the staff member sets a password, once; the one before it is worth nothing."""
        token = new_token(staff_id)
        ends = str(_ms(request.at + valid))
        change = _Change(set=("link", token_sha256(token), "link_ends", ends))
        await self._apply(staff_id, _ANY, "", change, request, "issue_password_link")
        return token

    async def staff_of_link(self, token: str, now: datetime) -> str | None:
        """Whose password the link sets; None when it was used, replaced, or is over."""
        staff_id = staff_of(token)
        async with unavailable_when_down():
            link, ends = await cast("Any", self._redis.hmget(keys.credentials(staff_id), ["link", "link_ends"]))
        counts = link is not None and link.decode() == token_sha256(token) and _ms(now) < int(ends)
        return staff_id if counts else None

    async def redeem_link(self, token: str, phc: str, request: Request) -> str | None:
        """Set the password (its hash) by the link and end all sessions; whose it is, or None as `staff_of_link`."""
        staff_id = await self.staff_of_link(token, request.at)
        if staff_id is None:
            return None
        change = await self._password(staff_id, phc)
        done = await self._apply(staff_id, "link", token_sha256(token), change, request, "set_password_by_link")
        return staff_id if done else None

    async def set_password(self, staff_id: str, before: Secrets, phc: str, request: Request) -> bool:
        """Another password for who proved the one `before`, and the end of all sessions; begin a new one after it.
        False: somebody else changed it meanwhile."""
        change = await self._password(staff_id, phc)
        return await self._apply(staff_id, "password", before.sealed_password, change, request, "set_password")

    async def rehash(self, staff_id: str, before: Secrets, phc: str) -> None:
        """The same password hashed anew, unless it was changed meanwhile."""
        sealed = await self._seal(staff_id, "password", phc)
        async with unavailable_when_down():
            await self._rehash(keys=[keys.credentials(staff_id)], args=[before.sealed_password, sealed])

    async def begin_totp(self, staff_id: str, request: Request) -> bytes:
        """A secret for an authenticator app. It counts from `confirm_totp` on; until then what was before does."""
        secret = totp.new_secret()
        change = _Change(set=("totp_pending", await self._seal(staff_id, "totp", b64encode(secret).decode())))
        await self._apply(staff_id, _ANY, "", change, request, "begin_totp")
        return secret

    async def confirm_totp(self, staff_id: str, code: str, request: Request) -> tuple[str, ...] | None:
        """The app shows right codes: they count from now on. Recovery codes, to be shown once; None: a wrong code."""
        pending = await self._stored(staff_id, "totp_pending")
        if not pending:
            return None
        secret = b64decode(await self._open(staff_id, "totp", pending))
        step = totp.matching_step(secret, code, request.at, last=-1)
        if step is None:
            return None
        codes = totp.new_recovery_codes()
        change = _Change(
            set=("totp", pending, "totp_step", str(step)),
            remove=("totp_pending",),
            recovery=[totp.recovery_sha256(code) for code in codes],
        )
        done = await self._apply(staff_id, "totp_pending", pending, change, request, "confirm_totp")
        return codes if done else None

    async def drop_totp(self, staff_id: str, request: Request) -> None:
        """No second factor any more: of who lost phone and recovery codes, or does not want it."""
        change = _Change(remove=("totp", "totp_pending", "totp_step"), recovery=())
        await self._apply(staff_id, _ANY, "", change, request, "drop_totp")

    async def take_code(self, staff_id: str, known: Secrets, code: str, request: Request) -> bool:
        """Whether the code, of the app or for recovery, proves the second factor. Each does once."""
        if known.totp is None:
            return False
        step = totp.matching_step(known.totp, code, request.at, known.totp_step)
        if step is None:
            return await self._take_recovery_code(staff_id, code, request)
        async with unavailable_when_down():
            return bool(await self._take_step(keys=[keys.credentials(staff_id)], args=[step]))

    async def recovery_codes_left(self, staff_id: str) -> int:
        async with unavailable_when_down():
            return int(await cast("Any", self._redis.scard(keys.recovery_codes(staff_id))))

    async def _take_recovery_code(self, staff_id: str, code: str, request: Request) -> bool:
        async def step(entry: str) -> int | None:
            async with unavailable_when_down():
                answer = await self._take_recovery(
                    keys=[keys.recovery_codes(staff_id), AUDIT, AUDIT_HEADS],
                    args=[entry, totp.recovery_sha256(code)],
                )
            return cast("int | None", answer)

        return bool(await self._audit.chained(request.about_staff(staff_id, "use_recovery_code"), step))

    async def _password(self, staff_id: str, phc: str) -> _Change:
        sealed = await self._seal(staff_id, "password", phc)
        return _Change(set=("password", sealed), remove=("link", "link_ends"), end_sessions=True)

    async def _apply(
        self, staff_id: str, guard: str, before: str, change: _Change, request: Request, action: str
    ) -> bool:
        """Change the credentials if the field `guard` still is as `before`."""
        args = [
            guard,
            before,
            "1" if change.end_sessions else "",
            "" if change.recovery is None else "1",
            json.dumps({"set": change.set, "remove": change.remove, "recovery": change.recovery or ()}),
        ]
        keys_of = [keys.credentials(staff_id), keys.recovery_codes(staff_id), keys.sessions(staff_id)]

        async def step(entry: str) -> int | None:
            async with unavailable_when_down():
                answer = await self._change(keys=[*keys_of, AUDIT, AUDIT_HEADS], args=[entry, *args])
            return cast("int | None", answer)

        return bool(await self._audit.chained(request.about_staff(staff_id, action), step))

    async def _stored(self, staff_id: str, name: str) -> str:
        async with unavailable_when_down():
            found = await cast("Any", self._redis.hget(keys.credentials(staff_id), name))
        return found.decode() if found else ""

    async def _seal(self, staff_id: str, name: str, plain: str) -> str:
        return (await self._vault.sealer(SUBJECT, create=True)).seal(f"{name} {staff_id}", plain)

    async def _open(self, staff_id: str, name: str, sealed: str) -> str:
        return (await self._vault.sealer(SUBJECT)).open(f"{name} {staff_id}", sealed)


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
