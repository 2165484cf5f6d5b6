"""The real `hilo serve` of a run, on a small disk of its own and with a clock that can be put forward and back."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, Literal

import aiohttp
from redis.asyncio import Redis

from chaos import leaping
from chaos.cell import SERVER_IP
from signaling.embedded import running_url

Role = Literal["signaling", "media", "valkey"]

PORT: Final = 8080
MEDIA_PORT: Final = 40000
MEDIA_PROCESSES: Final = 2
ORIGIN: Final = f"http://{SERVER_IP}:{PORT}"
DISK: Final = "96m"
"""A thousand faults' worth of append-only file."""
SERVER_LOG: Final = "server.log"
START_TIMEOUT_S: Final = 60.0
LOOK_S: Final = 0.02
HALF_A_WRITE: Final = b"*3\r\n$3\r\nSET\r\n$9\r\nhalf-writ"

_STARTED: Final = re.compile(rb"started.*program=(?P<name>\S+).*pid=(?P<pid>\d+)")


class Server:
    """One machine's processes, by the supervisor's word for them."""

    def __init__(self, directory: Path, prefix: Sequence[str]) -> None:
        self.data = directory / "data"
        self.log = directory / SERVER_LOG
        self._clock = directory / "clock"
        self._prefix = tuple(prefix)
        self._supervisor: subprocess.Popen[bytes] | None = None
        self._offset_s = 0.0
        self._started: dict[str, int] = {}
        self._read_to = 0

    def mount(self) -> None:
        self.data.mkdir(exist_ok=True)
        subprocess.run(("mount", "-t", "tmpfs", "-o", f"size={DISK}", "chaos", self.data), check=True)
        self.set_clock(0)

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._supervisor = subprocess.Popen(
                (*self._prefix, sys.executable, "-m", "chaos.leaping"),
                env=self._environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    async def ready(self) -> None:
        """Until it says so itself."""
        async with asyncio.timeout(START_TIMEOUT_S), aiohttp.ClientSession() as http:
            while not await _says_ready(http):  # noqa: ASYNC110 (another process has no Event)
                await asyncio.sleep(0.1)

    async def stop(self) -> int:
        """As an administrator does; the exit code."""
        assert self._supervisor is not None
        self._supervisor.terminate()
        return await asyncio.to_thread(self._supervisor.wait, START_TIMEOUT_S)

    def clear_away(self) -> None:
        """Whatever state it is in."""
        if self._supervisor is not None and self._supervisor.poll() is None:
            self._supervisor.kill()
            self._supervisor.wait()
        subprocess.run(("umount", "--lazy", self.data), check=False)

    def redis(self) -> Redis:
        url = running_url(self.data)
        assert url is not None, "nobody runs"
        return Redis.from_url(url)

    async def pid(self, role: Role, index: int = 0) -> int:
        """Of the life that there is now, or of the next one."""
        name = f"media-{index}" if role == "media" else role
        async with asyncio.timeout(START_TIMEOUT_S):
            while (pid := self._living().get(name)) is None:  # noqa: ASYNC110 (nor has the log)
                await asyncio.sleep(LOOK_S)
        return pid

    async def kill_everything(self, *, tears: bool) -> None:
        """A power cut: nobody gets to say goodbye; the disk may hold half of the last write."""
        assert self._supervisor is not None
        children = self._living().values()
        self._supervisor.kill()
        for pid in children:
            send(pid, signal.SIGKILL)
        await asyncio.to_thread(self._supervisor.wait)
        while any(_is_alive(pid) for pid in children):  # noqa: ASYNC110
            await asyncio.sleep(LOOK_S)
        if tears:
            self._tear()

    def set_clock(self, step_s: float) -> None:
        """Within a second every process sees the time so much later than it is."""
        fresh = self._clock.with_suffix(".new")
        fresh.write_text(f"{step_s:+.3f}\n")
        fresh.replace(self._clock)

    def step_clock(self, step_s: float) -> float:
        """A leap that leads away from the true time, or back to it; where the clock stands now."""
        self._offset_s = 0.0 if self._offset_s else step_s
        self.set_clock(self._offset_s)
        return self._offset_s

    @asynccontextmanager
    async def disk_full(self) -> AsyncIterator[None]:
        ballast = self.data / "ballast"
        await asyncio.to_thread(_fill, ballast)
        try:
            yield
        finally:
            ballast.unlink()

    def _living(self) -> dict[str, int]:
        """Program -> pid, as the log tells, of those that live."""
        with self.log.open("rb") as log:
            log.seek(self._read_to)
            for line in log:
                if not line.endswith(b"\n"):
                    break
                self._read_to += len(line)
                if found := _STARTED.search(line):
                    self._started[found["name"].decode()] = int(found["pid"])
        return {name: pid for name, pid in self._started.items() if _is_alive(pid)}

    def _tear(self) -> None:
        files = sorted((self.data / "valkey").glob("appendonlydir/*.incr.aof"))
        if files:
            with files[-1].open("ab") as file:
                file.write(HALF_A_WRITE)

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("HILO_")}
        return inherited | leaping.variables(self._clock) | {
            "HILO_DATA_DIR": str(self.data),
            "HILO_HOST": SERVER_IP,
            "HILO_PORT": str(PORT),
            "HILO_PUBLIC_URL": ORIGIN,
            "HILO_MEDIA_PORT": str(MEDIA_PORT),
            "HILO_MEDIA_PROCESSES": str(MEDIA_PROCESSES),
            "HILO_MEDIA_PUBLIC_IP": SERVER_IP,
        }  # fmt: skip


def send(pid: int, number: signal.Signals) -> bool:
    """Whether there was somebody to send it to."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def _is_alive(pid: int) -> bool:
    """A zombie is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _fill(ballast: Path) -> None:
    """To the last byte."""
    piece = bytes(1 << 20)
    with ballast.open("wb", buffering=0) as file:
        while piece:
            try:
                if file.write(piece) < len(piece):
                    piece = piece[: len(piece) // 2]
            except OSError:
                piece = piece[: len(piece) // 2]


async def _says_ready(http: aiohttp.ClientSession) -> bool:
    try:
        async with http.get(f"{ORIGIN}/readyz") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False
