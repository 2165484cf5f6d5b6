"""A disk without space: writes are refused, and go on by themselves when there is space again."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clinic.commands import SendChat
from clinic.records import Applied, NewSeat
from clinic.store import Store
from clinic.unavailable import Unavailable
from signaling import embedded, programs
from signaling.redis_client import connect
from signaling.supervisor import supervise
from stores import sealed_store

NOW = datetime.now(UTC)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MB."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "none", tmp_path], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("mounting takes root")
    yield tmp_path
    subprocess.run(["umount", tmp_path], check=True)


async def test_writes_wait_for_space(small_disk: Path) -> None:
    stop = asyncio.Event()
    with embedded.prepare(small_disk) as server:
        task = asyncio.create_task(supervise([[programs.valkey(server)]], stop))
        await embedded.wait_ready(server.url)
        async with connect(server.url) as redis:
            store = sealed_store(redis)
            made = await store.create_consultation(
                starts_at=NOW, ends_at=NOW + timedelta(hours=1), reason="", seats=[NewSeat("physician", "Dr. Paz")]
            )
            says = [SendChat(f"command-{n}", made.seats[0].id, "hola " * 200) for n in range(1000)]
            (small_disk / "ballast").write_bytes(bytes(500_000))
            acknowledged = 0
            while await said(store, made.consultation, says[acknowledged]):
                acknowledged += 1
            assert acknowledged > 10
            (small_disk / "ballast").unlink()
            async with asyncio.timeout(20):
                while not await said(store, made.consultation, says[acknowledged]):  # noqa: ASYNC110 (another process)
                    await asyncio.sleep(0.1)
            page = await store.events_after(made.consultation, None, 2000)
            assert [getattr(entry.event, "command_id", "") for entry in page.events] == [
                chat.id for chat in says[: acknowledged + 1]
            ]
        stop.set()
        await task


async def said(store: Store, consultation: str, chat: SendChat) -> bool:
    try:
        return isinstance(await store.execute(consultation, chat, NOW), Applied)
    except Unavailable:
        return False
