"""Consent at the door of a visit: the clinic's own text, who gives it, what the patient's record keeps, withdrawal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from clinic_under_test import Clinic, accepted, clinic, consent
from poll_page import PollPage
from redis.asyncio import Redis
from visit import ADULT, CHILD, book

from clinic.intake.consent import ByCompanion, ByGuardian, Consent, Oneself, Withdrawal
from clinic.intake.consent_text import Wording
from clinic.people.identifiers import Cedula, Passport
from clinic.people.request import Request
from signaling import protocol as p

ROSA = p.Guardian(name="Rosa Paz", document="v-11.222.333", relation="MTH", present=True)


@pytest.fixture
async def place(redis_url: str) -> AsyncIterator[Clinic]:
    async with clinic(redis_url) as place:
        yield place


def records(place: Clinic, patient: str) -> Any:
    return place.services[0].office.consents.of(patient)


async def publish_again(place: Clinic) -> None:
    """The same items in other words."""
    office = place.services[0].office
    text = await office.consent_texts.newest()
    first, *rest = text.wording.items
    words = first.text.model_copy(update={"es": f"{first.text.es} Nuevo."})
    wording = Wording(items=(first.model_copy(update={"text": words}), *rest))
    admin = Request("publish", "admin", "administrator", office.now())
    assert await office.consent_texts.publish(wording, text.version, admin)


async def test_what_was_accepted_is_in_the_patients_record(place: Clinic) -> None:
    visit = await book(place)
    page = await place.page("patient")
    assert page.welcome.consent is not None
    assert (page.welcome.consent.by, page.welcome.consent.why) == ("self", "never-given")
    assert isinstance(await consent(page), p.Ack)
    [record] = await records(place, visit.patient)
    assert isinstance(record, Consent)
    assert record.grant.declined == ("whatsapp", "recording")
    assert (record.grant.sha256, record.grant.language) == (page.welcome.consent.sha256, "es")
    assert isinstance(record.grant.giver, Oneself)
    assert isinstance(await page.do(lambda id: p.Arrive(id=id)), p.Ack)
    assert (await place.page("patient")).welcome.consent is None, "a reload asks nothing again"


async def test_a_repeated_consent_is_one_record(place: Clinic) -> None:
    visit = await book(place)
    page = await place.page("patient")
    command = accepted("the-same-command", page.welcome)
    for _ in range(2):
        await page.send(command)
        assert isinstance(await page.answer_to(command.id), p.Ack)
    assert len(await records(place, visit.patient)) == 1


async def test_every_item_must_be_answered(place: Clinic) -> None:
    visit = await book(place)
    page = await place.page("patient")
    text = page.welcome.consent
    assert text is not None
    plain = {"text_version": text.version, "text_sha256": text.sha256, "lang": text.lang}
    refused = await page.do(lambda id: p.Consent(id=id, **plain))  # type: ignore[arg-type]
    assert isinstance(refused, p.Refused)
    assert refused.code == "consent-items"
    assert await records(place, visit.patient) == ()
    assert isinstance(await page.do(lambda id: p.Arrive(id=id)), p.Refused)


async def test_a_minor_needs_the_guardian(place: Clinic) -> None:
    visit = await book(place, CHILD)
    page = await place.page("patient")
    assert page.welcome.consent is not None
    assert page.welcome.consent.by == "guardian"

    async def give(guardian: p.Guardian | None) -> p.Ack | p.Refused:
        return await page.do(lambda id: accepted(id, page.welcome).model_copy(update={"guardian": guardian}))

    for guardian, code in (
        (None, "guardian-needed"),
        (ROSA.model_copy(update={"name": "  "}), "guardian-needed"),
        (ROSA.model_copy(update={"document": "doce millones"}), "guardian-document"),
    ):
        refused = await give(guardian)
        assert isinstance(refused, p.Refused)
        assert refused.code == code
    assert isinstance(await give(ROSA), p.Ack)
    [record] = await records(place, visit.patient)
    assert isinstance(record, Consent)
    assert record.grant.giver == ByGuardian("Rosa Paz", Cedula("V", 11222333), "MTH", present=True)
    assert record.registered_guardian
    assert record.grant.method == "typed-name"


async def test_a_guardian_may_have_a_passport(place: Clinic) -> None:
    visit = await book(place, CHILD)
    page = await place.page("patient")
    aunt = p.Guardian(name="Inés Díaz", document="col ab123456", relation="EXT", present=False)
    done = await page.do(lambda id: accepted(id, page.welcome).model_copy(update={"guardian": aunt}))
    assert isinstance(done, p.Ack)
    [record] = await records(place, visit.patient)
    assert isinstance(record, Consent)
    assert isinstance(record.grant.giver, ByGuardian)
    assert record.grant.giver.identifier == Passport("COL", "AB123456")
    assert not record.registered_guardian


async def test_a_companion_gives_their_own(place: Clinic) -> None:
    visit = await book(place, companions=("Pedro Paz",))
    page = await place.page("companion")
    assert page.welcome.consent is not None
    assert page.welcome.consent.by == "companion"
    assert isinstance(await consent(page), p.Ack)
    [record] = await records(place, visit.patient)
    assert isinstance(record, Consent)
    assert isinstance(record.grant.giver, ByCompanion)
    patient = await place.page("patient")
    assert patient.welcome.consent is not None, "the patient's own is still missing"


async def test_withdrawal_puts_out_and_asks_anew(place: Clinic) -> None:
    visit = await book(place)
    physician = await place.page("physician")
    page = await place.admitted_patient(physician)
    assert isinstance(await page.do(lambda id: p.Withdraw(id=id)), p.Ack)
    assert (await physician.event("consent_withdrawn")).seat == place.seats["patient"]
    assert (await physician.event("left")).seat == place.seats["patient"]
    given, taken = await records(place, visit.patient)
    assert isinstance(taken, Withdrawal)
    assert taken.of == given.id
    await page.send(p.Offer(request=1, sdp="v=0 offer"))
    assert (await page.get(p.NoAnswer)).code == "not-admitted"
    again = await place.page("patient")
    assert again.welcome.consent is not None
    assert again.welcome.consent.why == "withdrawn"
    assert isinstance(await consent(again), p.Ack)
    assert isinstance(await again.do(lambda id: p.Arrive(id=id)), p.Ack)


async def test_a_new_text_is_asked_before_the_visit_and_not_in_it(place: Clinic) -> None:
    await book(place)
    page = await place.page("patient")
    await consent(page)
    await publish_again(place)
    refused = await page.do(lambda id: p.Arrive(id=id))
    assert isinstance(refused, p.Refused)
    assert refused.code == "stale-consent"
    page = await place.page("patient")
    assert page.welcome.consent is not None
    assert (page.welcome.consent.why, page.welcome.consent.version) == ("new-text", "2")
    assert isinstance(await consent(page), p.Ack)
    assert isinstance(await page.do(lambda id: p.Arrive(id=id)), p.Ack)


async def test_consent_over_polls(place: Clinic) -> None:
    visit = await book(place, ADULT)
    page = PollPage(place, "patient")
    [welcome] = await page.poll()
    assert isinstance(welcome, p.Welcome)
    command = accepted("command-consent", welcome)
    said = await page.poll(command)
    assert said[0].type == "ack"
    assert len(await records(place, visit.patient)) == 1


async def test_nothing_of_it_is_stored_in_clear(place: Clinic, redis: Redis) -> None:
    await book(place, CHILD)
    page = await place.page("patient")
    await page.do(lambda id: accepted(id, page.welcome).model_copy(update={"guardian": ROSA}))
    keys = [key async for key in redis.scan_iter()]
    dumps = b"".join([await redis.dump(key) or b"" for key in keys])
    for word in ("Rosa Paz", "11222333"):
        assert word.encode() not in dumps
