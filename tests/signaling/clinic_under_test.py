"""Signaling processes inside the test's loop, a seeded consultation and pages that connect to it."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from redis.asyncio import Redis
from socket_page import Page

from clinic.consultation import Role
from clinic.records import NewSeat
from clinic.store import Store
from free_port import free_port
from signaling import protocol as p
from signaling.redis_client import connect
from signaling.server import serving
from signaling.services import Services
from signaling.settings import Settings
from stores import served_store
from throwaway import data_dir


@dataclass
class Clinic:
    """What a test plays with. `urls`: one per signaling process."""

    store: Store
    redis: Redis
    http: aiohttp.ClientSession
    urls: list[str]
    services: list[Services]
    consultation: str = ""
    seats: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    sockets: list[aiohttp.ClientWebSocketResponse] = field(default_factory=list)
    clients: Any = field(default_factory=lambda: itertools.count(1))

    async def seed(self, roles: Iterable[Role] = ("patient", "physician")) -> None:
        now = datetime.now(UTC)
        made = await self.store.create_consultation(
            starts_at=now,
            ends_at=now + timedelta(minutes=20),
            reason="Control de tensión",
            seats=[NewSeat(role, f"Name of {role}") for role in roles],
        )
        self.consultation = made.consultation
        self.seats = {seat.role: seat.id for seat in made.seats}
        self.tokens = {seat.role: await self.store.issue_link(made.consultation, seat.id) for seat in made.seats}

    async def socket(self, process: int = 0, **options: Any) -> aiohttp.ClientWebSocketResponse:
        socket = await self.http.ws_connect(f"{self.urls[process]}/ws", **options)
        self.sockets.append(socket)
        return socket

    async def close(self) -> None:
        """Close what the test left open: aiohttp's client warns of forgotten connections."""
        for socket in self.sockets:
            await socket.close()

    async def open(self, role: str, process: int = 0, client_id: str | None = None, **options: Any) -> Page:
        """A page that has not said hello yet."""
        client_id = client_id or f"client-{next(self.clients):04}"
        return Page(await self.socket(process, **options), self.tokens[role], client_id)

    async def page(self, role: str, process: int = 0, client_id: str | None = None) -> Page:
        """A page that was welcomed."""
        page = await self.open(role, process, client_id)
        await page.hello()
        return page

    async def admitted_patient(self, physician: Page, process: int = 0) -> Page:
        """A patient's page, consented, arrived and let in."""
        patient = await self.page("patient", process)
        await consent(patient)
        await patient.do(lambda id: p.Arrive(id=id))
        await physician.do(lambda id: p.Admit(id=id, seat=self.seats["patient"]))
        await patient.event("admitted")
        return patient


async def knows(office: Clinic, life: str, *, alive: bool = True) -> None:
    """Return once every signaling process has seen that this life of a media node is there, or is gone."""
    for services in office.services:
        for _ in range(1000):
            if services.nodes.is_alive(life) is alive:
                break
            await asyncio.sleep(0.02)
        assert services.nodes.is_alive(life) is alive


async def consent(page: Page) -> p.Ack | p.Refused:
    """To the text that the page was shown."""
    return await page.do(lambda id: accepted(id, page.welcome))


def accepted(id: str, welcome: p.Welcome) -> p.Consent:
    """Everything accepted that has to be, nothing that need not."""
    text = welcome.consent
    assert text is not None
    items = {
        True: [item.id for item in text.items if item.optional],
        False: [i.id for i in text.items if not i.optional],
    }
    return p.Consent(
        id=id, text_version=text.version, text_sha256=text.sha256, lang=text.lang,
        accepted=tuple(items[False]), declined=tuple(items[True]),
    )  # fmt: skip


@asynccontextmanager
async def clinic(
    redis_url: str,
    processes: int = 1,
    monotonic_s: Callable[[], float] = time.monotonic,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    **overrides: Any,
) -> AsyncIterator[Clinic]:
    """So many signaling processes against one Redis, and a seeded consultation."""
    async with AsyncExitStack() as stack:
        redis = connect(redis_url)
        stack.push_async_callback(redis.aclose)
        urls, services = [], []
        where = {"data_dir": data_dir(), **overrides}
        for _ in range(processes):
            port = free_port()
            services.append(
                await stack.enter_async_context(serving(Settings(port=port, **where), redis_url, monotonic_s, now))
            )
            urls.append(f"http://127.0.0.1:{port}")
        http = await stack.enter_async_context(aiohttp.ClientSession())
        seeded = Clinic(served_store(redis, where["data_dir"]), redis, http, urls, services)
        await seeded.seed()
        stack.push_async_callback(seeded.close)
        yield seeded
