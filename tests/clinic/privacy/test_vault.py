"""The vault against a real Valkey: one key a subject, whoever races, and none after a destruction."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from redis.asyncio import Redis

from clinic.privacy import keys
from clinic.privacy.master_key import MasterKey, MasterKeyError
from clinic.privacy.sealing import Shredded, Tampered
from clinic.privacy.vault import UnknownSubject, Vault

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
MASTER = MasterKey((b"m" * 32,))
ROTATED = MasterKey((b"m" * 32, b"n" * 32))


@pytest.fixture
def vault(redis: Redis) -> Vault:
    return Vault(redis, MASTER)


@pytest.fixture
async def second(redis_url: str) -> AsyncIterator[Vault]:
    """Another process' vault."""
    client = Redis.from_url(redis_url, socket_timeout=None)
    yield Vault(client, MASTER)
    await client.aclose()


async def test_a_key_is_made_on_first_use_only_when_asked_for(vault: Vault) -> None:
    with pytest.raises(UnknownSubject):
        await vault.sealer("ana")
    sealed = (await vault.sealer("ana", create=True)).seal("name", "Ana")
    assert (await vault.sealer("ana")).open("name", sealed) == "Ana"


async def test_two_who_make_the_first_key_at_once_get_the_same(vault: Vault, second: Vault) -> None:
    for n in range(20):
        subject = f"patient-{n}"
        one, other = await asyncio.gather(*(each.sealer(subject, create=True) for each in (vault, second)))
        assert other.open("name", one.seal("name", "Ana")) == "Ana"


async def test_many_sealers_at_once(vault: Vault) -> None:
    for subject in ("ana", "eva"):
        await vault.sealer(subject, create=True)
    await vault.destroy("eva", NOW)
    found = await vault.sealers(["eva", "ana", "nobody", "ana"])
    assert list(found) == ["eva", "ana"]
    with pytest.raises(Shredded):
        found["eva"].seal("name", "Eva")
    assert await vault.sealers([]) == {}


async def test_nobody_reads_after_a_destruction(vault: Vault, second: Vault, redis: Redis) -> None:
    sealed = (await second.sealer("ana", create=True)).seal("name", "Ana")
    assert await vault.destroy("ana", NOW)
    for each in (vault, second):
        gone = await each.sealer("ana", create=True)
        with pytest.raises(Shredded) as refused:
            gone.open("name", sealed)
        assert refused.value.at == NOW
    assert not await vault.destroy("ana", NOW.replace(year=2027))
    assert await redis.hget(keys.DATAKEYS, "ana") == b"0.2026-11-23T14:00:00+00:00"


async def test_a_subject_without_a_key_can_be_destroyed_too(vault: Vault) -> None:
    assert await vault.destroy("ana", NOW)
    with pytest.raises(Shredded):
        (await vault.sealer("ana", create=True)).seal("name", "Ana")


async def test_a_key_moved_to_another_subject_does_not_open(vault: Vault, redis: Redis) -> None:
    await vault.sealer("ana", create=True)
    await redis.hset(keys.DATAKEYS, "eva", await redis.hget(keys.DATAKEYS, "ana") or b"")
    with pytest.raises(Tampered):
        await vault.sealer("eva")
    await redis.hset(keys.DATAKEYS, "eva", "something")
    with pytest.raises(Tampered):
        await vault.sealer("eva")


async def test_another_clinics_master_key_is_told_apart_from_tampering(vault: Vault, redis: Redis) -> None:
    await vault.sealer("ana", create=True)
    with pytest.raises(MasterKeyError, match=MASTER.newest):
        await Vault(redis, MasterKey((b"x" * 32,))).sealer("ana")


async def test_a_master_key_made_anew_is_refused_where_there_is_data(vault: Vault, redis: Redis) -> None:
    await vault.claim()
    await Vault(redis, ROTATED).claim()
    with pytest.raises(MasterKeyError, match=MASTER.clinic):
        await Vault(redis, MasterKey((b"x" * 32,))).claim()


async def test_rewrap_moves_all_to_the_newest_key_and_revives_nobody(vault: Vault, redis: Redis) -> None:
    sealed = {f"patient-{n}": (await vault.sealer(f"patient-{n}", create=True)).seal("name", "A") for n in range(150)}
    await vault.destroy("patient-7", NOW)
    rotated = Vault(redis, ROTATED)
    assert await rotated.rewrap() == 149
    assert await rotated.rewrap() == 0
    stored = (await redis.hgetall(keys.DATAKEYS)).values()
    assert all(key.startswith((b"0.", f"1.{ROTATED.newest}.".encode())) for key in stored)
    for subject, text in sealed.items():
        sealer = await rotated.sealer(subject)
        if subject == "patient-7":
            with pytest.raises(Shredded):
                sealer.open("name", text)
        else:
            assert sealer.open("name", text) == "A"


async def test_rewrap_beside_a_destruction(vault: Vault, redis: Redis) -> None:
    await vault.sealer("ana", create=True)
    await asyncio.gather(Vault(redis, ROTATED).rewrap(), vault.destroy("ana", NOW))
    with pytest.raises(Shredded):
        (await vault.sealer("ana")).seal("name", "Ana")


def test_a_blind_index_tells_kinds_clinics_and_values_apart_and_outlives_rotation(redis: Redis) -> None:
    vault = Vault(redis, MASTER)
    index = vault.blind("cedula", "V-12345678")
    assert len(index) == 64
    assert index == Vault(redis, ROTATED).blind("cedula", "V-12345678")
    other_clinic = Vault(redis, MasterKey((b"x" * 32,))).blind("cedula", "V-12345678")
    others = {vault.blind("phone", "V-12345678"), vault.blind("cedula", "V-12345679"), other_clinic}
    assert len(others | {index}) == 4
