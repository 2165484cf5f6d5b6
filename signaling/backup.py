"""`hilo backup` and `hilo restore`: the clinic's data in one encrypted file, and back.

The master key is not in the file and must be kept apart from it: either alone is worth nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from redis.asyncio import Redis

from clinic.privacy import backup, keys, snapshot
from clinic.privacy.audit import Audit
from clinic.privacy.audit_entry import CLINIC_SCOPE, AuditKeys, Entry
from clinic.privacy.master_key import MasterKey
from clinic.privacy.snapshot import Kept
from clinic.privacy.vault import Vault


@dataclass(frozen=True)
class Restored:
    keys: int
    made_at: datetime
    """When the backup was made."""
    erased: tuple[str, ...]
    """Patients and others whose data keys are destroyed, as they were; what is left of them is to be taken away."""


async def write(redis: Redis, master: MasterKey, file: Path, now: datetime) -> int:
    """The file, whole or not at all; how many keys are in it. Raises OSError and redis' exceptions."""
    entry = Entry(CLINIC_SCOPE, "backup", "clinic", "system", "HSYSADMIN", now)
    await Audit(redis, AuditKeys.of(master)).record(entry)
    kept = await snapshot.take(redis)
    beside = file.with_name(f".{file.name}.part")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as part:
            backup.write(part, snapshot.encoded(kept), master, now)
            part.flush()
            os.fsync(part.fileno())
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
    return len(kept)


async def restore(
    redis: Redis, master: MasterKey, file: Path, now: datetime, *, newer: Sequence[Path] = (), replace: bool = False
) -> Restored:
    """Put a backup into Redis. Who was erased since, as Redis or a `newer` backup knows, is erased again.

    Nothing is changed before the whole file was read. Raises DataThere, DamagedBackup, MasterKeyError, OSError and
    redis' exceptions.
    """
    kept = tuple(_read(file, master))
    vault = Vault(redis, master)
    erased = await vault.tombstones()
    for other in newer:
        erased |= await _tombstones_in(other, redis, master)
    await snapshot.put_back(redis, kept, erased, replace=replace)
    made_at = _header(file).made_at
    facts = f"made {made_at.isoformat()} erased-again {len(erased)}"
    entry = Entry(CLINIC_SCOPE, "restore", "clinic", "system", "HSYSADMIN", now, facts=facts)
    await Audit(redis, AuditKeys.of(master)).record(entry)
    return Restored(len(kept), made_at, tuple(erased))


def _read(file: Path, master: MasterKey) -> Iterator[Kept]:
    with file.open("rb") as stream:
        yield from snapshot.decoded(backup.read(stream, master))


def _header(file: Path) -> backup.Header:
    with file.open("rb") as stream:
        return backup.Header.read(stream.readline(backup.MAX_LINE))


async def _tombstones_in(file: Path, redis: Redis, master: MasterKey) -> dict[str, datetime]:
    """Redis alone reads its dumps: the data keys lie there for a moment under a name of their own."""
    dump = next((kept.dump for kept in _read(file, master) if kept.key == keys.DATAKEYS.encode()), None)
    if dump is None:
        return {}
    await redis.restore(keys.READ_BACK, 60_000, dump, replace=True)
    try:
        return await Vault(redis, master).tombstones(keys.READ_BACK)
    finally:
        await redis.delete(keys.READ_BACK)
