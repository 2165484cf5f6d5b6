"""The store against a real Valkey: durable once, in one step, whatever races."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from clinic import keys
from clinic.commands import Admit, Arrive, Consent, End, Expire, SendChat, SetPreference
from clinic.records import Applied, Created, NewSeat, Refused
from clinic.store import Store, UnknownConsultation
from clinic.unavailable import Unavailable
from stores import sealed_store
from valkey_process import ValkeyProcess

NOW = datetime(2037, 11, 23, 14, 0, tzinfo=UTC)
SHA = "a" * 64


@pytest.fixture
def store(redis: Redis) -> Store:
    return sealed_store(redis)


async def consultation_of(store: Store) -> Created:
    return await store.create_consultation(
        starts_at=NOW,
        ends_at=NOW + timedelta(minutes=20),
        reason="control",
        seats=[NewSeat("patient", "Ana"), NewSeat("physician", "Dr. Paz")],
    )


async def test_command_becomes_events_state_audit_and_a_bell(store: Store, redis: Redis) -> None:
    made = await consultation_of(store)
    patient, _ = made.seats
    async with redis.pubsub() as bell:
        await bell.subscribe(keys.BELL)
        await bell.get_message(timeout=5)
        done = await store.execute(made.consultation, Consent("command-1", patient.id, "1", SHA, "es"), NOW)
        rung = await bell.get_message(timeout=5)
    assert isinstance(done, Applied)
    assert rung is not None
    assert rung["data"] == made.consultation.encode()
    snapshot = await store.load(made.consultation)
    assert snapshot.upto == done.event_ids[-1]
    assert snapshot.consultation.seats[0].consent_sha256 == SHA
    page = await store.events_after(made.consultation, None, 10)
    assert [stored.event.type for stored in page.events] == ["consented"]
    assert [entry[1][b"action"] for entry in await redis.xrange(keys.AUDIT)] == [b"create", b"Consent"]


async def test_repeated_command_id_is_acknowledged_and_not_applied_twice(store: Store) -> None:
    made = await consultation_of(store)
    chat = SendChat("command-1", made.seats[1].id, "hola")
    first = await store.execute(made.consultation, chat, NOW)
    again = await store.execute(made.consultation, chat, NOW)
    assert isinstance(first, Applied)
    assert len(first.event_ids) == 1
    assert again == Applied(repeated=True)
    assert len((await store.events_after(made.consultation, None, 10)).events) == 1


async def test_refused_command_id_stays_refused(store: Store) -> None:
    made = await consultation_of(store)
    patient, _ = made.seats
    arrive = Arrive("command-1", patient.id)
    assert await store.execute(made.consultation, arrive, NOW) == Refused("consent-required")
    await store.execute(made.consultation, Consent("command-2", patient.id, "1", SHA, "es"), NOW)
    assert await store.execute(made.consultation, arrive, NOW) == Refused("consent-required")


async def test_same_command_id_of_two_seats_is_two_commands(store: Store) -> None:
    made = await consultation_of(store)
    patient, physician = made.seats
    await store.execute(made.consultation, Consent("command-0", patient.id, "1", SHA, "es"), NOW)
    for seat in (patient, physician):
        done = await store.execute(made.consultation, SendChat("command-1", seat.id, "hola"), NOW)
        assert isinstance(done, Applied)
        assert done.event_ids


async def test_racing_commands_are_all_applied_once(store: Store) -> None:
    made = await consultation_of(store)
    physician = made.seats[1].id
    await asyncio.gather(
        *(store.execute(made.consultation, SendChat(f"command-{n}", physician, str(n)), NOW) for n in range(20)),
        *(store.execute(made.consultation, SendChat(f"command-{n}", physician, str(n)), NOW) for n in range(20)),
    )
    page = await store.events_after(made.consultation, None, 100)
    texts = sorted(int(getattr(stored.event, "text", "-1")) for stored in page.events)
    assert texts == list(range(20))
    assert (await store.load(made.consultation)).version == 20


async def test_end_goes_to_the_outbox_and_leaves_the_open_set(store: Store, redis: Redis) -> None:
    made = await consultation_of(store)
    await store.execute(made.consultation, End("command-1", made.seats[1].id, "completed"), NOW)
    [(_, entry)] = await redis.xrange(keys.OUTBOX)
    assert entry[b"consultation"] == made.consultation.encode()
    assert b'"reason":"completed"' in entry[b"event"]
    assert await store.due(NOW + timedelta(days=1)) == ()


async def test_clock_ends_what_nobody_ended(store: Store) -> None:
    made = await consultation_of(store)
    late = NOW + timedelta(minutes=80)
    assert await store.due(late - timedelta(seconds=1)) == ()
    assert await store.due(late) == (made.consultation,)
    await store.execute(made.consultation, Expire("expire"), late)
    assert (await store.load(made.consultation)).consultation.status == "ended"
    assert await store.due(late) == ()


async def test_pages_of_the_timeline(store: Store) -> None:
    made = await consultation_of(store)
    for n in range(5):
        await store.execute(made.consultation, SendChat(f"command-{n}", made.seats[1].id, str(n)), NOW)
    first = await store.events_after(made.consultation, None, 3)
    rest = await store.events_after(made.consultation, first.events[-1].id, 3)
    assert (len(first.events), first.more) == (3, True)
    assert (len(rest.events), rest.more) == (2, False)


async def test_state_of_the_version_before_the_ladder_loads(store: Store, redis: Redis) -> None:
    made = await consultation_of(store)
    key = keys.state(made.consultation)
    state = json.loads(await redis.hget(key, "state") or b"")
    for seat in state["state"]["seats"]:
        for new in ("up_level", "down_level", "level_reason", "hold", "save_data"):
            del seat[new]
    await redis.hset(key, "state", json.dumps(state))
    assert (await store.load(made.consultation)).consultation.seats == made.seats
    physician = made.seats[1].id
    done = await store.execute(made.consultation, SetPreference("command-1", physician, "voice", False), NOW)
    assert isinstance(done, Applied)
    assert (await store.load(made.consultation)).consultation.seats[1].hold == "voice"


async def test_token_opens_its_seat_until_revoked(store: Store, redis: Redis) -> None:
    made = await consultation_of(store)
    token = await store.issue_link(made.consultation, made.seats[0].id)
    link = await store.seat_of_token(token)
    assert link is not None
    assert (link.consultation, link.seat) == (made.consultation, made.seats[0].id)
    assert link.expires_at == NOW + timedelta(minutes=80)
    assert token.encode() not in b"".join(await redis.keys("*"))
    assert await store.revoke(made.consultation, made.seats[1].id) == 0
    assert await store.revoke(made.consultation, made.seats[0].id) == 1
    assert await store.seat_of_token(token) is None


async def test_link_to_a_seat_of_nobody(store: Store) -> None:
    made = await consultation_of(store)
    with pytest.raises(LookupError):
        await store.issue_link(made.consultation, "nobody")
    with pytest.raises(UnknownConsultation):
        await store.issue_link("nothing", made.seats[0].id)


async def test_acknowledged_commands_survive_a_power_cut(own_valkey: ValkeyProcess) -> None:
    client = Redis.from_url(own_valkey.url, retry=Retry(NoBackoff(), 0))
    store = sealed_store(client)
    made = await consultation_of(store)
    physician = made.seats[1].id
    for n in range(10):
        await store.execute(made.consultation, SendChat(f"command-{n}", physician, str(n)), NOW)
    own_valkey.kill()
    with pytest.raises(Unavailable):
        await store.execute(made.consultation, SendChat("command-9", physician, "9"), NOW)
    own_valkey.start()
    assert await store.execute(made.consultation, SendChat("command-9", physician, "9"), NOW) == Applied(repeated=True)
    await store.execute(made.consultation, Admit("command-10", physician, physician), NOW)
    assert len((await store.events_after(made.consultation, None, 100)).events) == 10
    await client.aclose()
