"""Fixtures that every folder of tests shares: a real Valkey, emptied before each test that asks for it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from redis.asyncio import Redis

from valkey_process import ValkeyProcess


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyProcess]:
    """The session's server. Never kill this one: tests that kill take `own_valkey`."""
    process = ValkeyProcess(tmp_path_factory.mktemp("valkey"))
    process.start()
    yield process
    process.kill()


@pytest.fixture
def own_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyProcess]:
    """A server of the test's own, to kill and start again."""
    process = ValkeyProcess(tmp_path_factory.mktemp("own-valkey"))
    process.start()
    yield process
    process.kill()


@pytest.fixture
def redis_url(valkey: ValkeyProcess) -> str:
    """Where the session's emptied server listens."""
    valkey.flush()
    return valkey.url


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """A client of the session's emptied server; answers are bytes."""
    client = Redis.from_url(redis_url, socket_timeout=None)  # see clinic/unavailable.py: cancelling must work
    yield client
    await client.aclose()
