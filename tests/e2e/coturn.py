"""Debian's coturn with a REST secret, for as long as a test needs it."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TURNSERVER = "/usr/bin/turnserver"
PORT = 3478
START_TIMEOUT_S = 10.0


@dataclass(frozen=True)
class Coturn:
    url: str
    secret: str
    log: Path


@contextmanager
def coturn(directory: Path, ip: str, prefix: tuple[str, ...]) -> Iterator[Coturn]:
    """Listens and relays on `ip`. `prefix` puts it into a network namespace, where its port is always free."""
    secret, log = "a-secret-of-the-test", directory / "turnserver.log"
    command = (
        *prefix, TURNSERVER, "-n", "--no-cli", "--no-tls", "--no-dtls", "--fingerprint", "--realm=hilo.test",
        "--use-auth-secret", f"--static-auth-secret={secret}", f"--listening-ip={ip}", f"--relay-ip={ip}",
        f"--listening-port={PORT}", "--min-port=50000", "--max-port=50100", f"--pidfile={directory / 'turnserver.pid'}",
        "--log-file=stdout", "--simple-log", "--verbose", f"--userdb={directory / 'turndb'}",
    )  # fmt: skip
    with log.open("w") as output, subprocess.Popen(command, stdout=output, stderr=output, cwd=directory) as process:
        try:
            _wait_until_listening(process, log)
            yield Coturn(f"turn:{ip}:{PORT}?transport=udp", secret, log)
        finally:
            process.terminate()


def _wait_until_listening(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while "listener opened" not in log.read_text():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(log.read_text()[-2000:])
        time.sleep(0.05)
