"""docs/resume-rules.md, "A connection and its claim": every cell on the store and the claims in a real Valkey."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from redis.asyncio import Redis

from clinic import commands as c
from clinic import keys
from clinic.records import NewSeat, Refused
from clinic.store import Store, Superseded
from resume_rules import Cell, cells
from signaling.presence import CLAIMS_KEPT_S, LEASE_S, Presence
from signaling.redis_client import connect
from stores import sealed_store
from valkey_process import ValkeyProcess

START = datetime(2037, 11, 24, 14, 0, tzinfo=UTC)
TABLE = cells("A connection and its claim")
KILLED = "a new command, after Redis was killed and came back"


@dataclass
class Line:
    """A page's connection, and what it said before."""

    redis: Redis
    consultation: str
    seat: str
    claim: int = 0
    now: datetime = START

    @property
    def store(self) -> Store:
        return sealed_store(self.redis)

    async def hello(self, page: str) -> int:
        return await Presence(self.redis).claim(self.consultation, self.seat, page, self.now.timestamp())

    async def says(self, command: c.Command, claim: int | None) -> str:
        """How it was answered, in the table's words."""
        try:
            done = await self.store.execute(self.consultation, command, self.now, claim)
        except Superseded:
            return "superseded"
        if isinstance(done, Refused):
            return "refused"
        return "repeated" if done.repeated else "applied"


async def nothing_more(line: Line) -> None:
    pass


async def same_page_again(line: Line) -> None:
    await line.hello("page-one")


async def another_page(line: Line) -> None:
    await line.hello("page-two")


async def a_week_passed(line: Line) -> None:
    assert await line.redis.ttl(keys.claims(line.consultation)) == CLAIMS_KEPT_S
    await line.redis.delete(keys.claims(line.consultation))


STATES: dict[str, Callable[[Line], Awaitable[None]]] = {
    "holds": nothing_more,
    "replaced": same_page_again,
    "taken over": another_page,
    "forgotten": a_week_passed,
}


async def chat(line: Line) -> str:
    return await line.says(c.SendChat("new", line.seat, "hola"), line.claim)


async def repeated_chat(line: Line) -> str:
    return await line.says(c.SendChat("before", line.seat, "hola"), line.claim)


async def repeated_end(line: Line) -> str:
    return await line.says(c.End("refused", line.seat, "completed"), line.claim)


async def offer(line: Line) -> str:
    return await line.says(c.Join("join-1", line.seat), line.claim)


async def late_chat(line: Line) -> str:
    line.now += timedelta(seconds=LEASE_S + 1)
    assert (line.consultation, line.seat) in await Presence(line.redis).overdue(line.now.timestamp())
    return await chat(line)


async def report(line: Line) -> str:
    return await line.says(c.ReportPathLost("media-1", line.seat, 0), None)


async def hello_again(line: Line) -> str:
    try:
        claim = await line.hello("page-one")
    except Superseded:
        return "superseded"
    assert await Presence(line.redis).claim_of(line.consultation, line.seat, "page-one") == (claim, True)
    return "holds" if await line.says(c.SendChat("new", line.seat, "hola"), claim) == "applied" else "does not hold"


EVENTS: dict[str, Callable[[Line], Awaitable[str]]] = {
    "a new command": chat,
    "a command that was applied, its acknowledgement lost": repeated_chat,
    "a command that was refused, the refusal lost": repeated_end,
    "an offer": offer,
    "a new command, after the lease of the seat ran out": late_chat,
    KILLED: chat,
    "what a media node told the process": report,
    "the same page says hello again": hello_again,
}


@pytest.mark.parametrize("cell", [cell for cell in TABLE if cell.event != KILLED], ids=str)
async def test_cell(cell: Cell, redis_url: str) -> None:
    async with line_in(cell.state, redis_url) as line:
        assert await EVENTS[cell.event](line) == cell.outcome


@pytest.mark.parametrize("cell", [cell for cell in TABLE if cell.event == KILLED], ids=str)
async def test_cell_over_a_power_cut(cell: Cell, own_valkey: ValkeyProcess) -> None:
    async with line_in(cell.state, own_valkey.url) as line:
        own_valkey.kill()
        own_valkey.start()
        assert await EVENTS[cell.event](line) == cell.outcome


@asynccontextmanager
async def line_in(state: str, redis_url: str) -> AsyncIterator[Line]:
    """A patient's first connection, with one command applied, one refused, and then what the state tells."""
    redis = connect(redis_url)
    made = await sealed_store(redis).create_consultation(
        starts_at=START,
        ends_at=START + timedelta(minutes=20),
        reason="control",
        seats=[NewSeat("patient", "Ana"), NewSeat("physician", "Dr. Paz")],
    )
    line = Line(redis, made.consultation, made.seats[0].id)
    line.claim = await line.hello("page-one")
    await line.says(c.Consent("consent", line.seat, "1", "a" * 64, "es"), line.claim)
    await line.says(c.Admit("admit", made.seats[1].id, line.seat), None)
    assert await line.says(c.SendChat("before", line.seat, "hola"), line.claim) == "applied"
    assert await line.says(c.End("refused", line.seat, "completed"), line.claim) == "refused"
    await STATES[state](line)
    yield line
    await redis.aclose()


async def test_superseded_writes_nothing(redis_url: str) -> None:
    async with line_in("taken over", redis_url) as line:
        audited = await line.redis.xlen(keys.AUDIT)
        snapshot = await line.store.load(line.consultation)
        assert await chat(line) == "superseded"
        assert await line.redis.xlen(keys.AUDIT) == audited
        assert await line.store.load(line.consultation) == snapshot
        assert await line.says(c.SendChat("new", line.seat, "hola"), line.claim + 1) == "applied"


def test_table_is_whole() -> None:
    assert {cell.event for cell in TABLE} == set(EVENTS)
    assert {cell.state for cell in TABLE} == set(STATES)
