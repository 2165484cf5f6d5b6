"""Erasing a patient: nothing is readable afterwards, the audit tells it and stays whole, the disk forgets the key."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from redis.asyncio import Redis

from clinic.privacy import keys
from clinic.privacy.audit import Audit
from clinic.privacy.audit_entry import AuditKeys
from clinic.privacy.erasure import Shredder
from clinic.privacy.master_key import MasterKey
from clinic.privacy.sealing import Shredded
from clinic.privacy.vault import Vault
from valkey_process import ValkeyProcess

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
MASTER = MasterKey((b"m" * 32,))


@pytest.fixture
def audit(redis: Redis) -> Audit:
    return Audit(redis, AuditKeys.of(MASTER))


async def test_all_of_a_patients_keys_go_in_one_step_with_the_audit(redis: Redis, audit: Audit) -> None:
    vault, shredder = Vault(redis, MASTER), Shredder(redis, audit)
    sealed = {subject: (await vault.sealer(subject, create=True)).seal("f", "x") for subject in ("ana", "ana.chat")}
    await audit.record_read("paz", "physician", "ana", ["record"], NOW)
    await audit.anchor(NOW)
    assert await shredder.shred("ana", ["ana.chat"], "eva", "administrator", NOW, "r-1")
    for subject, text in sealed.items():
        with pytest.raises(Shredded):
            (await vault.sealer(subject)).open("f", text)
    assert await vault.tombstones() == {"ana": NOW, "ana.chat": NOW}
    newest = (await audit.page(patient="ana")).entries[0]
    assert [newest.fields[name] for name in ("action", "actor", "facts")] == ["shred", "eva", "ana.chat"]
    assert await audit.verify() == ()
    assert not await shredder.shred("ana", ["ana.chat"], "eva", "administrator", NOW, "r-1")
    assert len((await audit.page(patient="ana")).entries) == 2


async def test_one_of_two_who_erase_at_once_does(redis: Redis, audit: Audit) -> None:
    await Vault(redis, MASTER).sealer("ana", create=True)
    shredder = Shredder(redis, audit)
    done = await asyncio.gather(*(shredder.shred("ana", [], f"s-{n}", "administrator", NOW) for n in range(4)))
    assert sum(done) == 1
    assert await audit.verify() == ()


async def test_a_destroyed_key_leaves_the_append_only_file(own_valkey: ValkeyProcess, tmp_path: Path) -> None:
    async with Redis.from_url(own_valkey.url) as client:
        vault = Vault(client, MASTER)
        await vault.sealer("ana", create=True)
        wrapped = await client.hget(keys.DATAKEYS, "ana") or b""
        directory = Path((await client.config_get("dir"))["dir"])
        assert wrapped in on_disk(directory)
        await vault.destroy("ana", NOW)
        assert wrapped in on_disk(directory)
        await vault.forget()
        async with asyncio.timeout(20):
            while wrapped in on_disk(directory):
                await client.ping()


def on_disk(directory: Path) -> bytes:
    """Files may go while we look: the rewrite deletes the old ones at its end."""
    content = b""
    for path in (directory / "appendonlydir").iterdir():
        try:
            content += path.read_bytes()
        except FileNotFoundError:
            continue
    return content
