"""kill -9 of the store during writes, and what a disk may leave of its file: it starts by itself, or says why not."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from eventually import eventually
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.commands import SendChat
from clinic.records import Applied, NewSeat
from clinic.store import Store
from signaling import aof, embedded, programs
from signaling.redis_client import connect
from signaling.supervisor import supervise
from stores import sealed_store

NOW = datetime.now(UTC)
COMMANDS = [b"*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n", b"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$2\r\n\r\n\r\n"]
STEP = b"*1\r\n$5\r\nMULTI\r\n*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$0\r\n\r\n*1\r\n$4\r\nEXEC\r\n"
GOOD = b"".join(COMMANDS) + STEP
BEFORE_STEP = len(GOOD) - len(STEP)


@asynccontextmanager
async def store_of(data_dir: Path) -> AsyncIterator[Store]:
    """The embedded Valkey, killed at the end as by a power cut."""
    stop = asyncio.Event()
    with embedded.prepare(data_dir) as server:
        task = asyncio.create_task(supervise([[programs.valkey(server)]], stop))
        await embedded.wait_ready(server.url)
        async with connect(server.url) as redis:
            pid = int((await redis.info("server"))["process_id"])
            try:
                yield sealed_store(redis)
            finally:
                stop.set()
                os.kill(pid, signal.SIGKILL)
                await task


async def written(data_dir: Path) -> tuple[str, int]:
    """A consultation and how many chats in it were acknowledged before the power went, while more were written."""
    acknowledged = 0
    async with store_of(data_dir) as store:
        made = await store.create_consultation(
            starts_at=NOW, ends_at=NOW + timedelta(hours=1), reason="", seats=[NewSeat("physician", "Dr. Paz")]
        )

        async def write() -> None:
            nonlocal acknowledged
            while True:
                chat = SendChat(f"command-{acknowledged}", made.seats[0].id, "hola")
                assert isinstance(await store.execute(made.consultation, chat, NOW), Applied)
                acknowledged += 1

        writing = asyncio.create_task(write())
        await eventually(lambda: acknowledged >= 50, "it writes")
    await asyncio.wait([writing])
    return made.consultation, acknowledged


def file_of(data_dir: Path) -> Path:
    [path] = (data_dir / "valkey" / "appendonlydir").glob("*.incr.aof")
    return path


@pytest.mark.parametrize(
    "tear",
    [
        pytest.param(lambda good: good, id="nothing"),
        pytest.param(lambda good: good + GOOD[:25], id="half a command"),
        pytest.param(lambda good: good + STEP[:-10], id="half a step"),
        pytest.param(lambda good: good + bytes(4096), id="zeros"),
        pytest.param(lambda good: good + STEP[:40] + bytes(4096), id="half a step, then zeros"),
        pytest.param(lambda good: good + os.urandom(5000), id="noise"),
    ],
)
async def test_starts_by_itself_with_all_that_was_acknowledged(tmp_path: Path, tear: Callable[[bytes], bytes]) -> None:
    consultation, acknowledged = await written(tmp_path)
    file_of(tmp_path).write_bytes(tear(file_of(tmp_path).read_bytes()))
    async with store_of(tmp_path) as store:
        found = [
            getattr(entry.event, "command_id", "")
            for entry in (await store.events_after(consultation, None, 100_000)).events
        ]
        assert found[:acknowledged] == [f"command-{n}" for n in range(acknowledged)]
        assert len(found) <= acknowledged + 1
        seat = (await store.load(consultation)).consultation.seats[0].id
        assert isinstance(await store.execute(consultation, SendChat("command-after", seat, "hola"), NOW), Applied)


async def test_damage_in_the_middle_stops_the_start_and_touches_nothing(tmp_path: Path) -> None:
    await written(tmp_path)
    content = bytearray(file_of(tmp_path).read_bytes())
    place = content.index(b"\r\n*", len(content) // 2) + 2
    content[place] ^= 0x40
    file_of(tmp_path).write_bytes(content)
    with (
        pytest.raises(aof.Damaged, match=rf"damaged at byte \d+ of {len(content)}.*truncate -s"),
        embedded.prepare(tmp_path),
    ):
        pass
    assert file_of(tmp_path).read_bytes() == content


def test_what_was_cut_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "appendonlydir" / "appendonly.aof.2.incr.aof"
    path.parent.mkdir()
    (path.parent / aof.MANIFEST).write_text(
        "file appendonly.aof.1.base.rdb seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n"
        "file appendonly.aof.2.incr.aof seq 2 type i\n"
    )
    path.write_bytes(GOOD + b"\0\0\0")
    kept = aof.repair(tmp_path)
    assert kept is not None
    assert (kept.read_bytes(), path.read_bytes()) == (b"\0\0\0", GOOD)
    assert kept.stat().st_mode & 0o077 == 0
    assert aof.repair(tmp_path) is None


@pytest.mark.parametrize("manifest", [None, "", "file appendonly.aof.1.incr.aof seq 1 type i\n"])
def test_nothing_to_repair_before_the_first_start(tmp_path: Path, manifest: str | None) -> None:
    if manifest is not None:
        (tmp_path / "appendonlydir").mkdir()
        (tmp_path / "appendonlydir" / aof.MANIFEST).write_text(manifest)
    assert aof.repair(tmp_path) is None


@pytest.mark.parametrize(
    ("content", "extent"),
    [
        (b"", aof.Extent(0, None)),
        (GOOD, aof.Extent(len(GOOD), None)),
        (GOOD[:-1], aof.Extent(BEFORE_STEP, None)),
        (GOOD[: BEFORE_STEP - 1], aof.Extent(len(COMMANDS[0]), None)),
        (GOOD + b"*1\r\n$-1\r\n", aof.Extent(len(GOOD), None)),
        (GOOD + b"*1\r\n$99999999999\r\n", aof.Extent(len(GOOD), None)),
        (GOOD + b"*99999999999999999999999999999999999999\r\n$1\r\n", aof.Extent(len(GOOD), None)),
        (GOOD + bytes(9) + STEP, aof.Extent(len(GOOD), len(GOOD) + 9)),
        (STEP[:15] + b"#" + STEP[16:] + STEP, aof.Extent(0, len(STEP) - 14)),
    ],
)
def test_extent(content: bytes, extent: aof.Extent) -> None:
    assert aof.examine(content) == extent


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(tail=st.binary(max_size=60) | st.integers(0, len(STEP)).map(lambda size: STEP[:size] + bytes(7)))
def test_never_keeps_what_cannot_be_read_nor_cuts_what_can(tail: bytes) -> None:
    extent = aof.examine(GOOD + tail)
    assert extent.intact >= len(GOOD)
    assert extent.next_intact is None
    assert aof.examine((GOOD + tail)[: extent.intact]) == aof.Extent(extent.intact, None)
