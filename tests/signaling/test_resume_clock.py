"""docs/resume-rules.md, "A seat without a page": every cell on a process' clock, with a real Valkey."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from clinic_under_test import Clinic, clinic, knows
from fake_media import fake_media
from redis.asyncio import Redis

from clinic import commands as c
from clinic.consultation import Seat
from resume_rules import NOTHING, cells
from signaling.clock import Clock
from signaling.presence import LEASE_S

TABLE = cells("A seat without a page")
NODE_LIVES = {"its node lives": True, "its node is gone": False}
PASTS: dict[str, tuple[type[c.Arrive | c.Join | c.Leave | c.ReportPathLost | c.End], ...]] = {
    "waiting": (c.Arrive,),
    "in call": (c.Join,),
    "path lost": (c.Join, c.ReportPathLost),
    "away": (c.Join, c.Leave),
    "ended": (c.Join, c.End),
}


@pytest.mark.parametrize("state", NODE_LIVES)
async def test_column(state: str, redis_url: str, redis: Redis) -> None:
    async with clinic(redis_url) as office, fake_media(redis) as node:
        await knows(office, node.life)
        seats = {event: await left_alone(office, event) for event in PASTS}
        if not NODE_LIVES[state]:
            await node.die()
            await knows(office, node.life, alive=False)
        late = office.services[0].now() + timedelta(seconds=LEASE_S + 1)
        for _ in range(2):
            await Clock(replace(office.services[0], now=lambda: late)).round()
        outcomes = {event: await told(office, *seat) for event, seat in seats.items()}
        await leases_are_right(office, seats, outcomes, late, alive=NODE_LIVES[state])
    assert outcomes == {cell.event: cell.outcome for cell in TABLE if cell.state == state}


async def left_alone(office: Clinic, past: str) -> tuple[str, str, Seat, str | None]:
    """A physician's seat in that state, whose page is gone, in a consultation of its own on the node."""
    await office.seed()
    services, consultation, seat = office.services[0], office.consultation, office.seats["physician"]
    await services.link.place(consultation)
    await services.presence.claim(consultation, seat, "page-one", services.now().timestamp())
    for number, kind in enumerate(PASTS[past]):
        rest = {c.ReportPathLost: (1,), c.End: ("completed",)}.get(kind, ())
        await services.store.execute(consultation, kind(f"command-{number}", seat, *rest), services.now())
    snapshot = await services.store.load(consultation)
    before = snapshot.consultation.seat(seat)
    assert before is not None
    return consultation, seat, before, snapshot.upto


async def told(office: Clinic, consultation: str, seat: str, before: Seat, upto: str | None) -> str:
    events = (await office.store.events_after(consultation, upto, 10)).events
    after = (await office.store.load(consultation)).consultation.seat(seat)
    if not events:
        assert after == before
        return NOTHING
    assert after is not None
    assert not after.present
    assert not after.arrived
    return f"{' '.join(stored.event.type for stored in events)} → away"


async def leases_are_right(
    office: Clinic,
    seats: dict[str, tuple[str, str, Seat, str | None]],
    outcomes: dict[str, str],
    late: datetime,
    *,
    alive: bool,
) -> None:
    """Who needs no more looking after is forgotten; media that flows is looked at again."""
    much_later = late.timestamp() + LEASE_S + 1
    kept = {consultation for consultation, _ in await office.services[0].presence.overdue(much_later)}
    assert kept == ({seats["in call"][0]} if alive else set()), outcomes


def test_table_is_whole() -> None:
    assert {cell.event for cell in TABLE} == set(PASTS)
    assert {cell.state for cell in TABLE} == set(NODE_LIVES)
