"""A real `hilo serve` on the server's side of the lab, whose processes can be killed one by one or all at once."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from redis.asyncio import Redis

from clinic.records import NewSeat
from e2e.demo import LOG, ROOT
from e2e.distance import ORIGIN, PORT
from netlab.lab import SERVER_IP, Lab
from signaling.embedded import running_url
from stores import served_store

TRACES = "HILO_MEDIA_TRACE_DIR"
"""Of the environment, handed on: why a call was on which rung."""

FIRST_MEDIA_PORT: Final = 40_000
NODES: Final = 2
"""Media processes, so that a call has somewhere to go."""
START_TIMEOUT_S: Final = 60.0
STOP_TIMEOUT_S: Final = 20.0
POLL_S: Final = 0.02
APPOINTMENT: Final = timedelta(hours=3)
LISTENS: Final = re.compile(rf"^ *\d+: \w+:{PORT:04X} \w+:0000 0A ", re.MULTILINE)
"""A line of /proc/<pid>/net/tcp."""
STARTED: Final = re.compile(r" started program=(\S+) pid=(\d+)")


class Links(NamedTuple):
    patient: str
    physician: str


class Clinic:
    """`alive` from `start` to a kill of everything."""

    def __init__(self, lab: Lab, directory: Path) -> None:
        self._lab = lab
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self._directory / LOG

    def start(self) -> float:
        """Returns when the process was started (seconds since 1970), not when it serves."""
        command = (*self._lab.server, sys.executable, "-m", "signaling.cli", "serve")
        with self.log.open("ab") as errors:
            at_s = time.time()
            self._process = subprocess.Popen(command, stdout=errors, stderr=errors, cwd=ROOT, env=self._environment())
        return at_s

    def until_it_listens(self) -> None:
        """RuntimeError with the log's end when it does not."""
        assert self._process is not None
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._listens():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(self.log.read_text()[-4000:])
            time.sleep(POLL_S)

    def kill(self, program: str) -> float:
        """SIGKILL to `signaling`, `valkey` or `media-<index>`; when (seconds since 1970)."""
        at_s = time.time()
        os.kill(self._pids()[program], signal.SIGKILL)
        return at_s

    def kill_everything(self) -> None:
        """As in a power cut: the supervisor and all of its children."""
        assert self._process is not None
        for pid in (self._process.pid, *self._pids().values()):
            _kill(pid)
        self._process.wait()

    def stop(self) -> None:
        assert self._process is not None
        self._process.terminate()
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.kill_everything()
            raise RuntimeError(f"the server did not end within {STOP_TIMEOUT_S} s of SIGTERM") from None

    async def appoint(self) -> Links:
        """A new consultation of a patient and a physician, now."""
        url = running_url(self._directory / "data")
        assert url is not None
        now = datetime.now(UTC)
        async with Redis.from_url(url) as redis:
            store = served_store(redis, self._directory / "data")
            created = await store.create_consultation(
                starts_at=now,
                ends_at=now + APPOINTMENT,
                reason="Una prueba",
                seats=[NewSeat("patient", "Luisa Prueba"), NewSeat("physician", "Dra. Ana Prueba")],
            )
            tokens = {seat.role: await store.issue_link(created.consultation, seat.id) for seat in created.seats}
        return Links(f"{ORIGIN}/join/{tokens['patient']}", f"{ORIGIN}/console/{tokens['physician']}")

    def _pids(self) -> dict[str, int]:
        """The supervisor's children; it logs each that it starts, and the newest of a name is the living one."""
        return {name: int(pid) for name, pid in STARTED.findall(self.log.read_text())}

    def _listens(self) -> bool:
        assert self._process is not None
        return LISTENS.search(Path(f"/proc/{self._process.pid}/net/tcp").read_text()) is not None

    def _environment(self) -> dict[str, str]:
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith("HILO_") or name == TRACES
        }
        return inherited | {
            "HILO_DATA_DIR": str(self._directory / "data"),
            "HILO_HOST": SERVER_IP,
            "HILO_PORT": str(PORT),
            "HILO_PUBLIC_URL": ORIGIN,
            "HILO_MEDIA_PUBLIC_IP": SERVER_IP,
            "HILO_MEDIA_PORT": str(FIRST_MEDIA_PORT),
            "HILO_MEDIA_PROCESSES": str(NODES),
        }


@contextmanager
def served(lab: Lab, directory: Path) -> Iterator[Clinic]:
    """`directory` has a short path: a unix socket lies in it."""
    clinic = Clinic(lab, directory)
    clinic.start()
    try:
        clinic.until_it_listens()
        yield clinic
    finally:
        clinic.stop()


def _kill(pid: int) -> None:
    """Children die with their supervisor, some of them before their turn comes."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
