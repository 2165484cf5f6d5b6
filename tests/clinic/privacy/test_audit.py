"""The audit in a real Valkey: chained whatever races, anchored, looked through, and checked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from redis.asyncio import Redis

from clinic import keys as clinic_keys
from clinic.privacy import keys
from clinic.privacy.audit import Audit, heads_of
from clinic.privacy.audit_entry import AuditKeys, Entry
from clinic.privacy.master_key import MasterKey

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
KEYS = AuditKeys.of(MasterKey((b"m" * 32,)))


def entry(scope: str = "clinic", actor: str = "paz", patient: str = "") -> Entry:
    return Entry(scope, "open", actor, "physician", "TREAT", NOW, patient=patient)


@pytest.fixture
def audit(redis: Redis) -> Audit:
    return Audit(redis, KEYS)


@pytest.fixture
async def second(redis_url: str) -> AsyncIterator[Audit]:
    """Another process' audit."""
    client = Redis.from_url(redis_url, socket_timeout=None)
    yield Audit(client, KEYS)
    await client.aclose()


async def test_a_read_is_an_entry_of_the_patients_chain(audit: Audit) -> None:
    await audit.record_read("paz", "physician", "ana", ["record", "triage"], NOW, consultation="c1", request="r-1")
    [logged] = (await audit.page()).entries
    assert {name: logged.fields[name] for name in ("scope", "action", "actor", "patient", "facts", "n")} == {
        "scope": "patient:ana", "action": "read", "actor": "paz", "patient": "ana", "facts": "record triage", "n": "1",
    }  # fmt: skip
    assert await audit.verify() == ()


async def test_two_processes_that_race_for_one_chain_leave_it_whole(audit: Audit, second: Audit) -> None:
    await asyncio.gather(*(each.record(entry(actor=f"staff-{n}")) for n in range(8) for each in (audit, second)))
    page = await audit.page()
    assert sorted(int(logged.fields["n"]) for logged in page.entries) == list(range(1, 17))
    assert await audit.verify() == ()


async def test_anchors_seal_what_came_since_the_last_one(audit: Audit) -> None:
    assert await audit.anchor(NOW) is None
    await audit.record(entry())
    first = await audit.anchor(NOW)
    assert first is not None
    assert await audit.anchor(NOW) is None
    await audit.record(entry("patient:ana"))
    second = await audit.anchor(NOW)
    assert second is not None
    assert second.n == 2
    newest = (await audit.page(scope="anchor")).entries[0]
    assert newest.fields["count"] == "2"
    assert await audit.verify([first, second]) == ()


async def test_of_two_processes_that_anchor_at_once_one_does(audit: Audit, second: Audit) -> None:
    await audit.record(entry())
    made = await asyncio.gather(audit.anchor(NOW), second.anchor(NOW))
    assert sum(head is not None for head in made) == 1
    assert await audit.verify() == ()


async def test_damage_in_the_stream_is_named(audit: Audit, redis: Redis) -> None:
    for actor in ("paz", "eva", "luz"):
        await audit.record(entry(actor=actor))
    await audit.anchor(NOW)
    raw = await redis.xrange(clinic_keys.AUDIT)
    await redis.delete(clinic_keys.AUDIT)
    raw[1][1][b"actor"] = b"Eva"
    for stream_id, fields in raw:
        await redis.xadd(clinic_keys.AUDIT, fields, id=stream_id)
    assert [(found.kind, found.entry) for found in await audit.verify()] == [("changed", raw[1][0].decode())]


async def test_an_anchor_stands_on_the_last_one_that_is_genuine(audit: Audit, redis: Redis) -> None:
    await audit.record(entry())
    await audit.anchor(NOW)
    [(first, fields), (anchor, sealed)] = await redis.xrange(clinic_keys.AUDIT)
    await redis.delete(clinic_keys.AUDIT)
    await redis.xadd(clinic_keys.AUDIT, fields, id=first)
    await redis.xadd(clinic_keys.AUDIT, {**sealed, b"upto": b"junk"}, id=anchor)
    await audit.record(entry())
    assert await audit.anchor(NOW) is not None
    assert [(found.kind, found.entry) for found in await audit.verify()] == [("changed", anchor.decode())]


async def test_a_junk_head_is_named(audit: Audit, redis: Redis) -> None:
    await audit.record(entry())
    await redis.hset(keys.AUDIT_HEADS, "clinic", b"\xff")
    assert [(found.kind, found.scope) for found in await audit.verify()] == [("head", "clinic")]


async def test_the_view_pages_by_patient_and_actor_newest_first(audit: Audit) -> None:
    for n in range(5):
        await audit.record(entry(f"patient:p{n % 2}", actor=f"staff-{n}", patient=f"p{n % 2}"))
    first = await audit.page(limit=2, patient="p0")
    assert [logged.fields["actor"] for logged in first.entries] == ["staff-4", "staff-2"]
    rest = await audit.page(first.before, limit=2, patient="p0")
    assert [logged.fields["actor"] for logged in rest.entries] == ["staff-0"]
    assert rest.before is None
    assert [logged.fields["n"] for logged in (await audit.page(actor="staff-3")).entries] == ["2"]
    assert (await audit.page(patient="nobody")).entries == ()


def test_where_heads_are() -> None:
    assert heads_of("consultation:c1") == (clinic_keys.state("c1"), "audit")
    assert heads_of("patient:ana") == (keys.AUDIT_HEADS, "patient:ana")
