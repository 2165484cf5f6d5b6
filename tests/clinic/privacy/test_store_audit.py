"""What the store writes is chained in the same step, whatever races; and a damaged entry of it is named."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from redis.asyncio import Redis

from clinic import keys
from clinic.commands import Arrive, Consent, End, SendChat
from clinic.privacy.audit import Audit
from clinic.privacy.audit_entry import AuditKeys
from clinic.privacy.master_key import MasterKey
from clinic.records import Created, NewSeat
from clinic.store import Store, UnknownConsultation
from stores import sealed_store

NOW = datetime(2037, 11, 23, 14, 0, tzinfo=UTC)
KEYS = AuditKeys.of(MasterKey((b"m" * 32,)))


@pytest.fixture
def store(redis: Redis) -> Store:
    return sealed_store(redis)


@pytest.fixture
def audit(redis: Redis) -> Audit:
    return Audit(redis, KEYS)


async def consultation_of(store: Store) -> Created:
    return await store.create_consultation(
        starts_at=NOW,
        ends_at=NOW + timedelta(minutes=20),
        reason="control",
        seats=[NewSeat("patient", "Ana"), NewSeat("physician", "Dr. Paz")],
    )


async def test_every_write_of_a_consultation_is_in_its_chain(store: Store, audit: Audit) -> None:
    made = await consultation_of(store)
    patient, physician = made.seats
    await store.issue_link(made.consultation, patient.id)
    await store.execute(made.consultation, Arrive("command-1", patient.id), NOW)
    await store.execute(made.consultation, Consent("command-2", patient.id, "1", "a" * 64, "es"), NOW)
    await store.revoke(made.consultation, patient.id)
    await store.execute(made.consultation, End("command-3", physician.id, "completed"), NOW)
    entries = [logged.fields for logged in reversed((await audit.page(consultation=made.consultation)).entries)]
    told = [(each["n"], each["action"], each["role"], each["outcome"], each["facts"]) for each in entries]
    assert told == [
        ("1", "create", "system", "ok", ""),
        ("2", "issue_link", "system", "ok", patient.id),
        ("3", "Arrive", "patient", "consent-required", ""),
        ("4", "Consent", "patient", "ok", "consented"),
        ("5", "revoke", "system", "ok", patient.id),
        ("6", "End", "physician", "ok", "ended"),
    ]
    assert await audit.verify() == ()


async def test_racing_writes_leave_every_chain_whole(store: Store, audit: Audit) -> None:
    made = [await consultation_of(store) for _ in range(2)]
    await asyncio.gather(
        *(
            store.execute(c.consultation, SendChat(f"command-{n}", c.seats[1].id, "x"), NOW)
            for c in made
            for n in range(8)
        ),
        *(store.execute(c.consultation, Arrive(f"refused-{n}", c.seats[0].id), NOW) for c in made for n in range(4)),
        *(store.issue_link(c.consultation, c.seats[0].id) for c in made for _ in range(4)),
        *(store.revoke(c.consultation, c.seats[1].id) for c in made),
        audit.anchor(NOW),
    )
    for each in made:
        assert (await store.load(each.consultation)).head.n == 1 + 8 + 4 + 4 + 1
    await audit.anchor(NOW)
    assert await audit.verify() == ()


async def test_a_cut_tail_of_a_consultation_is_named(store: Store, audit: Audit, redis: Redis) -> None:
    made = await consultation_of(store)
    await store.execute(made.consultation, SendChat("command-1", made.seats[1].id, "x"), NOW)
    [_, (last, _)] = await redis.xrange(keys.AUDIT)
    await redis.xdel(keys.AUDIT, last)
    [finding] = await audit.verify()
    assert (finding.kind, finding.scope, finding.first) == ("missing", f"consultation:{made.consultation}", 2)


async def test_nothing_is_revoked_in_a_consultation_that_is_not(store: Store, redis: Redis) -> None:
    with pytest.raises(UnknownConsultation):
        await store.revoke("nothing", "nobody")
    assert await redis.keys("*") == []


async def test_what_a_person_wrote_is_not_in_the_audit(store: Store, redis: Redis) -> None:
    made = await consultation_of(store)
    await store.execute(made.consultation, SendChat("command-1", made.seats[1].id, "tiene fiebre"), NOW)
    audit = str(await redis.xrange(keys.AUDIT))
    assert not any(word in audit for word in ("fiebre", "Ana", "Paz", "control"))
