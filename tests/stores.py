"""A store of consultations for tests: what a process of the clinic has, over the Redis of the test."""

from __future__ import annotations

from pathlib import Path

from redis.asyncio import Redis

from clinic.privacy.audit_entry import AuditKeys
from clinic.privacy.master_key import MasterKey
from clinic.privacy.vault import Vault
from clinic.store import Store

MASTER = MasterKey((b"m" * 32,))


def sealed_store(redis: Redis, master: MasterKey = MASTER) -> Store:
    return Store(redis, Vault(redis, master), AuditKeys.of(master))


def served_store(redis: Redis, data_dir: Path) -> Store:
    """The store of a `hilo serve` that runs in this data directory."""
    return sealed_store(redis, MasterKey.load(data_dir / "master.key"))
