"""A signaling process that slept, or was not told: what its pages say changes nothing once a newer page came."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from clinic_under_test import Clinic, clinic, consent, knows
from fake_media import FakeMedia, fake_media
from poll_page import PollPage
from redis.asyncio import Redis
from socket_page import Page

from clinic.commands import Join, ReportPathLost
from clinic.privacy.audit_entry import UNKEYED
from clinic.records import Snapshot
from clinic.store import Store
from media import contract as m
from signaling import protocol as p
from signaling.clock import Clock
from signaling.office import Office
from signaling.presence import LEASE_S, Presence


@pytest.fixture
async def node(redis: Redis) -> AsyncIterator[FakeMedia]:
    async with fake_media(redis) as node:
        yield node


@pytest.fixture
async def office(redis_url: str, node: FakeMedia, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Clinic]:
    """A process that never hears of claims, as if it slept when they were told."""
    monkeypatch.setattr("signaling.fanout.Fanout._claimed", lambda self, claim: None)
    async with clinic(redis_url) as office:
        await knows(office, node.life)
        yield office


async def taken(office: Clinic, role: str, client_id: str = "another-page") -> None:
    """Some other process gives the seat to a newer connection."""
    now_s = office.services[0].now().timestamp()
    await Presence(office.redis).claim(office.consultation, office.seats[role], client_id, now_s)


async def kinds(office: Clinic) -> list[str]:
    stored = (await office.store.events_after(office.consultation, None, 100)).events
    return [each.event.type for each in stored]


async def is_told(page: Page) -> None:
    await page.get(p.TakenOver)
    assert await page.closed() == p.CLOSE_TAKEN_OVER


async def test_a_command(office: Clinic) -> None:
    page = await office.page("physician")
    await taken(office, "physician")
    await page.send(p.SendChat(id="command-1", text="tarde"))
    await is_told(page)
    assert await kinds(office) == []


async def test_the_same_page_came_back_elsewhere(office: Clinic) -> None:
    page = await office.page("physician")
    await taken(office, "physician", page.client_id)
    await page.send(p.SendChat(id="command-1", text="tarde"))
    assert await page.closed() == p.CLOSE_NORMAL
    assert not [message for message in page.inbox if isinstance(message, p.TakenOver)]


async def test_an_offer(office: Clinic, node: FakeMedia) -> None:
    page = await office.page("physician")
    await taken(office, "physician")
    await page.send(p.Offer(request=1, sdp="v=0 offer"))
    await is_told(page)
    assert await kinds(office) == []
    assert not [command for command in node.commands if isinstance(command, m.Join)]


async def test_a_restart(office: Clinic, node: FakeMedia) -> None:
    page = await office.page("physician")
    await page.send(p.Offer(request=1, sdp="v=0 offer"))
    await page.get(p.Answer)
    await taken(office, "physician")
    await page.send(p.Offer(request=2, sdp="v=0 restart", restart=True))
    await is_told(page)
    assert not [command for command in node.commands if isinstance(command, m.Restart)]


async def test_a_poll(office: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    polls = PollPage(office, "patient")
    await polls.poll()
    claim_of = Presence.claim_of

    async def overtaken(self: Presence, consultation: str, seat: str, client_id: str) -> tuple[int, bool]:
        found = await claim_of(self, consultation, seat, client_id)
        await taken(office, "patient")
        return found

    monkeypatch.setattr(Presence, "claim_of", overtaken)
    said = await polls.poll(p.SetMedia(id="command-1", audio=False, video=False), welcome=False)
    assert [message.type for message in said] == ["taken_over"]
    assert await kinds(office) == []


class Interrupted(Store):
    """Something happens between a look at the consultation and the act that follows from it."""

    def __init__(self, office: Office, meanwhile: Callable[[], Awaitable[object]]) -> None:
        super().__init__(office.redis, office.vault, UNKEYED)
        self._meanwhile: Callable[[], Awaitable[object]] | None = meanwhile

    async def load(self, consultation: str) -> Snapshot:
        snapshot = await super().load(consultation)
        meanwhile, self._meanwhile = self._meanwhile, None
        if meanwhile is not None:
            await meanwhile()
        return snapshot


@pytest.mark.parametrize("returns", [True, False])
async def test_a_seat_whose_page_comes_back_while_a_process_looks(office: Clinic, returns: bool) -> None:
    services, seat = office.services[0], office.seats["physician"]
    now = services.now()
    await taken(office, "physician", "client-0001")
    await office.store.execute(office.consultation, Join("join-1", seat), now)
    await office.store.execute(office.consultation, ReportPathLost("lost-1", seat, 1), now)

    async def meanwhile() -> None:
        if returns:
            await taken(office, "physician", "client-0001")

    late = now + timedelta(seconds=LEASE_S + 1)
    slept = replace(services, now=lambda: late, store=Interrupted(services.office, meanwhile))
    await Clock(slept).round()
    assert ("left" in await kinds(office)) is not returns


async def test_a_page_that_came_back_before_the_look_has_a_lease(office: Clinic) -> None:
    services, seat = office.services[0], office.seats["patient"]
    patient = await office.page("patient")
    await consent(patient)
    soon = services.now().timestamp() + LEASE_S / 2
    late = services.now().timestamp() + LEASE_S * 2
    assert await services.presence.overdue_claim(office.consultation, seat, soon) is None
    assert await services.presence.overdue_claim(office.consultation, seat, late) == 1
