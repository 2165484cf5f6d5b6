"""Data keys: one a subject, wrapped by the master key, in Redis. Destroying one makes all that it sealed unreadable.

Nothing is cached: each sealer is a fresh look, so that no process goes on reading after a destruction. A destroyed key
is still in the append-only file until that is rewritten, and in backups made before; see `Vault.forget`.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, cast

from redis.asyncio import Redis

from clinic.privacy import keys, scripts
from clinic.privacy.master_key import KEY_BYTES, MasterKey, MasterKeyError
from clinic.privacy.sealing import Sealer, Shredded, Tampered, decrypt, encrypt, place
from clinic.unavailable import unavailable_when_down

DESTROYED: Final = "0"
WRAPPED: Final = "1"


class UnknownSubject(LookupError):
    """The subject has no data key: nothing was ever sealed for it."""


class Vault:
    """The data keys of one clinic. Every method may raise `Unavailable`; any number of processes may have one."""

    def __init__(self, redis: Redis, master: MasterKey) -> None:
        self._redis = redis
        self._master = master
        self._create = redis.register_script(scripts.CREATE_DATAKEY)
        self._destroy = redis.register_script(scripts.DESTROY_DATAKEY)
        self._rewrap = redis.register_script(scripts.REWRAP_DATAKEY)

    async def claim(self) -> None:
        """At the start: is this the master key of what is in Redis? Raises MasterKeyError, as where its file was lost
        and a new one made; going on would find nobody by an index and mix two clinics."""
        async with unavailable_when_down():
            await self._redis.set(keys.CLINIC_ID, self._master.clinic, nx=True)
            stored = await cast("Any", self._redis.get(keys.CLINIC_ID))
        if stored.decode() != self._master.clinic:
            raise MasterKeyError(f"Redis has the data of the clinic {stored.decode()}, not of {self._master.clinic}")

    async def sealer(self, subject: str, *, create: bool = False) -> Sealer:
        """The subject's data key, made on first use with `create`; one for a destroyed key refuses everything.

        Raises UnknownSubject, Tampered, MasterKeyError.
        """
        async with unavailable_when_down():
            stored = await cast("Any", self._redis.hget(keys.DATAKEYS, subject))
            if stored is None and create:
                wrapped = self._wrap(subject, secrets.token_bytes(KEY_BYTES))
                stored = await self._create(keys=[keys.DATAKEYS], args=[subject, wrapped])
        return self.sealer_of(subject, stored)

    async def sealers(self, subjects: Iterable[str]) -> dict[str, Sealer]:
        """Those of many, in one question; who has no data key is left out. Raises Tampered, MasterKeyError."""
        asked = list(dict.fromkeys(subjects))
        if not asked:
            return {}
        async with unavailable_when_down():
            stored = await cast("Any", self._redis.hmget(keys.DATAKEYS, asked))
        pairs = zip(asked, stored, strict=True)
        return {subject: self.sealer_of(subject, key) for subject, key in pairs if key is not None}

    def sealer_of(self, subject: str, stored: bytes | None) -> Sealer:
        """That of a data key which somebody else's step has just read beside its own. Raises as `sealer`."""
        if stored is None:
            raise UnknownSubject(subject)
        return self._sealer(subject, stored.decode())

    async def destroy(self, subject: str, now: datetime) -> bool:
        """Crypto-shredding, for good: no new key can be made under this id. False when it was done before.

        For a key that a restore brought back. What a person asks for goes through `Shredder`, with the audit.
        """
        async with unavailable_when_down():
            return bool(await self._destroy(keys=[keys.DATAKEYS], args=[subject, tombstone(now)]))

    async def forget(self) -> None:
        """Start the rewrite that takes destroyed keys out of the append-only file. Raises redis.ResponseError when
        one is running already: ask again after it, for it may have begun before the destruction."""
        async with unavailable_when_down():
            await cast("Any", self._redis.bgrewriteaof())

    async def tombstones(self, of: str = keys.DATAKEYS) -> dict[str, datetime]:
        """All subjects whose key was destroyed, and when: to destroy them again where a backup brought them back."""
        async with unavailable_when_down():
            stored = await cast("Any", self._redis.hgetall(of))
        pairs = ((subject.decode(), key.decode().partition(".")) for subject, key in stored.items())
        return {subject: datetime.fromisoformat(at) for subject, (kind, _, at) in pairs if kind == DESTROYED}

    async def rewrap(self) -> int:
        """Wrap all data keys by the newest master key; how many were not. Safe to repeat, and beside other work."""
        done, cursor = 0, None
        while cursor != 0:
            async with unavailable_when_down():
                cursor, page = await cast("Any", self._redis.hscan(keys.DATAKEYS, cursor or 0, count=100))
            for subject, stored in page.items():
                done += await self._rewrap_one(subject.decode(), stored.decode())
        return done

    def blind(self, kind: str, normalised: str) -> str:
        """A blind index: 64 hex digits that tell equal values of a kind (a cédula, a phone), and nothing else."""
        message = place(self._master.clinic, kind) + b"|" + normalised.encode()
        return hmac.digest(self._master.index_key(), message, "sha256").hex()

    async def _rewrap_one(self, subject: str, stored: str) -> int:
        if stored.startswith((f"{DESTROYED}.", f"{WRAPPED}.{self._master.newest}.")):
            return 0
        wrapped = self._wrap(subject, self._unwrap(subject, stored))
        async with unavailable_when_down():
            return int(await self._rewrap(keys=[keys.DATAKEYS], args=[subject, stored, wrapped]))

    def _sealer(self, subject: str, stored: str) -> Sealer:
        if stored.startswith(f"{DESTROYED}."):
            at = datetime.fromisoformat(stored.partition(".")[2])
            return Sealer(self._master.clinic, subject, Shredded(subject, at))
        return Sealer(self._master.clinic, subject, self._unwrap(subject, stored))

    def _wrap(self, subject: str, key: bytes) -> str:
        newest = self._master.newest
        wrapped = encrypt(self._master.wrapping_key(newest), place(self._master.clinic, subject, newest), key)
        return f"{WRAPPED}.{newest}.{wrapped}"

    def _unwrap(self, subject: str, stored: str) -> bytes:
        match stored.split(".", 2):
            case [version, key_id, wrapped] if version == WRAPPED:
                where = place(self._master.clinic, subject, key_id)
                return decrypt(self._master.wrapping_key(key_id), where, wrapped)
        raise Tampered(f"the data key of {subject} is not one")


def tombstone(now: datetime) -> str:
    """What stands for a destroyed key. `now` is aware."""
    return f"{DESTROYED}.{now.isoformat()}"
