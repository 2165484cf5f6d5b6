"""What tests of the diary share: an office with a diary over a real Valkey, and appointments to book."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from redis.asyncio import Redis

from clinic.booking.appointment import Reason
from clinic.booking.diary import Diary
from clinic.booking.request import Author, Wanted
from clinic.booking.rules import Rules
from clinic.booking.step import Done
from clinic.privacy.audit import Audit
from clinic.privacy.audit_entry import AuditKeys
from clinic.privacy.master_key import MasterKey
from clinic.privacy.vault import Vault
from stores import sealed_store

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
MASTER = MasterKey((b"m" * 32,))


class Office:
    """One process' diary, with what stands behind it."""

    def __init__(self, redis: Redis, rules: Rules | None = None) -> None:
        self.redis = redis
        self.vault = Vault(redis, MASTER)
        self.store = sealed_store(redis)
        self.audit = Audit(redis, AuditKeys.of(MASTER))
        self.diary = Diary(redis, self.vault, self.store, self.audit, rules)
        self._commands = 0

    async def register(self, *patients: str) -> None:
        for patient in patients:
            await self.vault.sealer(patient, create=True)

    def author(self, key: str = "", by: str = "luz") -> Author:
        """Somebody with a new key, unless one is given."""
        self._commands += 1
        return Author(by, "coordinator", key or f"command-{self._commands}")

    async def book(self, wanted: Wanted) -> str:
        """The new appointment's id."""
        done = await self.diary.book(wanted, self.author(), NOW)
        assert isinstance(done, Done), done
        return done.appointment


def wanted(
    minutes: int = 60, length: int = 20, patient: str = "ana", physician: str = "paz", title: str = "control"
) -> Wanted:
    """An appointment that begins in so many minutes."""
    starts_at = NOW + timedelta(minutes=minutes)
    return Wanted(patient, physician, starts_at, starts_at + timedelta(minutes=length), Reason(title))
