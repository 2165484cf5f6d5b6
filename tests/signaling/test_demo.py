"""`hilo demo` as a whole: real Valkey, signaling and media processes, killed one after the other."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import ssl
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from certificates import issue
from eventually import eventually
from redis.asyncio import Redis

from free_port import free_port
from media.contract import NODES
from signaling import demo, demo_clinic, embedded, ports
from signaling.cast import named
from signaling.office import open_office
from signaling.settings import Settings

START_TIMEOUT_S = 60.0


@dataclass(frozen=True)
class Demo:
    process: Process
    links: dict[str, str]

    def pid_of(self, *words: str) -> int | None:
        """The child whose command line holds these words."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for child in children:
            command = Path(f"/proc/{child}/cmdline")
            if command.exists() and all(word.encode() in command.read_bytes() for word in words):
                return int(child)
        return None


@asynccontextmanager
async def running(*arguments: str, **environment: str) -> AsyncIterator[Demo]:
    """Started from the root folder, which has a folder `media` that is not ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HILO_")}
    command = (Path(sys.executable).with_name("hilo"), "demo", "--json", *arguments)
    process = await asyncio.create_subprocess_exec(
        *command, env=kept | environment, stdout=PIPE, stdin=DEVNULL, cwd="/"
    )
    assert process.stdout
    try:
        line = await asyncio.wait_for(process.stdout.readline(), START_TIMEOUT_S)
        yield Demo(process, json.loads(line))
        process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(process.stdout.read(), START_TIMEOUT_S) == b""
        assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def status(url: str, trust: Path | None = None) -> int:
    """The HTTP status; 0 when there is none. With `trust` the server's certificate must come from that file."""
    context = ssl.create_default_context(cafile=trust) if trust else True
    async with aiohttp.ClientSession() as http:
        try:
            async with http.get(url, ssl=context) as response:
                return response.status
        except aiohttp.ClientError:
            return 0


def options(tmp_path: Path) -> tuple[str, ...]:
    media_port = ports.next_free_block(range(43000, 43002)).start
    return ("--port", str(free_port()), "--data-dir", str(tmp_path), "--media-port", str(media_port),
            "--media-processes", "2")  # fmt: skip


async def test_prints_one_line_once_both_pages_are_served(tmp_path: Path) -> None:
    async with running(*options(tmp_path)) as shown:
        assert set(shown.links) == {"patient_url", "physician_url", "staff_url", "sign_in", "password"}
        assert [await status(shown.links[each]) for each in ("patient_url", "physician_url")] == [200, 200]
        assert "/join/" in shown.links["patient_url"]
        assert "/console/" in shown.links["physician_url"]


async def test_a_companion_is_a_third_link(tmp_path: Path) -> None:
    async with running("--companion", *options(tmp_path)) as shown:
        assert await status(shown.links["companion_url"]) == 200


async def test_serves_https_itself(tmp_path: Path) -> None:
    cert, key = issue(tmp_path, "localhost", since=datetime.now(UTC) - timedelta(days=1))
    async with running("--tls-cert", str(cert), "--tls-key", str(key), *options(tmp_path)) as shown:
        assert shown.links["patient_url"].startswith("https://localhost:")
        assert await status(shown.links["patient_url"], trust=cert) == 200


async def test_every_process_comes_back_after_kill_9(tmp_path: Path) -> None:
    async with running(*options(tmp_path)) as shown:
        for words in (["valkey-server"], ["-m", "media"], ["signaling"]):
            before = shown.pid_of(*words)
            assert before is not None, words
            os.kill(before, signal.SIGKILL)
            await eventually(lambda words=words, before=before: shown.pid_of(*words) not in (None, before), f"{words}")
        ready = shown.links["patient_url"].partition("/join/")[0] + "/readyz"
        async with asyncio.timeout(START_TIMEOUT_S):
            while await status(ready) != 200:  # noqa: ASYNC110 (another process has no Event)
                await asyncio.sleep(0.05)
        assert await status(shown.links["patient_url"]) == 200
        url = embedded.running_url(tmp_path)
        assert url
        async with Redis.from_url(url) as redis:
            assert await redis.scard(NODES) == 2  # the same node ids as before


def test_moves_to_free_ports(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as http, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as media:
        media.bind(("0.0.0.0", 0))
        taken = Settings(
            port=http.getsockname()[1], media_port=media.getsockname()[1], media_processes=1, data_dir=tmp_path
        )
        moved = demo.free_settings(taken)
    assert moved.port > taken.port
    assert moved.media_port > taken.media_port
    assert moved.data_dir == tmp_path
    assert moved.media_public_ips[-1] == "127.0.0.1"


def test_has_a_data_directory_of_its_own() -> None:
    moved = demo.free_settings(Settings(port=free_port()))
    assert moved.data_dir == Path("data") / f"demo-{moved.port}"


async def test_seeds_one_appointment_from_now_on_also_when_it_starts_again(
    redis_url: str, redis: Redis, tmp_path: Path
) -> None:
    now = datetime(2037, 11, 23, 15, tzinfo=UTC)
    settings = Settings(data_dir=tmp_path)
    first = await demo.seed(settings, redis_url, now - timedelta(minutes=5), companion=False)
    links = await demo.seed(settings, redis_url, now, companion=False)
    assert links["patient_url"] != first["patient_url"]
    office = open_office(settings, redis, lambda: now)
    found = await office.store.seat_of_token(links["patient_url"].rpartition("/")[2])
    assert found
    consultation = await named(office, (await office.store.load(found.consultation)).consultation)
    assert [(seat.role, seat.name) for seat in consultation.seats] == [
        ("patient", "María González"),
        ("physician", "Dra. Carmen Rojas"),
    ]
    assert (consultation.starts_at, consultation.ends_at) == (now, now + demo_clinic.LENGTH)


@pytest.mark.parametrize("render", [demo.as_text, demo.as_json])
def test_shows_every_link(render: Callable[[demo.Links], str]) -> None:
    text = render({"patient_url": "http://localhost/join/a", "physician_url": "http://localhost/console/b"})
    assert "http://localhost/join/a" in text
    assert "http://localhost/console/b" in text
