"""The whole server as a subprocess: `hilo demo --json`, its two links, its log, and what must never be in the log."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from free_port import free_port

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 30.0
LOG, DATA = "server.log", "data"
ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Demo:
    """A running server with one consultation."""

    patient_url: str
    physician_url: str
    directory: Path
    process: subprocess.Popen[str]
    staff_url: str = ""
    sign_in: str = ""
    password: str = ""
    """Of all staff of the demo."""
    secrets: list[str] = field(default_factory=list)
    """What the test typed or was told and no log may hold; tokens are added by themselves."""

    @property
    def log(self) -> Path:
        return self.directory / LOG

    @property
    def data_dir(self) -> Path:
        return self.directory / DATA

    @property
    def origin(self) -> str:
        return "/".join(self.patient_url.split("/")[:3])


@contextmanager
def demo(directory: Path, prefix: tuple[str, ...] = (), **settings: str) -> Iterator[Demo]:
    """Start it, give it, end it by SIGTERM. `prefix` comes before the command, `settings` are `HILO_` variables."""
    with (directory / LOG).open("w") as errors:
        process = subprocess.Popen(
            (*prefix, sys.executable, "-m", "signaling.cli", "demo", "--json"),
            stdout=subprocess.PIPE, stderr=errors, text=True, cwd=ROOT, env=_environment(directory, settings),
        )  # fmt: skip
    try:
        running = _read_links(process, directory)
        yield running
    finally:
        exit_code = _stop(process)
    assert exit_code == 0, f"ended with {exit_code} on SIGTERM:\n{running.log.read_text()[-4000:]}"
    check_log(running)


def check_log(running: Demo) -> None:
    """No exception, no process that would not end when asked, and nothing that says who talked about what."""
    text = running.log.read_text()
    for wrong in ("Traceback", " killed "):
        assert wrong not in text, text[-6000:]
    tokens = [url.rsplit("/", 1)[1] for url in (running.patient_url, running.physician_url)]
    for secret in (*tokens, *running.secrets):
        assert secret not in text, f"the log holds {secret!r}"


def _environment(directory: Path, settings: dict[str, str]) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HILO_")}
    return inherited | {
        "HILO_DATA_DIR": str(directory / DATA),
        "HILO_PORT": str(free_port()),
        "HILO_MEDIA_PORT": str(free_port()),
        "HILO_MEDIA_PROCESSES": "1",
    } | settings  # fmt: skip


def _read_links(process: subprocess.Popen[str], directory: Path) -> Demo:
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], START_TIMEOUT_S)
    line = process.stdout.readline() if ready else ""
    if not line:
        raise RuntimeError(f"no links within {START_TIMEOUT_S} s:\n{(directory / LOG).read_text()[-4000:]}")
    links = json.loads(line)
    staff = {name: links.get(name, "") for name in ("staff_url", "sign_in", "password")}
    return Demo(links["patient_url"], links["physician_url"], directory, process, **staff)


def _stop(process: subprocess.Popen[str]) -> int:
    started_at = time.monotonic()
    process.send_signal(signal.SIGTERM)
    try:
        return process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise RuntimeError(f"did not end within {time.monotonic() - started_at:.0f} s of SIGTERM") from None
    finally:
        assert process.stdout is not None
        process.stdout.close()
