"""A whole `hilo serve` for a benchmark: on free ports, seeded with consultations, its processes known by role."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from redis.asyncio import Redis

from bench import process
from bench.page import HOST
from clinic import commands as c
from clinic.privacy.audit_entry import AuditKeys
from clinic.privacy.master_key import MasterKey
from clinic.privacy.vault import Vault
from clinic.records import NewSeat
from clinic.store import Store
from signaling import embedded, ports
from signaling.ready import wait_until_served
from signaling.settings import Settings

MEDIA_PROCESSES = 2
AT_ONCE = 32
ROLES = {"valkey": "valkey", "-m media": "media", "signaling.cli signaling": "signaling"}
"""What tells a role in a command line."""


@dataclass(frozen=True)
class Server:
    url: str
    redis_url: str
    master_key: Path
    pid: int

    def usage(self) -> dict[str, process.Usage]:
        """By role; the media processes together."""
        used: dict[str, process.Usage] = {}
        for pid, role in _roles(self.pid):
            before = used.get(role, process.Usage(0, 0))
            now = process.usage(pid)
            used[role] = process.Usage(before.cpu_ns + now.cpu_ns, before.rss_bytes + now.rss_bytes)
        return used


@contextmanager
def serving(folder: Path, log: Path) -> Iterator[Server]:
    """`hilo serve` as in production, on all CPUs, with its log; returns when a consultation could begin."""
    first = random.randrange(15_000, 31_000)
    media_port = ports.next_free_block(range(first, first + MEDIA_PROCESSES)).start
    port = ports.next_free(HOST, media_port + MEDIA_PROCESSES)
    given = {
        "HILO_PORT": str(port),
        "HILO_DATA_DIR": str(folder / "data"),
        "HILO_MEDIA_PORT": str(media_port),
        "HILO_MEDIA_PROCESSES": str(MEDIA_PROCESSES),
        "HILO_MEDIA_PUBLIC_IP": HOST,
        "HILO_MEDIA_CAPACITY": "1000",
        "HILO_LOG_LEVEL": "WARNING",
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HILO_")} | given
    with log.open("wb") as output:
        command = [sys.executable, "-P", "-m", "signaling.cli", "serve"]
        started = subprocess.Popen(command, env=environment, stdout=output, stderr=output, start_new_session=True)
    try:
        asyncio.run(_ready(port))
        url = embedded.running_url(folder / "data")
        assert url is not None
        yield Server(f"http://{HOST}:{port}", url, folder / "data" / "master.key", started.pid)
    finally:
        process.stop(started)


async def seed(server: Server, consultations: int, *, waiting: bool) -> list[tuple[str, str]]:
    """Join tokens of (patient, physician); the patients have consented, and wait or were admitted."""
    turns = asyncio.Semaphore(AT_ONCE)
    master = MasterKey.load(server.master_key)
    async with Redis.from_url(server.redis_url) as redis:
        store = Store(redis, Vault(redis, master), AuditKeys.of(master))

        async def one() -> tuple[str, str]:
            async with turns:
                return await _consultation(store, waiting=waiting)

        return list(await asyncio.gather(*(one() for _ in range(consultations))))


async def _consultation(store: Store, *, waiting: bool) -> tuple[str, str]:
    now = datetime.now(UTC)
    made = await store.create_consultation(
        starts_at=now,
        ends_at=now + timedelta(hours=1),
        reason="control",
        seats=[NewSeat("patient", "Ana"), NewSeat("physician", "Dra. Paz")],
    )
    patient, physician = (seat.id for seat in made.seats)
    await store.execute(made.consultation, c.Consent("seed-consent", patient, "1", "a" * 64, "es"), now)
    step: c.Command = c.Arrive("seed-arrive", patient) if waiting else c.Admit("seed-admit", physician, patient)
    await store.execute(made.consultation, step, now)
    return await store.issue_link(made.consultation, patient), await store.issue_link(made.consultation, physician)


async def _ready(port: int) -> None:
    async with asyncio.timeout(30):
        await wait_until_served(Settings(port=port))


def _roles(supervisor: int) -> Iterator[tuple[int, str]]:
    """Nobody dies in a benchmark, so of two signaling processes the older one serves."""
    serving = False
    for pid in map(int, Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()):
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        role = next((role for mark, role in ROLES.items() if mark in command), "other")
        yield pid, "spare" if serving and role == "signaling" else role
        serving = serving or role == "signaling"
