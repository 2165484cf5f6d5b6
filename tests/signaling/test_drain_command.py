"""`hilo drain` ends a whole Hilo, tells its pages to come back, and says 0 only when all is down."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from free_port import free_port
from signaling import disk, running
from signaling import protocol as p

HILO = (sys.executable, "-m", "signaling.cli")


class Machine:
    """`hilo demo` on ports of its own; its links are those of one appointment."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        options = {"--port": self.port, "--media-port": free_port(), "--media-processes": 1, "--data-dir": data_dir}
        command = (*HILO, "demo", "--json", *(str(part) for option in options.items() for part in option))
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.links: dict[str, str] = json.loads(self.process.stdout.readline())

    def drain(self, *options: str) -> subprocess.CompletedProcess[str]:
        command = (*HILO, "drain", "--data-dir", str(self.data_dir), *options)
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    made = Machine(tmp_path)
    yield made
    assert made.process.stdout
    made.process.stdout.close()
    made.process.kill()
    made.process.wait()


async def test_all_is_down_saved_and_the_pages_were_told(machine: Machine) -> None:
    token = machine.links["physician_url"].rpartition("/")[2]
    async with aiohttp.ClientSession() as http, http.ws_connect(f"http://127.0.0.1:{machine.port}/ws") as page:
        await page.send_json({"type": "hello", "v": 1, "token": token, "client_id": "client-0001"})
        assert (await page.receive_json())["type"] == "welcome"
        done = machine.drain("--save")
        while (message := await page.receive()).type is aiohttp.WSMsgType.TEXT:
            pass
    assert (done.returncode, message.data) == (0, p.CLOSE_GOING_AWAY), done.stderr
    assert "down and on the disk" in done.stdout
    assert machine.process.wait(5) == 0
    directory = machine.data_dir / "valkey"
    assert "seq 2 type b" in (directory / "appendonlydir" / "appendonly.aof.manifest").read_text(), "it was rewritten"
    again = machine.drain()
    assert (again.returncode, again.stdout) == (0, f"hilo: nothing runs in {directory}\n")


def test_what_does_not_end_is_not_called_down(tmp_path: Path) -> None:
    with pytest.raises(running.NotOurs, match="is gone"):
        noted_as(tmp_path, "4194303 never")
    with pytest.raises(running.NotOurs, match="is not the one"):
        noted_as(tmp_path, f"{os.getpid()} before")
    sleeper = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(60)",
        ],
        stdout=subprocess.PIPE,
    )
    assert sleeper.stdout
    with sleeper.stdout:
        sleeper.stdout.readline()
        assert not noted_as(tmp_path, f"{sleeper.pid} {running.began(sleeper.pid)}")
        sleeper.send_signal(signal.SIGKILL)
        sleeper.wait()


def noted_as(directory: Path, note: str) -> bool:
    disk.write_private(directory / running.NOTE, note.encode())
    return running.end(directory, timeout_s=0.2)
