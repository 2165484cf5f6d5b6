"""The embedded Valkey, as a real server under the supervisor."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError

from signaling import embedded, programs
from signaling.supervisor import supervise


@pytest.fixture(params=["unix socket", "tcp"])
def data_dir(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A directory with blanks in its name; for `tcp` one whose path is too long for a socket."""
    return tmp_path / "a clinic" / ("long" * 25 if request.param == "tcp" else "d")


@asynccontextmanager
async def running(data_dir: Path) -> AsyncIterator[embedded.Embedded]:
    stop = asyncio.Event()
    with embedded.prepare(data_dir) as store:
        task = asyncio.create_task(supervise([[programs.valkey(store)]], stop))
        try:
            await embedded.wait_ready(store.url)
            yield store
        finally:
            stop.set()
            await task


def stranger_of(url: str) -> Redis:
    """A client of the same server that guesses the password."""
    parts = urlsplit(url)
    return Redis(host=str(parts.hostname), port=int(parts.port or 0), password="guess")


async def pid_of(redis: Redis) -> int:
    return int((await redis.info("server"))["process_id"])


async def test_is_durable_private_and_never_evicts(data_dir: Path) -> None:
    async with running(data_dir) as store, Redis.from_url(store.url, decode_responses=True) as redis:
        settings = await redis.config_get("*")
        assert settings["appendonly"] == "yes"
        assert settings["appendfsync"] == "always"
        assert settings["aof-load-truncated"] == "yes"
        assert settings["save"] == ""
        assert settings["maxmemory-policy"] == "noeviction"
        assert settings["dir"] == str(data_dir / "valkey")
        assert settings["port"] == "0" or (settings["bind"], settings["protected-mode"]) == ("127.0.0.1", "yes")
    assert (data_dir / "valkey").stat().st_mode & 0o077 == 0


async def test_keeps_what_it_acknowledged_over_kill_and_restart(data_dir: Path) -> None:
    async with running(data_dir) as store, Redis.from_url(store.url) as redis:
        await redis.set("kept", "1")
        before = await pid_of(redis)
        os.kill(before, signal.SIGKILL)
        await embedded.wait_ready(store.url)
        async with Redis.from_url(store.url) as fresh:
            assert await fresh.get("kept") == b"1"
            assert await pid_of(fresh) != before
    async with running(data_dir) as store, Redis.from_url(store.url) as redis:
        assert await redis.get("kept") == b"1"


async def test_loads_a_file_that_a_power_cut_tore(data_dir: Path) -> None:
    async with running(data_dir) as store, Redis.from_url(store.url) as redis:
        await redis.set("kept", "1")
        await redis.set("torn", "1")
    [log] = (data_dir / "valkey" / "appendonlydir").glob("*.incr.aof")
    log.write_bytes(log.read_bytes()[:-5])
    async with running(data_dir) as store, Redis.from_url(store.url) as redis:
        assert [await redis.get("kept"), await redis.get("torn")] == [b"1", None]


async def test_over_tcp_asks_for_the_remembered_password_on_the_remembered_port(tmp_path: Path) -> None:
    data_dir = tmp_path / ("long" * 25)
    async with running(data_dir) as store, stranger_of(store.url) as stranger:
        with pytest.raises(AuthenticationError):
            await stranger.ping()
    assert (data_dir / "valkey" / "password").stat().st_mode & 0o777 == 0o600
    async with running(data_dir) as again:
        assert again.url == store.url


async def test_tells_its_address_only_while_it_runs(data_dir: Path) -> None:
    assert embedded.running_url(data_dir) is None
    async with running(data_dir) as store:
        assert embedded.running_url(data_dir) == store.url
    assert embedded.running_url(data_dir) is None


async def test_a_second_one_in_the_same_directory_is_refused(data_dir: Path) -> None:
    async with running(data_dir):
        with pytest.raises(embedded.DataDirInUse, match="in use"), embedded.prepare(data_dir, lock_timeout_s=0.1):
            pass


def test_the_server_holds_the_lock_when_its_supervisor_is_gone(tmp_path: Path) -> None:
    with embedded.prepare(tmp_path) as store:
        server = subprocess.Popen(store.command, stdin=subprocess.PIPE, pass_fds=(store.lock_fd,), stdout=sys.stderr)
        assert server.stdin
        server.stdin.write(store.config)
        server.stdin.close()
    with pytest.raises(embedded.DataDirInUse), embedded.prepare(tmp_path, lock_timeout_s=0.1):
        pass
    server.terminate()
    server.wait(20)
    with embedded.prepare(tmp_path, lock_timeout_s=0.1):
        pass
