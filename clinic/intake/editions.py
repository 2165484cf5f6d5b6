"""Numbered editions of something that the clinic publishes: none is ever changed, and the newest one holds.

What an edition says is JSON that the caller reads; here it is only kept, in order, with who published it and when.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, cast

from pydantic import AwareDatetime, BaseModel, ConfigDict
from redis.asyncio import Redis

from clinic.intake import scripts
from clinic.intake.permission import role_may
from clinic.keys import AUDIT
from clinic.people.request import Request
from clinic.privacy.audit import Audit
from clinic.privacy.audit_entry import CLINIC_SCOPE, Entry
from clinic.privacy.keys import AUDIT_HEADS
from clinic.unavailable import unavailable_when_down

NEWEST: Final = "newest"


class UnknownEdition(LookupError):
    """There is no edition with this number."""


class Edition(BaseModel):
    """One edition, from 1. `content`: JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    content: str
    published_by: str
    published_at: AwareDatetime


@dataclass(frozen=True)
class NotPublished:
    """`not-allowed`: the role may not configure the clinic. `changed`: `base` is not the newest any more."""

    code: Literal["not-allowed", "changed"]


class Editions:
    """The editions at one key. Stateless; every method may raise `Unavailable`."""

    def __init__(self, redis: Redis, audit: Audit, key: str, action: str) -> None:
        """`action`: what the audit calls a publication."""
        self._redis = redis
        self._audit = audit
        self._key = key
        self._action = action
        self._publish = redis.register_script(scripts.PUBLISH)

    async def publish(self, content: str, base: int, request: Request) -> Edition | NotPublished:
        """Make this the newest edition, if `base` (0: none) still is; the same request publishes once."""
        if not role_may(request.role, "clinic.configure"):
            return NotPublished("not-allowed")
        return await self._write(content, base, request)

    async def found(self, content: str, now: datetime) -> Edition:
        """The newest edition; this content as the first one where there is none, so that a later release of ours
        cannot change what patients accepted."""
        request = Request("found", "clinic", "", now)
        newest = await self.newest()
        if newest is None:
            written = await self._write(content, 0, request)
            newest = written if isinstance(written, Edition) else await self.newest()
        assert newest is not None
        return newest

    async def newest(self) -> Edition | None:
        async with unavailable_when_down():
            number = await cast("Any", self._redis.hget(self._key, NEWEST))
        return None if number is None else await self.load(int(number))

    async def load(self, number: int) -> Edition:
        """Raises UnknownEdition."""
        async with unavailable_when_down():
            stored = await cast("Any", self._redis.hget(self._key, str(number)))
        if stored is None:
            raise UnknownEdition(number)
        return Edition.model_validate_json(stored)

    async def all(self) -> tuple[Edition, ...]:
        """Oldest first."""
        async with unavailable_when_down():
            stored = await cast("Any", self._redis.hgetall(self._key))
        numbers = sorted(int(field) for field in stored if field.isdigit())
        return tuple(Edition.model_validate_json(stored[str(number).encode()]) for number in numbers)

    async def _write(self, content: str, base: int, request: Request) -> Edition | NotPublished:
        edition = Edition(number=base + 1, content=content, published_by=request.actor, published_at=request.at)
        entry = Entry(
            CLINIC_SCOPE, self._action, request.actor, request.role, "HSYSADMIN", request.at,
            request=request.id, facts=f"edition {edition.number}",
        )  # fmt: skip

        async def step(argument: str) -> list[bytes] | None:
            async with unavailable_when_down():
                answer = await self._publish(
                    keys=[self._key, AUDIT, AUDIT_HEADS],
                    args=[argument, base, f"{request.actor}/{request.id}", edition.model_dump_json()],
                )
            return cast("list[bytes] | None", answer)

        match await self._audit.chained(entry, step):
            case [b"repeated", number]:
                return await self.load(int(number))
            case [b"done"]:
                return edition
        return NotPublished("changed")
