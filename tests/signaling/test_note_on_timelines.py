"""The physicians' private note: no other page is ever told, and none of them loses its place for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from clinic_under_test import Clinic, clinic, consent
from poll_page import PollPage

from clinic.commands import SaveNote, SendChat
from signaling import protocol as p


@pytest.fixture
async def office(redis_url: str) -> AsyncIterator[Clinic]:
    async with clinic(redis_url) as office:
        yield office


async def saved(office: Clinic, count: int) -> str:
    """So many versions of the note; the id of the last."""
    note_id, physician = "", office.seats["physician"]
    for n in range(count):
        command = SaveNote(f"note-{n:08}", physician, f"secreto {n}", note_id)
        await office.store.execute(office.consultation, command, office.services[0].now())
        note_id = command.id
    return note_id


def kinds(events: tuple[p.StoredEvent, ...]) -> list[str]:
    return [stored.event.type for stored in events]


async def test_a_physician_gets_each_version_that_is_saved_and_the_newest_with_the_welcome(office: Clinic) -> None:
    first = await office.page("physician")
    await first.send(p.SaveNote(id="command-note", text="secreto"))
    assert isinstance(await first.answer_to("command-note"), p.Ack)
    assert (await first.event("note_saved")).text == "secreto"
    again = await office.open("physician")
    welcome = await again.hello()
    assert (welcome.consultation.note, welcome.consultation.note_id) == ("secreto", "command-note")
    assert kinds(welcome.events) == []


async def test_a_patients_socket_never_carries_it(office: Clinic) -> None:
    physician = await office.page("physician")
    patient = await office.page("patient")
    await consent(patient)
    await physician.send(p.SaveNote(id="command-note", text="secreto"))
    await physician.answer_to("command-note")
    await physician.do(lambda id: p.SendChat(id=id, text="hola"))
    await patient.event("chat")
    await patient.send(p.Fetch())
    events = await patient.wait(lambda message: isinstance(message, p.Events) and len(message.events) > 1)
    assert kinds(events.events) == ["consented", "chat"]
    again = await office.open("patient", client_id=patient.client_id)
    welcome = await again.hello(after=events.events[0].id)
    assert (welcome.consultation.note, welcome.consultation.note_id) == ("", "")
    assert kinds(welcome.events) == ["chat"]
    assert not [m for page in (patient, again) for m in page.inbox if "secreto" in m.model_dump_json()]


async def test_a_patients_polls_never_carry_it(office: Clinic) -> None:
    patient = PollPage(office, "patient")
    await patient.poll()
    said: list[Any] = []
    await saved(office, 3)
    said += await patient.poll(welcome=False)
    await office.store.execute(office.consultation, _chat(office), office.services[0].now())
    said += await patient.poll(welcome=False)
    said += await patient.poll(p.Fetch())
    assert patient.chats() == ["hola"] * 2
    assert not [message for message in said if "secreto" in message.model_dump_json()]


async def test_a_physicians_polls_do(office: Clinic) -> None:
    physician = PollPage(office, "physician")
    await physician.poll()
    await saved(office, 2)
    await physician.poll(welcome=False)
    assert [event.text for event in physician.events] == ["secreto 0", "secreto 1"]


@pytest.mark.parametrize("role", ["patient", "physician"])
async def test_a_page_full_of_what_is_passed_over_is_not_the_end(office: Clinic, role: str) -> None:
    await saved(office, p.PAGE_EVENTS + 5)
    await office.store.execute(office.consultation, _chat(office), office.services[0].now())
    page = await office.open(role)
    welcome = await page.hello()
    assert (kinds(welcome.events), welcome.more) == (["chat"], False)
    polls = PollPage(office, role)
    await polls.poll()
    assert polls.chats() == ["hola"]


async def test_pages_of_the_timeline_meet_without_a_gap(office: Clinic) -> None:
    now = office.services[0].now()
    for n in range(p.PAGE_EVENTS - 1):
        await office.store.execute(office.consultation, _chat(office, n), now)
    await saved(office, p.PAGE_EVENTS + 1)
    await office.store.execute(office.consultation, _chat(office, 999), now)
    page = await office.open("patient")
    welcome = await page.hello()
    assert (len(welcome.events), welcome.more) == (p.PAGE_EVENTS - 1, True)
    await page.send(p.Fetch(after=welcome.events[-1].id))
    rest = await page.get(p.Events)
    assert [getattr(each.event, "text", "") for each in rest.events] == ["hola 999"]
    assert not rest.more


def _chat(office: Clinic, n: int | None = None) -> SendChat:
    return SendChat(f"chat-{n}", office.seats["physician"], "hola" if n is None else f"hola {n}")
