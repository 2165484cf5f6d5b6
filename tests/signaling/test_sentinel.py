"""Sentinels over real processes: the master dies or hangs, another takes over, and nothing acknowledged is lost."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from clinic_under_test import clinic
from eventually import eventually
from redis import Redis
from redis.exceptions import ConnectionError
from socket_page import Page

from clinic.commands import SendChat
from clinic.records import Applied, NewSeat
from clinic.store import Store
from clinic.unavailable import Unavailable
from signaling import protocol as p
from signaling import redis_check
from signaling.redis_client import connect
from stores import sealed_store
from valkey_group import SERVICE, Watched, watched

NOW = datetime.now(UTC)


class Writer:
    """Says one thing after the other, each again and again under its id until it is acknowledged."""

    def __init__(self, store: Store, consultation: str, seat: str) -> None:
        self.store = store
        self.consultation = consultation
        self.seat = seat
        self.acknowledged: list[str] = []
        self.longest_gap_s = 0.0

    async def run(self) -> None:
        for n in itertools.count():
            began_at = time.monotonic()
            chat = SendChat(f"{self.seat}-{n}", self.seat, str(n))
            while not await self.said(chat):  # noqa: ASYNC110 (another process has no Event)
                await asyncio.sleep(0.05)
            self.longest_gap_s = max(self.longest_gap_s, time.monotonic() - began_at)
            self.acknowledged.append(f"{self.seat}-{n}")

    async def said(self, chat: SendChat) -> bool:
        try:
            return isinstance(await self.store.execute(self.consultation, chat, NOW), Applied)
        except Unavailable:
            return False

    async def more(self, count: int) -> None:
        wanted = len(self.acknowledged) + count
        await eventually(lambda: len(self.acknowledged) >= wanted, "more is acknowledged")

    async def stored(self) -> list[str]:
        page = await self.store.events_after(self.consultation, None, 100_000)
        return [getattr(entry.event, "command_id", "") for entry in page.events]


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Watched]:
    with watched(tmp_path) as servers:
        yield servers


@asynccontextmanager
async def writing(group: Watched) -> AsyncIterator[Writer]:
    """A writer that never stops, and at the end everything that was acknowledged to it is there once, in order."""
    async with connect(group.url) as redis:
        store = sealed_store(redis)
        made = await store.create_consultation(
            starts_at=NOW, ends_at=NOW + timedelta(hours=1), reason="", seats=[NewSeat("physician", "Dr. Paz")]
        )
        writer = Writer(store, made.consultation, made.seats[0].id)
        task = asyncio.create_task(writer.run())
        try:
            await writer.more(20)
            yield writer
            await writer.more(20)
        finally:
            task.cancel()
            await asyncio.wait([task])
        acknowledged, stored = writer.acknowledged, await writer.stored()
        assert stored[: len(acknowledged)] == acknowledged
        assert len(stored) <= len(acknowledged) + 1, "at most the one that was under way is there beside them"


async def test_a_killed_master_takes_nothing_with_it(group: Watched) -> None:
    async with writing(group) as writer:
        assert (await redis_check.check(group.url, time.time()))[-1].level == "ok"
        group.servers[0].kill()
    assert (await redis_check.check(group.url, time.time()))[-1].level == "warn"
    assert writer.longest_gap_s < 10


async def test_a_hung_master_is_left_and_changes_nothing_when_it_wakes(group: Watched) -> None:
    async with writing(group) as writer:
        group.servers[0].pause()
        await writer.more(5)  # those cannot all have been under way
        group.servers[0].resume()
        await writer.more(50)
    assert writer.longest_gap_s < 15


async def test_what_no_replica_has_is_not_acknowledged(group: Watched) -> None:
    async with connect(group.url) as redis:
        store = sealed_store(redis)
        made = await store.create_consultation(
            starts_at=NOW, ends_at=NOW + timedelta(hours=1), reason="", seats=[NewSeat("physician", "Dr. Paz")]
        )
        chat = SendChat("command-1", made.seats[0].id, "hola")
        for replica in group.servers[1:]:
            replica.pause()
        for _ in range(2):  # the second is a repetition, which must not be taken for kept either
            with pytest.raises(Unavailable):
                await store.execute(made.consultation, chat, NOW)
        for replica in group.servers[1:]:
            replica.resume()
        assert await store.execute(made.consultation, chat, NOW) == Applied(repeated=True)


async def test_pages_do_not_notice_a_master_that_is_replaced(group: Watched) -> None:
    async with clinic(group.url) as office:
        physician, patient = await office.page("physician"), await office.page("patient")
        with Redis(port=group.sentinel_ports[0]) as sentinel:
            sentinel.sentinel_failover(SERVICE)
        with Redis(port=group.servers[0].port) as old:
            await eventually(lambda: old.info("replication")["role"] == "slave", "the master was replaced", 40)
        await says(physician, "después")
        assert (await patient.event("chat")).text == "después"


async def test_a_blocked_reader_of_a_replaced_master_sees_a_lost_connection(group: Watched) -> None:
    async with connect(group.url) as redis, connect(f"redis://127.0.0.1:{group.servers[0].port}") as master:
        reading = asyncio.create_task(redis.xread({"stream": "$"}, block=20_000))
        while (await master.info("clients"))["blocked_clients"] == 0:  # noqa: ASYNC110 (another process has no Event)
            await asyncio.sleep(0.01)
        await master.replicaof("127.0.0.1", str(group.servers[1].port))
        with pytest.raises(ConnectionError):
            await reading


async def says(page: Page, words: str) -> None:
    """As a page does it: again and again under one id."""
    chat = p.SendChat(id="command-after", text=words)
    while True:
        await page.send(chat)
        if isinstance(await page.wait(lambda message: isinstance(message, p.Ack | p.Error)), p.Ack):
            return
        await asyncio.sleep(0.2)
