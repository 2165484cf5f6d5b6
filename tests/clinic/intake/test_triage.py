"""Triage answers in a real Valkey: sealed, saved piece by piece, each request once, by the edition that was asked."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from intake_desk import NOW, Desk, asked
from redis.asyncio import Redis

from clinic import keys as clinic_keys
from clinic.intake.editions import NotPublished
from clinic.intake.questionnaire import Answer, Questionnaire, Questions
from clinic.intake.questionnaires import Questionnaires
from clinic.intake.response import Refusal
from clinic.intake.triage import Saved, Triage, UnknownTriage
from clinic.intake.triage_default import DEFAULT
from clinic.privacy.sealing import Shredded
from valkey_process import ValkeyProcess

YES, NO = Answer(value_boolean=True), Answer(value_boolean=False)
ADMINISTRATOR = asked("publish", "admin", "administrator")
REQUIRED = {
    "reason": (Answer(value_string="Tos seca"),), "breath": (NO,), "chest": (NO,), "conscious": (NO,), "allergy": (NO,),
}  # fmt: skip


class Intake(Desk):
    def __init__(self, redis: Redis) -> None:
        super().__init__(redis)
        self.questionnaires = Questionnaires(redis, self.audit)
        self.triage = Triage(redis, self.vault, self.audit, self.questionnaires)


@pytest.fixture
async def intake(redis: Redis) -> Intake:
    intake = Intake(redis)
    await intake.questionnaires.publish("triage", DEFAULT, 0, ADMINISTRATOR)
    return intake


async def test_who_may_publish_and_what(intake: Intake) -> None:
    questionnaire = await intake.questionnaires.newest("triage")
    assert questionnaire == Questionnaire("triage", 1, NOW, DEFAULT)
    refused = await intake.questionnaires.publish("triage", DEFAULT, 1, asked("p", "dr", "physician"))
    assert refused == NotPublished("not-allowed")
    wrong = await intake.questionnaires.publish("triage", Questions(title=DEFAULT.title, item=()), 1, ADMINISTRATOR)
    assert isinstance(wrong, tuple)
    assert await intake.questionnaires.newest("other") is None
    with pytest.raises(ValueError, match="name"):
        await intake.questionnaires.newest("no name")


async def test_a_clinic_without_questions_asks_nothing(intake: Intake) -> None:
    assert await intake.triage.begin("v1", "ana", "other", asked()) is None
    with pytest.raises(UnknownTriage):
        await intake.triage.save("v1", {}, asked())


async def test_answers_are_saved_while_typing_and_gone_on_with(intake: Intake) -> None:
    begun = await intake.triage.begin("v1", "ana", "triage", asked("b"))
    assert begun is not None
    await intake.triage.save("v1", {"fever": (YES,)}, asked("1"))
    again = await intake.triage.begin("v1", "ana", "triage", asked("b2"))
    assert again is not None
    assert again.answers == {"fever": (YES,)}
    refused = await intake.triage.complete("v1", asked("2"))
    assert isinstance(refused, Refusal)
    await intake.triage.save("v1", REQUIRED, asked("3"))
    done = await intake.triage.complete("v1", asked("4"))
    assert isinstance(done, Saved)
    assert done.response.status == "completed"
    assert await intake.triage.load("v1") == done.response
    assert await intake.audit.verify() == ()


async def test_typing_on_is_not_in_the_audit_but_somebody_else_is(intake: Intake) -> None:
    await intake.triage.begin("v1", "ana", "triage", asked("b"))
    for n in range(5):
        await intake.triage.save("v1", {"reason": (Answer(value_string="T" * (n + 1)),)}, asked(f"{n}"))
    await intake.triage.save("v1", {"fever": (NO,)}, asked("n", "dr", "physician"))
    entries = (await intake.audit.page(patient="ana")).entries
    assert [(entry.fields["action"], entry.fields["actor"]) for entry in entries] == [
        ("save_triage", "dr"),
        ("begin_triage", "seat"),
    ]


async def test_a_request_that_comes_late_again_changes_nothing(intake: Intake) -> None:
    await intake.triage.begin("v1", "ana", "triage", asked("b"))
    await intake.triage.save("v1", {"fever": (YES,)}, asked("1"))
    await intake.triage.save("v1", {"fever": (NO,)}, asked("2"))
    late = await intake.triage.save("v1", {"fever": (YES,)}, asked("1"))
    assert isinstance(late, Saved)
    assert late.repeated
    assert late.response.answers == {"fever": (NO,)}


async def test_two_devices_lose_nothing_of_each_other(intake: Intake) -> None:
    begun = await asyncio.gather(*(intake.triage.begin("v1", "ana", "triage", asked(f"b{n}")) for n in range(4)))
    assert len(set(begun)) == 1
    links = [item.link_id for item in DEFAULT.walk() if item.type == "boolean"]
    await asyncio.gather(*(intake.triage.save("v1", {link: (NO,)}, asked(f"s-{link}")) for link in links))
    response = await intake.triage.load("v1")
    assert set(response.answers) == set(links)
    assert response.revision == 1 + len(links)


async def test_who_has_begun_goes_on_with_the_same_questions(intake: Intake) -> None:
    await intake.triage.begin("v1", "ana", "triage", asked("b"))
    shorter = Questions(title=DEFAULT.title, item=DEFAULT.item[:1])
    await intake.questionnaires.publish("triage", shorter, 1, asked("p2", "admin", "administrator"))
    assert isinstance(await intake.triage.save("v1", {"fever": (YES,)}, asked("1")), Saved)
    await intake.triage.begin("v2", "ana", "triage", asked("b2"))
    assert isinstance(await intake.triage.save("v2", {"fever": (YES,)}, asked("2")), Refusal)


async def test_the_queue_learns_who_is_urgent(intake: Intake) -> None:
    for visit, answer in (("v1", YES), ("v2", NO)):
        await intake.triage.begin(visit, "ana", "triage", asked(f"b{visit}"))
        await intake.triage.save(visit, {"chest": (answer,)}, asked(f"s{visit}"))
    assert await intake.triage.urgent(["v1", "v2", "v3"]) == {"v1": ("chest",)}
    await intake.vault.destroy("ana", NOW)
    assert await intake.triage.urgent(["v1"]) == {}
    with pytest.raises(Shredded):
        await intake.triage.load("v1")


async def test_a_read_is_in_the_audit_first(intake: Intake) -> None:
    await intake.triage.begin("v1", "ana", "triage", asked("b"))
    await intake.triage.read("v1", asked("look", "dr", "physician"))
    [entry] = (await intake.audit.page(action="read")).entries
    assert (entry.fields["consultation"], entry.fields["facts"]) == ("v1", "triage")


async def test_the_file_holds_no_answer(own_valkey: ValkeyProcess) -> None:
    client = Redis.from_url(own_valkey.url, socket_timeout=None)
    intake = Intake(client)
    await intake.questionnaires.publish("triage", DEFAULT, 0, ADMINISTRATOR)
    await intake.triage.begin("v1", "ana", "triage", asked("b"))
    await intake.triage.save("v1", {**REQUIRED, "conditions": (Answer(value_coding="asthma"),)}, asked("1"))
    assert await client.xlen(clinic_keys.AUDIT) == 2
    directory = Path((await client.config_get("dir"))["dir"])
    await client.aclose()
    written = b"".join(path.read_bytes() for path in directory.glob("appendonlydir/*.aof"))  # noqa: ASYNC240
    assert b"begin_triage" in written
    assert b"Tos seca" not in written
    assert written.count(b"asthma") == 1  # the question's option
