"""An offer inside the hello: answered right after the welcome, as if it were said then; never by a poll."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from clinic_under_test import Clinic, clinic, knows
from fake_media import FakeMedia, fake_media
from poll_page import PollPage
from redis.asyncio import Redis
from socket_page import Page

from media import contract as m
from signaling import protocol as p

OFFER = p.Offer(request=4, sdp="v=0 offer")


@pytest.fixture
async def node(redis: Redis) -> AsyncIterator[FakeMedia]:
    async with fake_media(redis) as node:
        yield node


@pytest.fixture
async def office(redis_url: str, node: FakeMedia) -> AsyncIterator[Clinic]:
    async with clinic(redis_url) as office:
        await knows(office, node.life)
        yield office


async def hello(office: Clinic, role: str, offer: p.Offer = OFFER, client_id: str | None = None) -> Page:
    page = await office.open(role, client_id=client_id)
    await page.send(p.Hello(v=p.VERSION, token=page.token, client_id=page.client_id, offer=offer))
    return page


async def test_the_answer_follows_the_welcome(office: Clinic) -> None:
    page = await hello(office, "physician")
    assert (await page.get(p.Answer)).request == OFFER.request
    await page.event("joined")
    assert isinstance(page.inbox[0], p.Welcome)


async def test_a_page_that_resumes_a_call_hears_nothing_of_its_old_session(office: Clinic, node: FakeMedia) -> None:
    first = await hello(office, "physician")
    await first.get(p.Answer)
    again = await hello(office, "physician", client_id=first.client_id)
    assert (await again.get(p.Answer)).request == OFFER.request
    assert [join.generation for join in node.commands if isinstance(join, m.Join)] == [1, 2]
    assert not [message for message in again.inbox if isinstance(message, p.Renegotiate | p.Slots)]


async def test_a_restart_in_the_hello(office: Clinic, node: FakeMedia) -> None:
    first = await hello(office, "physician")
    await first.get(p.Answer)
    restart = OFFER.model_copy(update={"restart": True})
    again = await hello(office, "physician", restart, first.client_id)
    await again.get(p.Answer)
    node.known.clear()
    lost = await hello(office, "physician", restart, first.client_id)
    assert (await lost.get(p.NoAnswer)).code == "restart-unknown"


async def test_who_may_not_join_is_welcome_all_the_same(office: Clinic) -> None:
    page = await hello(office, "patient")
    assert (await page.get(p.NoAnswer)).code == "not-admitted"
    assert isinstance(page.inbox[0], p.Welcome)


async def test_a_poll_has_no_answer(office: Clinic) -> None:
    page = PollPage(office, "physician")
    asked = p.Poll(hello=page.hello().model_copy(update={"offer": OFFER}))
    no_answer, welcome = await page.post(asked.model_dump_json())
    assert isinstance(no_answer, p.NoAnswer)
    assert (no_answer.request, no_answer.code) == (OFFER.request, "retry")
    assert isinstance(welcome, p.Welcome)


async def test_a_hang_up_is_not_overtaken_by_the_offer_after_it(office: Clinic) -> None:
    page = await hello(office, "physician")
    await page.get(p.Answer)
    await page.send(p.Leave(id="command-leave"))
    await page.send(p.Offer(request=9, sdp="v=0 offer"))
    assert (await page.wait(lambda message: isinstance(message, p.Answer))).request == 9
    stored = (await office.store.events_after(office.consultation, None, 50)).events
    assert [each.event.type for each in stored] == ["joined", "left", "joined"]
