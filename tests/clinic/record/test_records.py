"""Records in a real Valkey: durable once, in one step with audit and tasks, and never in clear."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from redis.asyncio import Redis

from clinic import keys as clinic_keys
from clinic.privacy.audit import Audit
from clinic.privacy.audit_entry import AuditKeys
from clinic.privacy.master_key import MasterKey
from clinic.privacy.sealing import Shredded
from clinic.privacy.vault import Vault
from clinic.record import keys
from clinic.record.commands import Complete, HandOver, Interrupt, Save, Sign
from clinic.record.content import Impression, NextAction
from clinic.record.events import Saved
from clinic.record.record import Refusal
from clinic.record.records import Applied, Records, UnknownRecord

NOW = datetime(2037, 11, 23, 14, 0, tzinfo=UTC)
MASTER = MasterKey((b"m" * 32,))


@pytest.fixture
def records(redis: Redis) -> Records:
    return Records(redis, Vault(redis, MASTER), Audit(redis, AuditKeys.of(MASTER)))


def save(text: str, base: int, edit: int, client: str = "a") -> Save:
    return Save(f"{client}-{edit}", "paz", "reason", text, base, client, edit)


async def filled(records: Records) -> None:
    await records.open("c1", "ana", "paz", NOW)
    values = (
        ("reason", "Cefalea"),
        ("impressions", (Impression("i1", "Migraña"),)),
        ("instructions", "Reposo"),
        ("next_action", NextAction("discharge")),
    )
    for edit, (name, value) in enumerate(values):
        await records.execute("c1", Save(f"f{edit}", "paz", name, value, 0, "a", 1), NOW)  # type: ignore[arg-type]


async def actions(redis: Redis) -> list[str]:
    return [entry[1][b"action"].decode() for entry in await redis.xrange(clinic_keys.AUDIT)]


async def test_a_draft_is_there_for_the_next_reader_and_the_read_is_audited(records: Records, redis: Redis) -> None:
    await records.open("c1", "ana", "paz", NOW)
    done = await records.execute("c1", save("Cefalea", 0, 1), NOW)
    assert isinstance(done, Applied)
    assert done.revision == 1
    assert (await records.read("c1", "luz", "physician", NOW)) == done.record
    assert await actions(redis) == ["record-open", "record-save", "read"]
    assert await Audit(redis, AuditKeys.of(MASTER)).verify() == ()


async def test_opening_twice_changes_nothing(records: Records) -> None:
    await records.open("c1", "ana", "paz", NOW)
    await records.execute("c1", save("Cefalea", 0, 1), NOW)
    again = await records.open("c1", "ana", "luz", NOW)
    assert (again.content.reason, again.treating) == ("Cefalea", "paz")


async def test_a_repeated_command_gets_its_first_answer(records: Records) -> None:
    await records.open("c1", "ana", "paz", NOW)
    await records.execute("c1", save("Cefalea", 0, 1), NOW)
    await records.execute("c1", save("Mareo", 1, 1, "b"), NOW)
    again = await records.execute("c1", save("Cefalea", 0, 1), NOW)
    assert isinstance(again, Applied)
    assert (again.repeated, again.revision, again.record.content.reason) == (True, 1, "Mareo")


async def test_a_race_keeps_both_texts(records: Records) -> None:
    await records.open("c1", "ana", "paz", NOW)
    await asyncio.gather(*(records.execute("c1", save(f"texto {n}", 0, 1, f"page{n}"), NOW) for n in range(8)))
    state = await records.read("c1", "paz", "physician", NOW)
    assert sorted(str(head.value) for head in state.heads("reason")) == [f"texto {n}" for n in range(8)]


async def test_the_same_command_sent_twice_at_once_is_applied_once(records: Records) -> None:
    await records.open("c1", "ana", "paz", NOW)
    both = await asyncio.gather(*(records.execute("c1", save("Cefalea", 0, 1), NOW) for _ in range(2)))
    assert [done.revision for done in both if isinstance(done, Applied)] == [1, 1]
    assert (await records.read("c1", "paz", "physician", NOW)).revision == 1


async def test_typing_leaves_one_line_of_history_and_of_audit(records: Records, redis: Redis) -> None:
    await records.open("c1", "ana", "paz", NOW)
    for edit, text in enumerate(["Ce", "Cefa", "Cefalea", "", "Mareo"], start=1):
        await records.execute("c1", save(text, edit - 1, edit), NOW + timedelta(seconds=2 * edit))
    history = await records.history("c1", "paz", "physician", NOW)
    texts = [line.event.head.value for line in history if isinstance(line.event, Saved) and line.event.head]
    assert texts == ["Cefalea", "Mareo"]
    assert await actions(redis) == ["record-open", "record-save", "read"]


async def test_a_refusal_is_audited_and_decided_anew(records: Records, redis: Redis) -> None:
    await records.open("c1", "ana", "paz", NOW)
    refused = await records.execute("c1", Complete("x", "paz"), NOW)
    assert isinstance(refused, Refusal)
    await filled(records)
    assert isinstance(await records.execute("c1", Complete("x", "paz"), NOW), Applied)
    outcomes = [entry[1][b"outcome"] for entry in await redis.xrange(clinic_keys.AUDIT)]
    assert outcomes.count(b"incomplete") == 1


async def test_an_interrupted_consultation_is_a_task_until_it_is_signed(records: Records) -> None:
    await filled(records)
    await records.execute("c1", Interrupt("1", "paz", "Se cortó la luz"), NOW)
    [task] = await records.tasks("paz")
    assert (task.consultation, task.patient, task.status, task.at) == ("c1", "ana", "interrupted", NOW)
    await records.execute("c1", HandOver("2", "paz", "luz"), NOW)
    assert await records.tasks("paz") == ()
    await records.execute("c1", Complete("3", "luz"), NOW)
    [task] = await records.tasks("luz")
    assert task.status == "completed"
    await records.execute("c1", Sign("4", "luz"), NOW)
    assert await records.tasks("luz") == ()


async def test_drafts_are_kept_a_month_after_the_signature(records: Records, redis: Redis) -> None:
    await filled(records)
    await records.execute("c1", Complete("1", "paz"), NOW)
    assert await redis.pttl(keys.revisions("c1")) == -1
    now = datetime.now(UTC)
    await records.execute("c1", Sign("2", "paz"), now)
    assert 0 < await redis.pttl(keys.revisions("c1")) <= 30 * 86400 * 1000
    await records.execute("c1", save("Mareo", 1, 2), now)
    assert await redis.pttl(keys.revisions("c1")) == -1


async def test_earlier_consultations_of_a_patient(records: Records) -> None:
    for n in range(3):
        await records.open(f"c{n}", "ana", "paz", NOW + timedelta(days=n))
    await records.open("other", "eva", "paz", NOW)
    found = await records.earlier("ana", "luz", "physician", NOW)
    assert [each.consultation for each in found] == ["c2", "c1", "c0"]
    assert found[0].at == NOW + timedelta(days=2)


async def test_nothing_is_in_redis_in_clear(records: Records, redis: Redis) -> None:
    await filled(records)
    dump = b"".join([await redis.dump(key) or b"" for key in await redis.keys("*")])
    for text in ("Cefalea", "Migra", "Reposo", "discharge"):
        assert text.encode() not in dump


async def test_an_older_sealed_record_put_back_is_found(records: Records, redis: Redis) -> None:
    await records.open("c1", "ana", "paz", NOW)
    old = await redis.hget(keys.record("c1"), "sealed")  # type: ignore[misc]
    await records.execute("c1", save("Cefalea", 0, 1), NOW)
    await redis.hset(keys.record("c1"), "sealed", old)  # type: ignore[misc]
    with pytest.raises(Exception, match="not what was sealed"):
        await records.read("c1", "paz", "physician", NOW)


async def test_after_erasure_nothing_can_be_read(records: Records, redis: Redis) -> None:
    await filled(records)
    await Vault(redis, MASTER).destroy("ana", NOW)
    with pytest.raises(Shredded):
        await records.read("c1", "paz", "physician", NOW)


async def test_unknown_record(records: Records) -> None:
    with pytest.raises(UnknownRecord):
        await records.read("c1", "paz", "physician", NOW)
