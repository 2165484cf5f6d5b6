"""One run: a server, consultations with people in them, faults, and at the end what everybody was told."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path as FilePath
from typing import Final

from aiortc.rtcdtlstransport import RTCCertificate

from chaos.cell import Network, page_ip
from chaos.faults import Chaos
from chaos.history import Entry, Reading, Stalled
from chaos.log import Log
from chaos.page import Access, Json, Page
from chaos.path import Means
from chaos.person import Person, reading
from chaos.plan import Fault
from chaos.plant import Planted, plant
from chaos.server import Server
from chaos.timeline import entry
from chaos.voice import EVERY_S
from chaos.waiting import Waiting
from clinic.records import NewSeat
from clinic.store import Store
from stores import served_store

OPEN_SINCE: Final = timedelta(hours=2)
OPEN_FOR: Final = timedelta(hours=24)
"""However the clock leaps, every appointment is now."""
BEGIN_TIMEOUT_S: Final = 60.0
READ_TIMEOUT_S: Final = 30.0
STALLED_S: Final = 0.25
ALL: Final = 100_000
"""More events than a run makes."""
CONNECTING: Final = 64
FAULTS: Final = "faults.txt"


@dataclass(frozen=True)
class Order:
    """What a run is made of."""

    seed: int
    calls: int
    faults: Sequence[Fault]
    planted: Sequence[Planted] = ()
    apart: bool = True
    """Whether faults wait for what is due after those before."""


async def perform(order: Order, directory: FilePath, network: Network, log: Log) -> tuple[int, str]:
    """The exit code of `hilo serve`, asked to stop, and what was planted. All logs go to `directory`."""
    server = Server(directory, network.server)
    server.mount()
    try:
        server.start()
        await server.ready()
        planted = await _play(order, server, network, log, directory / FAULTS)
        return await server.stop(), planted
    finally:
        server.clear_away()


async def _play(order: Order, server: Server, network: Network, log: Log, done: FilePath) -> str:
    """From the first page's opening to the last one's reading; what was planted."""
    means = Means(RTCCertificate.generateCertificate(), ThreadPoolExecutor(CONNECTING))
    people = [
        Person(access, means, log, random.Random(f"{order.seed}/{access.index}"))
        for access in await _appointments(server, order.calls)
    ]
    async with _living(people, log):
        chaos = Chaos(server, network, people, log, done)
        if not await chaos.well(BEGIN_TIMEOUT_S):
            raise RuntimeError(f"no calls within {BEGIN_TIMEOUT_S} s:\n{server.log.read_text()[-4000:]}")
        await chaos.run(order.faults, apart=order.apart)
        return await _finish(server, people, chaos, log, order)


async def _finish(server: Server, people: list[Person], chaos: Chaos, log: Log, order: Order) -> str:
    """Everybody falls silent, one call is ended, something may be planted, and all is read."""
    server.set_clock(0)
    for person in people:
        person.talks = False
    await chaos.well()
    for person in people:
        person.stop_listening()
    next(person for person in reversed(people) if person.access.is_physician).end()
    await chaos.answered()
    for person in people:
        log.add(person.reading())
        await person.close()
    async with server.redis() as redis:
        note = await plant(redis, log.history, order.planted)
        store = served_store(redis, server.data)
        for consultation in dict.fromkeys(person.access.consultation for person in people):
            log.add(Reading(consultation, "", "store", await _stored(store, consultation)))
    for person in people:
        log.add(await _read_all(person.access, log))
    return note


async def _stored(store: Store, consultation: str) -> tuple[Entry, ...]:
    events = (await store.events_after(consultation, None, ALL)).events
    return tuple(entry(stored.id, stored.event.model_dump(mode="json")) for stored in events)


@asynccontextmanager
async def _living(people: Sequence[Person], log: Log) -> AsyncIterator[None]:
    """They talk, breathe, and their clock is watched."""
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(person.run()) for person in people]
        running.append(tasks.create_task(_breathe(people, log)))
        try:
            yield
        finally:
            for task in running:
                task.cancel()


async def _breathe(people: Sequence[Person], log: Log) -> None:
    """A turn of everybody every `EVERY_S`; being late is written down, for then nobody heard anything."""
    due_s = time.monotonic()
    while True:
        due_s += EVERY_S
        late_s = time.monotonic() - due_s
        if late_s > STALLED_S:
            log.add(Stalled(log.now() - late_s, log.now()))
            due_s = time.monotonic()
        await asyncio.sleep(max(0.0, due_s - time.monotonic()))
        now_ns = time.time_ns()
        for person in people:
            person.turn(now_ns)


async def _appointments(server: Server, calls: int) -> list[Access]:
    now = datetime.now(UTC)
    found: list[Access] = []
    async with server.redis() as redis:
        store = served_store(redis, server.data)
        for call in range(calls):
            made = await store.create_consultation(
                starts_at=now - OPEN_SINCE,
                ends_at=now + OPEN_FOR,
                reason="",
                seats=[NewSeat("patient", f"P{call}"), NewSeat("physician", f"D{call}")],
            )
            patient, physician = (seat.id for seat in made.seats)
            for seat, other in ((patient, physician), (physician, patient)):
                token = await store.issue_link(made.consultation, seat)
                index = len(found)
                found.append(Access(made.consultation, seat, other, seat == physician, token, page_ip(index), index))
    return found


async def _read_all(access: Access, log: Log) -> Reading:
    """What a page that was never here before is told."""
    page = Page(access, Waiting("reader"), log, _ignore)
    reader = asyncio.get_running_loop().create_task(page.run())
    try:
        async with asyncio.timeout(READ_TIMEOUT_S):
            while not page.whole:  # noqa: ASYNC110 (the page tells nobody)
                await asyncio.sleep(0.05)
    finally:
        reader.cancel()
        await asyncio.wait([reader])
    return reading(page, "fresh")


def _ignore(page: Page, message: Json) -> None:
    return
