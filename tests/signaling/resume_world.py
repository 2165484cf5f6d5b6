"""Pages, lines and processes around the real store and the real claims, as a model plays with them: no sockets.

A page keeps what is not acknowledged, as web/static/js/queue.js does. A line is one connection: what the page said on
it and the process has not done yet. A process may do that late, long after the page has another line.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any, TypeVar

from clinic import commands as c
from clinic import events as e
from clinic.consultation import apply
from clinic.records import Applied, NewSeat, Refused, Stored
from clinic.store import Superseded
from signaling.presence import Presence
from signaling.redis_client import connect
from stores import sealed_store

START = datetime(2037, 11, 24, 14, 0, tzinfo=UTC)
PROCESSES = 2
T = TypeVar("T")


@dataclass
class Page:
    """A page of a seat."""

    id: str
    seat: str
    client: str = ""
    """The client id that it says hello with: another one each time that its human wants the seat back."""
    line: Line | None = None
    made: list[str] = field(default_factory=list)
    """Ids of all its chat, in the order in which it was written."""
    waiting: list[c.SendChat] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    seen: list[Stored] = field(default_factory=list)

    @property
    def cursor(self) -> str | None:
        """The last event it has."""
        return self.seen[-1].id if self.seen else None


@dataclass
class Line:
    page: Page
    process: int
    claim: int
    said: deque[c.SendChat]

    def __str__(self) -> str:
        return f"line of {self.page.id} with claim {self.claim}"


class World:
    """One consultation. `fenced=False` plants the fault that commands carry no claim."""

    def __init__(self, redis_url: str, *, fenced: bool = True) -> None:
        self._runner = asyncio.Runner()
        self._clients = [self.run(_connected(redis_url)) for _ in range(PROCESSES)]
        self._fenced = fenced
        self.stores = [sealed_store(client) for client in self._clients]
        self.now = START
        self.pages: list[Page] = []
        self.lines: list[Line] = []
        self.holders: dict[str, int] = {}
        self._clients_of: dict[str, str] = {}
        """Seat -> client id that holds it."""
        self._commands = 0
        self.run(self._seed())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    def close(self) -> None:
        for client in self._clients:
            self.run(client.aclose())
        self._runner.close()

    def command_id(self, maker: str) -> str:
        self._commands += 1
        return f"{maker}-{self._commands}"

    def hello(self, page: Page, process: int) -> None:
        """A new line; what was not acknowledged is said again at once, in its order."""
        page.client = page.client or page.id
        claim = self._claim(page, process)
        if claim is None:
            page.client = self.command_id(page.id)
            claim = self._claim(page, process)
        assert claim is not None, "a new client id is never refused"
        assert claim > self.holders.get(page.seat, 0), "claims grow, whichever process makes them"
        self.holders[page.seat], self._clients_of[page.seat] = claim, page.client
        page.line = Line(page, process, claim, deque(page.waiting))
        self.lines.append(page.line)

    def _claim(self, page: Page, process: int) -> int | None:
        """None: another page took the seat from this one."""
        presence = Presence(self._clients[process])
        try:
            return self.run(presence.claim(self.consultation, page.seat, page.client, self.now.timestamp()))
        except Superseded:
            assert self._clients_of[page.seat] != page.client, "who holds the seat may come again"
            return None

    def write(self, page: Page) -> None:
        chat = c.SendChat(self.command_id(page.id), page.seat, "hola")
        page.made.append(chat.id)
        page.waiting.append(chat)
        if page.line is not None:
            page.line.said.append(chat)

    async def do(self, line: Line, *, acknowledged: bool) -> Applied | Refused | None:
        """The process does the oldest thing said on the line; None: it was told that the line is superseded."""
        chat = line.said.popleft()
        try:
            done = await self.execute(chat, line)
        except Superseded:
            self.cut(line)
            return None
        if acknowledged and line.page.line is line:
            line.page.waiting.remove(chat)
            if isinstance(done, Applied):
                line.page.acknowledged.append(chat.id)
        return done

    async def execute(self, command: c.Command, line: Line) -> Applied | Refused:
        claim = line.claim if self._fenced else None
        return await self.stores[line.process].execute(self.consultation, command, self.now, claim)

    async def report(self, command: c.Command, process: int) -> Applied | Refused:
        """What no page says."""
        return await self.stores[process].execute(self.consultation, command, self.now)

    def cut(self, line: Line) -> None:
        """The server closes the line."""
        self.lines.remove(line)
        if line.page.line is line:
            line.page.line = None

    def is_superseded(self, line: Line) -> bool:
        return line.claim < self.holders[line.page.seat]

    def timeline(self) -> list[Stored]:
        page = self.run(self.stores[0].events_after(self.consultation, None, 10_000))
        assert not page.more
        return list(page.events)

    def state_is_what_the_timeline_tells(self, timeline: list[Stored]) -> None:
        snapshot = self.run(self.stores[1].load(self.consultation))
        events: list[e.Event] = [stored.event for stored in timeline]
        assert snapshot.consultation == reduce(apply, events, self.fresh)
        assert snapshot.upto == (timeline[-1].id if timeline else None)

    async def _seed(self) -> None:
        store = self.stores[0]
        made = await store.create_consultation(
            starts_at=START,
            ends_at=START + timedelta(minutes=20),
            reason="control",
            seats=[NewSeat("patient", "Ana"), NewSeat("physician", "Dr. Paz")],
        )
        self.consultation = made.consultation
        self.patient, self.physician = (seat.id for seat in made.seats)
        self.fresh = (await store.load(self.consultation)).consultation
        await store.execute(self.consultation, c.Consent("consent", self.patient, "1", "a" * 64, "es"), START)
        await store.execute(self.consultation, c.Admit("admit", self.physician, self.patient), START)


async def _connected(redis_url: str) -> Any:
    return connect(redis_url)
