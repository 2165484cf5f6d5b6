"""A Redis that a long script holds up, as the reading of a large backup does, is away for a moment."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from clinic.store import Store, UnknownConsultation
from clinic.unavailable import Unavailable
from stores import sealed_store
from valkey_process import ValkeyProcess


@pytest.fixture
def impatient(tmp_path: Path) -> Iterator[ValkeyProcess]:
    server = ValkeyProcess(tmp_path, busy_reply_threshold="1")
    server.start()
    yield server
    server.kill()


async def test_a_store_that_reads_a_backup_is_away_for_a_moment(impatient: ValkeyProcess) -> None:
    async with Redis.from_url(impatient.url) as redis, Redis.from_url(impatient.url) as other:
        store = sealed_store(redis)
        with pytest.raises(UnknownConsultation):
            await store.load("nothing")
        reading = asyncio.create_task(other.eval("while true do end", 0))
        with pytest.raises(Unavailable):
            await until_it_is_away(store)
        await redis.script_kill()
        with pytest.raises(ResponseError):
            await reading
        with pytest.raises(UnknownConsultation):
            await store.load("nothing")


async def until_it_is_away(store: Store) -> None:
    """The script may not have begun yet."""
    while True:
        with pytest.raises(UnknownConsultation):
            await store.load("nothing")
