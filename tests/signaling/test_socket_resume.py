"""The seat belongs to the link, not to the socket: gaps, retries, second pages, two signaling processes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from clinic_under_test import Clinic, clinic, consent
from eventually import eventually

from signaling import protocol as p
from signaling.services import GREETINGS_AT_ONCE


@pytest.fixture
async def offices(redis_url: str) -> AsyncIterator[Clinic]:
    """Two signaling processes' worth of services against one Valkey."""
    async with clinic(redis_url, processes=2) as offices:
        yield offices


async def test_reconnect_gets_what_came_after(offices: Clinic) -> None:
    physician = await offices.page("physician")
    await physician.do(lambda id: p.SendChat(id=id, text="uno"))
    await physician.event("chat")
    first = await offices.open("patient")
    seen = (await first.hello()).events[-1].id
    await first.socket.close()
    await physician.do(lambda id: p.SendChat(id=id, text="dos"))
    again = await offices.open("patient", client_id=first.client_id)
    welcome = await again.hello(after=seen)
    assert [getattr(stored.event, "text", "") for stored in welcome.events] == ["dos"]
    assert welcome.consultation.upto == welcome.events[-1].id


async def test_retry_after_a_lost_acknowledgement(offices: Clinic) -> None:
    chat = p.SendChat(id="command-1", text="hola")
    first = await offices.page("physician")
    await first.send(chat)
    await first.answer_to("command-1")
    await first.socket.close()
    again = await offices.open("physician", process=1)
    await again.hello()
    await again.send(chat)
    assert isinstance(await again.answer_to("command-1"), p.Ack)
    page = await offices.store.events_after(offices.consultation, None, 100)
    assert len([stored for stored in page.events if stored.event.type == "chat"]) == 1


async def test_two_processes_serve_two_seats(offices: Clinic) -> None:
    physician = await offices.page("physician", process=0)
    patient = await offices.page("patient", process=1)
    await consent(patient)
    assert (await physician.event("consented")).seat == offices.seats["patient"]
    await patient.do(lambda id: p.SendChat(id=id, text="buenos días"))
    assert (await physician.event("chat")).text == "buenos días"
    await physician.do(lambda id: p.SendChat(id=id, text="buenas"))
    assert (await patient.event("chat")).text == "buenos días"
    assert (await patient.event("chat")).text == "buenas"


@pytest.mark.parametrize("process", [0, 1])
async def test_second_page_takes_over(offices: Clinic, process: int) -> None:
    first = await offices.page("patient", process=0)
    second = await offices.page("patient", process=process)
    await first.get(p.TakenOver)
    assert await first.closed() == p.CLOSE_TAKEN_OVER
    await second.send(p.Ping(n=1))
    await second.get(p.Pong)


@pytest.mark.parametrize("process", [0, 1])
async def test_reconnect_of_the_same_page_is_silent(offices: Clinic, process: int) -> None:
    first = await offices.page("patient", process=0)
    await offices.page("patient", process=process, client_id=first.client_id)
    assert await first.closed() == p.CLOSE_NORMAL
    assert not [message for message in first.inbox if isinstance(message, p.TakenOver)]


@pytest.mark.parametrize("process", [0, 1])
async def test_page_that_was_taken_over_does_not_take_the_seat_back_by_reconnecting(
    offices: Clinic, process: int
) -> None:
    older = await offices.page("patient", process=0)
    newer = await offices.page("patient", process=0)
    again = await offices.open("patient", process=process, client_id=older.client_id)
    await again.raw({"type": "hello", "v": p.VERSION, "token": again.token, "client_id": again.client_id})
    await again.get(p.TakenOver)
    assert await again.closed() == p.CLOSE_TAKEN_OVER
    await newer.send(p.Ping(n=1))
    await newer.get(p.Pong)
    assert not [message for message in newer.inbox if isinstance(message, p.TakenOver)]


async def test_long_timeline_is_fetched_in_pages_and_then_live(offices: Clinic) -> None:
    physician = offices.seats["physician"]
    from clinic.commands import SendChat

    now = offices.services[0].now()
    for n in range(p.PAGE_EVENTS + 5):
        await offices.store.execute(offices.consultation, SendChat(f"command-{n}", physician, str(n)), now)
    page = await offices.open("patient")
    welcome = await page.hello()
    assert welcome.more
    assert len(welcome.events) == p.PAGE_EVENTS
    await page.send(p.Fetch(after=welcome.events[-1].id))
    rest = await page.get(p.Events)
    assert (len(rest.events), rest.more) == (5, False)
    await consent(page)
    assert (await page.event("consented")).seat == offices.seats["patient"]


async def test_pages_wait_their_turn_and_who_gave_up_is_passed_over(offices: Clinic) -> None:
    services = offices.services[0]
    for _ in range(GREETINGS_AT_ONCE):
        await services.greetings.acquire()
    gave_up, waits = await offices.open("patient"), await offices.open("physician")
    for page in (gave_up, waits):
        await page.raw({"type": "hello", "v": p.VERSION, "token": page.token, "client_id": page.client_id})
    await eventually(lambda: len(services.greetings._waiters or ()) == 2, "both in line")
    await gave_up.socket.close()
    for _ in range(GREETINGS_AT_ONCE):
        services.greetings.release()
    welcome = await waits.get(p.Welcome)
    assert await services.presence.holders(welcome.consultation.id) == {welcome.seat: 1}
