"""Consent texts and consents in a real Valkey: immutable, sealed, audited, and each request done once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from intake_desk import ANA, BY_MOTHER, LUIS, NOW, Desk, asked, grant, patient
from redis.asyncio import Redis

from clinic import keys as clinic_keys
from clinic.intake import keys
from clinic.intake.consent import Consent, Refusal
from clinic.intake.consent_default import DEFAULT
from clinic.intake.consent_text import ConsentText, Wording
from clinic.intake.consent_texts import ConsentTexts
from clinic.intake.consents import Consents, Recorded
from clinic.intake.editions import NotPublished, UnknownEdition
from clinic.privacy.sealing import Shredded
from clinic.unavailable import Unavailable
from valkey_process import ValkeyProcess

ADMINISTRATOR = asked("publish", "admin-1", "administrator", NOW + timedelta(hours=1))


@pytest.fixture
async def desk(redis: Redis) -> Desk:
    desk = Desk(redis)
    await desk.texts.found(NOW)
    return desk


async def published(desk: Desk, base: int = 1) -> ConsentText:
    text = await desk.texts.publish(DEFAULT, base, ADMINISTRATOR)
    assert isinstance(text, ConsentText)
    return text


async def test_a_new_clinic_has_a_text_and_keeps_its_own(desk: Desk) -> None:
    first = await desk.texts.newest()
    assert (first.version, first.wording) == (1, DEFAULT)
    assert await desk.texts.found(NOW + timedelta(days=9)) == first
    second = await published(desk)
    assert await desk.texts.newest() == second
    assert await desk.texts.all() == (first, second)
    assert await desk.texts.load(1) == first
    with pytest.raises(UnknownEdition):
        await desk.texts.load(3)


async def test_processes_that_start_at_once_found_one_text(redis: Redis) -> None:
    desk = Desk(redis)
    texts = await asyncio.gather(*(desk.texts.found(NOW + timedelta(seconds=n)) for n in range(5)))
    assert len(set(texts)) == 1
    assert await desk.texts.all() == (texts[0],)


async def test_only_an_administrator_publishes_and_only_what_is_whole(desk: Desk) -> None:
    for role in ("physician", "coordinator", "patient", ""):
        refused = await desk.texts.publish(DEFAULT, 1, asked("p", "x", role))
        assert refused == NotPublished("not-allowed")
    assert isinstance(await desk.texts.publish(Wording(items=()), 1, ADMINISTRATOR), tuple)
    assert len(await desk.texts.all()) == 1


async def test_a_publication_is_done_once_and_never_over_another(desk: Desk) -> None:
    text = await published(desk)
    assert await published(desk) == text
    other = await desk.texts.publish(DEFAULT, 1, asked("other", "admin-2", "administrator"))
    assert other == NotPublished("changed")
    assert len(await desk.texts.all()) == 2
    assert (await desk.audit.page(action="publish_consent_text")).entries[0].fields["facts"] == "edition 2"


async def test_a_consent_is_kept_and_a_withdrawal_comes_after_it(desk: Desk) -> None:
    given = await desk.consents.give(patient(), grant(), asked())
    assert isinstance(given, Recorded)
    assert isinstance(given.record, Consent)
    assert given.record.permits("whatsapp")
    assert not given.record.permits("recording")
    gone = await desk.consents.withdraw("ana", given.record.id, asked("r2"))
    assert isinstance(gone, Recorded)
    assert await desk.consents.of("ana") == (given.record, gone.record)
    actions = [entry.fields["action"] for entry in (await desk.audit.page(patient="ana")).entries]
    assert actions == ["withdraw_consent", "give_consent"]
    assert await desk.audit.verify() == ()


async def test_a_request_sent_again_is_done_once_whatever_came_between(desk: Desk) -> None:
    first = await desk.consents.give(patient(), grant(), asked())
    assert isinstance(first, Recorded)
    await published(desk)
    assert await desk.consents.give(patient(), grant(), asked()) == Recorded(first.record, repeated=True)
    assert await desk.consents.give(patient(), grant(), asked("r2")) == Refusal("text-changed")
    for repeated in (False, True):
        gone = await desk.consents.withdraw("ana", first.record.id, asked("w"))
        assert isinstance(gone, Recorded)
        assert gone.repeated == repeated
    assert await desk.redis.llen(keys.consents("ana")) == 2


async def test_many_at_once_are_all_kept(desk: Desk) -> None:
    same = [desk.consents.give(patient(), grant(), asked("same")) for _ in range(5)]
    other = [desk.consents.give(patient(), grant(seat=f"s{n}"), asked(f"o{n}", f"s{n}")) for n in range(5)]
    await asyncio.gather(*same, *other)
    records = await desk.consents.of("ana")
    assert len(records) == len({record.id for record in records}) == 6
    assert await desk.audit.verify() == ()


async def test_a_guardian_who_is_not_the_registered_one_shows(desk: Desk) -> None:
    child = patient(LUIS, "luis")
    given = await desk.consents.give(child, grant(giver=BY_MOTHER), asked())
    assert isinstance(given, Recorded)
    assert isinstance(given.record, Consent)
    assert given.record.registered_guardian
    assert given.record.grant.giver == BY_MOTHER
    assert await desk.consents.give(child, grant(), asked("r2")) == Refusal("guardian-needed")


async def test_a_read_is_in_the_audit_and_the_gate_is_not(desk: Desk) -> None:
    await desk.consents.give(patient(), grant(), asked())
    await desk.consents.of("ana")
    await desk.consents.read("ana", asked("look", "dr", "physician"))
    reads = (await desk.audit.page(action="read")).entries
    assert [entry.fields["actor"] for entry in reads] == ["dr"]
    assert await desk.consents.of("nobody") == ()


async def test_nothing_of_an_erased_patient_can_be_read_or_added(desk: Desk) -> None:
    await desk.consents.give(patient(), grant(), asked())
    await desk.vault.destroy("ana", NOW)
    with pytest.raises(Shredded):
        await desk.consents.of("ana")
    with pytest.raises(Shredded):
        await desk.consents.give(patient(), grant(), asked("r2"))
    assert await desk.redis.xlen(clinic_keys.AUDIT) == 2


async def test_the_file_holds_no_person(own_valkey: ValkeyProcess) -> None:
    client = Redis.from_url(own_valkey.url, socket_timeout=None)
    desk = Desk(client)
    await desk.texts.found(NOW)
    await desk.consents.give(patient(LUIS, "p1"), grant(giver=BY_MOTHER, address="190.1.2.3"), asked())
    signed = grant(method="typed-name", typed_name="Ana Paz", agent="Android 8")
    await desk.consents.give(patient(ANA, "p2"), signed, asked("r2"))
    directory = Path((await client.config_get("dir"))["dir"])
    await client.aclose()
    written = b"".join(path.read_bytes() for path in directory.glob("appendonlydir/*.aof"))  # noqa: ASYNC240
    assert b"give_consent" in written
    for plain in (b"Ana", b"Paz", b"12345678", b"190.1.2.3", b"Android"):
        assert plain not in written


class SlowReader(ConsentTexts):
    """Still gives the text that held before somebody published."""

    async def newest(self) -> ConsentText:
        return await self.load(1)


async def test_a_text_that_is_replaced_meanwhile_is_not_accepted_any_more(desk: Desk) -> None:
    slow = Consents(desk.redis, desk.vault, desk.audit, SlowReader(desk.redis, desk.audit))
    await published(desk)
    assert await slow.give(patient(), grant(), asked()) == Refusal("text-changed")
    assert await desk.consents.of("ana") == ()


async def test_what_was_acknowledged_outlives_a_power_cut(own_valkey: ValkeyProcess) -> None:
    client = Redis.from_url(own_valkey.url, socket_timeout=None)
    desk = Desk(client)
    await desk.texts.found(NOW)
    given = await desk.consents.give(patient(), grant(), asked())
    assert isinstance(given, Recorded)
    own_valkey.kill()
    with pytest.raises(Unavailable):
        await desk.consents.of("ana")
    own_valkey.start()
    assert await desk.consents.of("ana") == (given.record,)
    assert await desk.consents.give(patient(), grant(), asked()) == Recorded(given.record, repeated=True)
    await client.aclose()
