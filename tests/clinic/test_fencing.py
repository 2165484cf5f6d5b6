"""Fencing: whatever an old connection of a seat still writes, late or again, changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from clinic import keys
from clinic.commands import Arrive, SendChat
from clinic.records import Applied, Created, NewSeat, Refused
from clinic.store import Store, Superseded
from stores import sealed_store

NOW = datetime(2037, 11, 23, 14, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Take:
    """A newer connection takes the seat."""

    seat: int


@dataclass(frozen=True)
class Write:
    """The seat's connection number `claim` says the words number `word`, perhaps not for the first time."""

    seat: int
    claim: int
    word: int


SEATS = st.sampled_from((0, 2))
"""The physicians: a patient must consent before it may write."""
STEPS = st.lists(st.builds(Take, SEATS) | st.builds(Write, SEATS, st.integers(1, 3), st.integers(0, 4)), max_size=25)


async def three_seats(store: Store) -> Created:
    return await store.create_consultation(
        starts_at=NOW,
        ends_at=NOW + timedelta(minutes=20),
        reason="control",
        seats=[NewSeat("physician", "Dr. Paz"), NewSeat("patient", "Ana"), NewSeat("physician", "Dr. Rey")],
    )


async def everything(redis: Redis) -> dict[bytes, object]:
    """Hashes as they are read: a dump has their fields in an order that moves."""
    return {
        key: await (redis.hgetall(key) if await redis.type(key) == b"hash" else redis.dump(key))
        for key in await redis.keys("*")
    }


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_only_the_newest_connection_writes(redis: Redis, steps: list[Take | Write]) -> None:
    store = sealed_store(redis)
    made = await three_seats(store)
    highest, said = [0, 0, 0], list[str]()
    for step in steps:
        seat = made.seats[step.seat].id
        if isinstance(step, Take):
            highest[step.seat] = await redis.hincrby(keys.claims(made.consultation), seat, 1)
            continue
        chat = SendChat(f"{step.seat}-{step.word}", seat, "hola")
        before = await everything(redis)
        if chat.id in said:
            assert await store.execute(made.consultation, chat, NOW, step.claim) == Applied(repeated=True)
            assert await everything(redis) == before
        elif step.claim < highest[step.seat]:
            with pytest.raises(Superseded):
                await store.execute(made.consultation, chat, NOW, step.claim)
            assert await everything(redis) == before
        else:
            assert isinstance(await store.execute(made.consultation, chat, NOW, step.claim), Applied)
            said.append(chat.id)
    page = await store.events_after(made.consultation, None, 100)
    assert [getattr(stored.event, "command_id", "") for stored in page.events] == said


async def test_an_old_connection_is_not_even_refused(redis: Redis) -> None:
    store = sealed_store(redis)
    made = await three_seats(store)
    patient = made.seats[1].id
    await redis.hset(keys.claims(made.consultation), patient, 10)
    with pytest.raises(Superseded):
        await store.execute(made.consultation, Arrive("command-1", patient), NOW, claim=9)
    assert await store.execute(made.consultation, Arrive("command-1", patient), NOW, 10) == Refused("consent-required")


async def test_reports_of_our_own_processes_have_no_claim(redis: Redis) -> None:
    store = sealed_store(redis)
    made = await three_seats(store)
    physician = made.seats[0].id
    await redis.hset(keys.claims(made.consultation), physician, 10)
    assert isinstance(await store.execute(made.consultation, SendChat("command-1", physician, "hola"), NOW), Applied)
