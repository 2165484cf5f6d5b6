"""A media node dies, or is only thought dead: what the timeline says, who is fenced off, what pages never hear."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from clinic_under_test import Clinic, clinic, knows
from eventually import eventually
from fake_media import FakeMedia, fake_media
from redis.asyncio import Redis
from socket_page import Page

from media import contract as m
from signaling import nodes as under_test
from signaling import protocol as p
from signaling.node_loss import NodeLoss
from signaling.nodes import Nodes


@pytest.fixture
async def node(redis: Redis) -> AsyncIterator[FakeMedia]:
    async with fake_media(redis) as node:
        yield node


@pytest.fixture
async def offices(redis_url: str, node: FakeMedia) -> AsyncIterator[Clinic]:
    async with clinic(redis_url, processes=2) as offices:
        await knows(offices, node.life)
        yield offices


async def in_call(page: Page) -> None:
    await page.send(p.Offer(request=1, sdp="v=0 offer"))
    await page.get(p.Answer)


async def facts(office: Clinic) -> list[tuple[str, str]]:
    stored = (await office.store.events_after(office.consultation, None, 100)).events
    roles = {seat: role for role, seat in office.seats.items()}
    return [(each.event.type, roles[each.event.seat]) for each in stored if each.event.type in ("path_lost", "left")]


async def test_paths_of_a_dead_node_are_lost_once_also_of_seats_without_a_page(
    offices: Clinic, node: FakeMedia
) -> None:
    physician = await offices.page("physician")
    patient = await offices.admitted_patient(physician, 1)
    for page in (physician, patient):
        await in_call(page)
    await patient.socket.close()
    await node.die()
    await physician.get(p.Renegotiate)
    for _ in range(2):
        await physician.event("path_lost")
    await knows(offices, node.life, alive=False)
    assert sorted(await facts(offices)) == [("path_lost", "patient"), ("path_lost", "physician")]


async def test_a_session_made_elsewhere_meanwhile_is_not_called_lost(
    offices: Clinic, node: FakeMedia, redis: Redis
) -> None:
    physician = await offices.page("physician")
    await in_call(physician)
    async with fake_media(redis, "node-2") as other:
        await knows(offices, other.life)
        await node.die()
        await physician.get(p.Renegotiate)
        await in_call(physician)
        seat_id = offices.seats["physician"]
        for known in ({seat_id: 1}, {}):
            await NodeLoss(offices.services[0])._report(offices.consultation, node.life, known)
        seat = (await offices.store.load(offices.consultation)).consultation.seat(seat_id)
        assert seat is not None
        assert (seat.generation, seat.path_lost) == (2, False)


async def test_what_an_older_session_says_reaches_no_page(offices: Clinic, node: FakeMedia) -> None:
    page = await offices.page("physician")
    await in_call(page)
    await in_call(page)
    old = m.Names(node_id=node.node_id, room=offices.consultation, participant=offices.seats["physician"], generation=1)
    new = m.Names(**{**old, "generation": 2})  # type: ignore[typeddict-item]
    await node.emit(m.Speaking(**new, speaking=True))
    await page.get(p.Speaking)
    await node.emit(m.Speaking(**old, speaking=False))
    await node.emit(m.Quality(**old, rtt_ms=1.0, up_bps=1, down_bps=1, up_loss=0.0, down_loss=0.0))
    await node.emit(m.SlotsChanged(**old, slots=()))
    await node.emit(m.Closed(**old, reason="node-stopping"))
    await node.emit(m.Speaking(**new, speaking=True))
    await page.get(p.Speaking)
    assert not [each for each in page.inbox if isinstance(each, p.Speaking | p.Quality | p.Slots | p.Renegotiate)]


class Watch:
    """One process's view of the nodes, and the lives whose death it was told of."""

    def __init__(self, redis: Redis) -> None:
        self.nodes = Nodes(redis)
        self.died: list[str] = []
        self._task = asyncio.create_task(self.nodes.run(self.died.append))

    async def sees(self, life: str) -> None:
        await eventually(lambda: self.nodes.is_alive(life), f"{life} is seen")

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])


@pytest.fixture
async def watch(redis: Redis, node: FakeMedia) -> AsyncIterator[Watch]:
    watch = Watch(redis)
    await watch.sees(node.life)
    yield watch
    await watch.close()


async def test_a_life_called_dead_is_written_down(watch: Watch, node: FakeMedia, redis: Redis) -> None:
    await node.die()
    await eventually(lambda: watch.died == [node.life], "the death")
    assert await redis.get(m.dead_key(node.node_id)) == str(node.started_at_ms).encode()
    assert not await watch.nodes.lives(node.life)


async def test_a_life_with_a_heartbeat_cannot_be_called_dead(watch: Watch, node: FakeMedia, redis: Redis) -> None:
    assert not await watch.nodes.declare_dead(node.life)
    assert await redis.get(m.dead_key(node.node_id)) is None


async def test_a_restarted_node_ends_its_old_life_at_once(watch: Watch, node: FakeMedia) -> None:
    old = node.life
    node.started_at_ms += 1_790_000_000_000
    await eventually(lambda: watch.died == [old], "the old life's death")
    assert watch.nodes.is_alive(node.life)


async def test_a_new_process_does_not_call_dead_what_it_has_not_seen_yet(redis: Redis) -> None:
    watch = Watch(redis)
    asking = asyncio.create_task(watch.nodes.lives("node-9@9"))
    late = FakeMedia(redis, "node-9")
    late.started_at_ms = 9
    await watch.nodes.next_look()
    await watch.nodes.next_look()
    assert not asking.done()
    await late.start()
    assert await asking
    await late.stop()
    await watch.close()


async def test_a_new_process_believes_what_others_found_out(redis: Redis, node: FakeMedia, watch: Watch) -> None:
    await node.die()
    await eventually(lambda: watch.died == [node.life], "the death")
    late = Watch(redis)
    assert not await late.nodes.lives(node.life)
    await late.close()


async def test_an_id_long_without_a_heartbeat_is_forgotten(
    watch: Watch, node: FakeMedia, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with fake_media(redis, "node-2") as other:
        await watch.sees(other.life)
        monkeypatch.setattr(under_test, "FORGOTTEN_AFTER_S", 0.0)
        await node.die()
        await eventually(lambda: watch.died == [node.life], "the death")
        for _ in range(2):
            await watch.nodes.next_look()
        assert await redis.smembers(m.NODES) == {other.node_id.encode()}


async def test_a_node_that_the_set_forgot_lives_on(watch: Watch, node: FakeMedia, redis: Redis) -> None:
    await redis.srem(m.NODES, node.node_id)
    await watch.nodes.next_look()
    await redis.srem(m.NODES, node.node_id)
    await watch.nodes.next_look()
    assert watch.nodes.is_alive(node.life)
    assert watch.died == []


async def test_a_clock_that_leaps_kills_no_node(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    """All heartbeats run out in one moment, and are there again with the next beat."""
    monkeypatch.setattr(under_test, "WRITES_AGAIN_S", 60.0)
    info = m.NodeInfo(node_id="node-3", started_at_ms=3, port=1, capacity=1, participants=0, rooms=0).model_dump_json()
    await redis.sadd(m.NODES, "node-3")
    await redis.set(m.node_key("node-3"), info)
    watch = Watch(redis)
    await watch.sees("node-3@3")
    await redis.delete(m.node_key("node-3"))
    for _ in range(3):
        await watch.nodes.next_look()
    await redis.set(m.node_key("node-3"), info)
    await watch.nodes.next_look()
    assert watch.nodes.is_alive("node-3@3")
    assert watch.died == []
    await watch.close()
