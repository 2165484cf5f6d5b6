"""API keys in Redis: hashes of their tokens, what each may do, and when it was used.

Every method may raise `Unavailable`.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from pydantic import AwareDatetime, BaseModel, ConfigDict
from redis.asyncio import Redis

from clinic.keys import AUDIT
from clinic.people import keys, staff_steps
from clinic.people.api_key import ApiKey, id_of, new_secret, token_of
from clinic.people.request import Request
from clinic.people.roster import SUBJECT
from clinic.people.session import token_sha256
from clinic.people.staff import Capability
from clinic.privacy.audit import Audit
from clinic.privacy.audit_entry import CLINIC_SCOPE, Entry
from clinic.privacy.keys import AUDIT_HEADS
from clinic.privacy.vault import Vault
from clinic.unavailable import unavailable_when_down

WRITTEN_EVERY: Final = timedelta(minutes=1)


class _Stored(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    sealed_label: str
    sha256: str
    capabilities: tuple[Capability, ...]
    created_at: AwareDatetime
    created_by: str


class ApiKeys:
    """Of one clinic. Stateless: any number of processes may have one."""

    def __init__(self, redis: Redis, vault: Vault, audit: Audit) -> None:
        self._redis = redis
        self._vault = vault
        self._audit = audit
        self._save = redis.register_script(staff_steps.SAVE_API_KEY)
        self._revoke = redis.register_script(staff_steps.REVOKE_API_KEY)

    async def make(self, label: str, capabilities: Iterable[Capability], request: Request) -> tuple[ApiKey, str]:
        """A new key and its token, which is not kept. The same request again makes the same key with another token, for
        an answer that was lost."""
        key_id = hashlib.sha256(f"{request.actor}/{request.id}".encode()).hexdigest()[:16]
        token = token_of(key_id, new_secret())
        sealer = await self._vault.sealer(SUBJECT, create=True)
        stored = _Stored(
            sealed_label=sealer.seal(_field(key_id), label), sha256=token_sha256(token),
            capabilities=tuple(sorted(set(capabilities))), created_at=request.at, created_by=request.actor,
        )  # fmt: skip
        await self._write(self._save, key_id, stored.model_dump_json(), request, "make_api_key")
        return ApiKey(key_id, label, frozenset(stored.capabilities), request.at, request.actor), token

    async def revoke(self, key_id: str, request: Request) -> bool:
        """It opens nothing from now on, for good; False when there is no such key, or it was revoked before."""
        return await self._write(self._revoke, key_id, str(_ms(request.at)), request, "revoke_api_key")

    async def find(self, token: str, now: datetime) -> ApiKey | None:
        """The key of a token that counts, and it was used just now."""
        key_id = id_of(token)
        found = await self._load(key_id) if key_id else None
        if found is None or not hmac.compare_digest(found[0].sha256, token_sha256(token)):
            return None
        key = found[1]
        if key.revoked_at is not None:
            return None
        if key.used_at is None or now - key.used_at >= WRITTEN_EVERY:
            async with unavailable_when_down():
                await cast("Any", self._redis.hset(keys.API_KEYS_USED, key_id, _ms(now)))
        return key

    async def all(self) -> tuple[ApiKey, ...]:
        """Also revoked ones, the oldest first."""
        async with unavailable_when_down():
            ids = await cast("Any", self._redis.hkeys(keys.API_KEYS))
        found = [await self._load(key_id.decode()) for key_id in ids]
        return tuple(sorted((each[1] for each in found if each), key=lambda key: (key.created_at, key.id)))

    async def _load(self, key_id: str) -> tuple[_Stored, ApiKey] | None:
        async with unavailable_when_down(), self._redis.pipeline(transaction=True) as pipeline:
            for name in (keys.API_KEYS, keys.API_KEYS_REVOKED, keys.API_KEYS_USED):
                pipeline.hget(name, key_id)
            raw, revoked, used = await pipeline.execute()
        if raw is None:
            return None
        stored = _Stored.model_validate_json(raw)
        label = (await self._vault.sealer(SUBJECT)).open(_field(key_id), stored.sealed_label)
        key = ApiKey(
            key_id, label, frozenset(stored.capabilities), stored.created_at, stored.created_by, _at(revoked), _at(used)
        )
        return stored, key

    async def _write(self, script: Any, key_id: str, value: str, request: Request, action: str) -> bool:
        entry = Entry(
            CLINIC_SCOPE, action, request.actor, request.role, "HSYSADMIN", request.at, request=request.id, facts=key_id
        )
        keys_of = [keys.API_KEYS, keys.API_KEYS_REVOKED, AUDIT, AUDIT_HEADS]

        async def step(sealed: str) -> int | None:
            async with unavailable_when_down():
                return cast("int | None", await script(keys=keys_of, args=[sealed, key_id, value]))

        return bool(await self._audit.chained(entry, step))


def _field(key_id: str) -> str:
    return f"api-key {key_id}"


def _at(ms: bytes | None) -> datetime | None:
    return None if ms is None else datetime.fromtimestamp(int(ms) / 1000, UTC)


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
