"""The test of a page's link before the call: a session of its own on a node, which no consultation hears of."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from clinic_under_test import Clinic, clinic, knows
from fake_media import FakeMedia, fake_media
from redis.asyncio import Redis
from socket_page import Page

from media import contract as m
from signaling import protocol as p


@pytest.fixture
async def node(redis: Redis) -> AsyncIterator[FakeMedia]:
    async with fake_media(redis) as node:
        yield node


@pytest.fixture
async def place(redis_url: str, node: FakeMedia) -> AsyncIterator[Clinic]:
    async with clinic(redis_url) as place:
        await knows(place, node.life)
        yield place


async def asked(place: Clinic, node: FakeMedia) -> tuple[Page, m.Join]:
    """A patient's page that was not let in, and what its node was asked."""
    page = await place.page("patient")
    await page.send(p.Test(request=1_000_000, sdp="v=0 test"))
    join = await node.command(lambda command: isinstance(command, m.Join))
    assert isinstance(join, m.Join)
    return page, join


async def test_the_node_is_asked_beside_the_consultation(place: Clinic, node: FakeMedia) -> None:
    page, join = await asked(place, node)
    assert join.test
    assert join.room != place.consultation
    assert (await page.get(p.Answer)).request == 1_000_000
    state = (await place.store.load(place.consultation)).consultation
    assert [seat.generation for seat in state.seats] == [0, 0]


async def test_what_was_found_is_told_and_nothing_is_stored(place: Clinic, node: FakeMedia) -> None:
    page, join = await asked(place, node)
    names = m.Names(node_id=node.node_id, room=join.room, participant=join.participant, generation=join.generation)
    await node.emit(m.Connected(**names))
    await node.emit(m.Tested(**names, down_bps=300_000, down_loss=0.01, level="V2"))
    await node.emit(m.Closed(**names, reason="left"))
    assert await page.get(p.Tested) == p.Tested(down_bps=300_000, down_loss=0.01, level="V2")
    assert (await place.store.events_after(place.consultation, None, 10)).events == ()


async def test_a_page_tests_a_few_times_only(place: Clinic, node: FakeMedia) -> None:
    page = await place.page("patient")
    for request in range(4):
        await page.send(p.Test(request=request, sdp="v=0 test"))
    assert (await page.get(p.NoAnswer)).request == 3


async def test_without_a_node_it_is_said_at_once(redis_url: str) -> None:
    async with clinic(redis_url) as place:
        page = await place.page("patient")
        await page.send(p.Test(request=1, sdp="v=0 test"))
        assert (await page.get(p.NoAnswer)).code == "retry"


async def test_what_was_found_comes_with_the_offer(place: Clinic, node: FakeMedia) -> None:
    page = await place.page("physician")
    await page.send(p.Offer(request=1, sdp="v=0 offer", rtt_ms=40, start="A1"))
    join = await node.command(lambda command: isinstance(command, m.Join))
    assert isinstance(join, m.Join)
    assert (join.start, join.test) == ("A1", False)
