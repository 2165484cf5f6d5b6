"""Signaling and media nodes over the contract: placement, replies, events, and nodes that die. The nodes are fakes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from clinic_under_test import Clinic, clinic, knows
from fake_media import FakeMedia, fake_media
from redis.asyncio import Redis
from socket_page import Page

from media import contract as m
from signaling import protocol as p
from signaling.offers import RETRY_MS


@pytest.fixture
async def node(redis: Redis) -> AsyncIterator[FakeMedia]:
    async with fake_media(redis) as node:
        yield node


@pytest.fixture
async def offices(redis_url: str, node: FakeMedia) -> AsyncIterator[Clinic]:
    async with clinic(redis_url, processes=2) as offices:
        await knows(offices, node.life)
        yield offices


async def joined(offices: Clinic, process: int = 0) -> Page:
    """The physician, with a media session on a node."""
    page = await offices.page("physician", process)
    await page.send(p.Offer(request=1, sdp="v=0 offer"))
    await page.get(p.Answer)
    await page.event("joined")
    return page


def physicians_session(offices: Clinic, node: FakeMedia) -> m.Names:
    """The names on its events."""
    return m.Names(
        node_id=node.node_id, room=offices.consultation, participant=offices.seats["physician"], generation=1
    )


async def test_restart_keeps_the_session(offices: Clinic, node: FakeMedia) -> None:
    page = await joined(offices)
    await page.send(p.Offer(request=2, sdp="v=0 restart", restart=True))
    assert (await page.get(p.Answer)).request == 2
    restart = await node.command(lambda command: isinstance(command, m.Restart))
    assert restart.generation == 1


async def test_restart_of_what_the_node_does_not_know(offices: Clinic, node: FakeMedia) -> None:
    page = await joined(offices)
    node.known.clear()
    await page.send(p.Offer(request=2, sdp="v=0 restart", restart=True))
    assert (await page.get(p.NoAnswer)).code == "restart-unknown"


async def test_new_offer_is_a_new_generation(offices: Clinic, node: FakeMedia) -> None:
    page = await joined(offices)
    await page.send(p.Offer(request=2, sdp="v=0 offer"))
    assert (await page.get(p.Answer)).request == 2
    await node.command(lambda command: isinstance(command, m.Join) and command.generation == 2)


@pytest.mark.parametrize(("refusal", "code"), [("bad-offer", "bad-offer"), ("room-full", "room-full")])
async def test_refused_offer_leaves_nobody_present(
    offices: Clinic, node: FakeMedia, refusal: m.RefusalCode, code: str
) -> None:
    node.refuse = refusal
    page = await offices.page("physician")
    await page.send(p.Offer(request=1, sdp="v=0 offer"))
    assert (await page.get(p.NoAnswer)).code == code
    assert (await page.event("left")).reason == "closed"


async def test_draining_node_sends_the_room_elsewhere(offices: Clinic, node: FakeMedia, redis: Redis) -> None:
    node.refuse = "draining"
    async with fake_media(redis, "node-2") as other:
        other.participants = 5
        await knows(offices, other.life)
        page = await offices.page("physician")
        await page.send(p.Offer(request=1, sdp="v=0 offer"))
        await page.get(p.Answer)
        await other.command(lambda command: isinstance(command, m.Join))


async def test_both_seats_meet_on_one_node(offices: Clinic, node: FakeMedia, redis: Redis) -> None:
    async with fake_media(redis, "node-2") as other:
        await knows(offices, other.life)
        physician = await joined(offices, 0)
        patient = await offices.admitted_patient(physician, 1)
        await patient.send(p.Offer(request=1, sdp="v=0 offer"))
        await patient.get(p.Answer)
        rooms = [[c.participant for c in each.commands if isinstance(c, m.Join)] for each in (node, other)]
        assert sorted(map(len, rooms)) == [0, 2]


async def test_no_node_lives(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signaling.media_link.NODE_WAIT_S", 0.05)
    async with clinic(redis_url) as office:
        page = await office.page("physician")
        await page.send(p.Offer(request=1, sdp="v=0 offer"))
        no_answer = await page.get(p.NoAnswer)
        assert (no_answer.code, no_answer.after_ms) == ("retry", RETRY_MS)


async def test_a_node_that_comes_back_soon_is_waited_for(redis_url: str, redis: Redis) -> None:
    async with clinic(redis_url) as office:
        page = await office.page("physician")
        await page.send(p.Offer(request=1, sdp="v=0 offer"))
        await page.event("joined")
        async with fake_media(redis):
            await page.get(p.Answer)


async def test_offer_to_a_node_that_dies_is_answered_by_the_next(
    offices: Clinic, node: FakeMedia, redis: Redis
) -> None:
    node.mute = True
    page = await offices.page("physician")
    await page.send(p.Offer(request=1, sdp="v=0 offer"))
    await node.command(lambda command: isinstance(command, m.Join))
    async with fake_media(redis, "node-2") as other:
        await knows(offices, other.life)
        await node.die()
        await page.get(p.Answer)
        join = await other.command(lambda command: isinstance(command, m.Join))
        assert join.generation == 1


async def test_restart_at_a_node_that_dies_asks_for_a_new_session_at_once(offices: Clinic, node: FakeMedia) -> None:
    page = await joined(offices)
    node.mute = True
    await page.send(p.Offer(request=2, sdp="v=0 restart", restart=True))
    await node.command(lambda command: isinstance(command, m.Restart))
    await node.die()
    assert (await page.get(p.NoAnswer)).code == "restart-unknown"


async def test_silent_node(offices: Clinic, node: FakeMedia, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signaling.media_link.REPLY_TIMEOUT_S", 0.05)
    node.mute = True
    page = await offices.page("physician")
    await page.send(p.Offer(request=1, sdp="v=0 offer"))
    assert (await page.get(p.NoAnswer)).code == "retry"


async def test_paths_are_facts_stored_once(offices: Clinic, node: FakeMedia) -> None:
    page = await joined(offices)
    other = await offices.page("patient", process=1)
    seat = offices.seats["physician"]
    where = physicians_session(offices, node)
    await node.emit(m.PathLost(**where, silent_ms=2000))
    await node.emit(m.PathBack(**where, silent_ms=3000))
    await node.emit(m.PathLost(**where, silent_ms=2000))
    for _ in range(2):
        await page.event("path_lost")
        await other.event("path_lost")
    await node.emit(m.Speaking(**where, speaking=True))
    assert (await other.get(p.Speaking)).seat == seat
    kinds = [stored.event.type for stored in (await offices.store.events_after(offices.consultation, None, 50)).events]
    assert kinds == ["joined", "path_lost", "path_back", "path_lost"]


async def test_quality_reaches_physicians_and_slots_the_seat(offices: Clinic, node: FakeMedia) -> None:
    page = await joined(offices)
    other = await offices.page("patient", process=1)
    where = physicians_session(offices, node)
    slot = m.Slot(audio_mid="2", video_mid="3", participant=offices.seats["patient"])
    await node.emit(m.SlotsChanged(**where, slots=(slot,)))
    await node.emit(m.Quality(**where, rtt_ms=80.0, up_bps=1, down_bps=2, up_loss=0.0, down_loss=0.5))
    assert (await page.get(p.Slots)).slots[0].seat == offices.seats["patient"]
    assert (await page.get(p.Quality)).down_loss == 0.5
    await node.emit(m.Speaking(**where, speaking=True))
    await other.get(p.Speaking)
    assert not [message for message in other.inbox if isinstance(message, p.Slots | p.Quality)]
    again = await offices.page("physician", process=1, client_id=page.client_id)
    assert (await again.get(p.Slots)).slots[0].seat == offices.seats["patient"]


async def test_slots_that_overtake_their_answer_are_kept(offices: Clinic, node: FakeMedia, redis: Redis) -> None:
    node.mute = True
    page = await offices.page("physician")
    await page.send(p.Offer(request=1, sdp="v=0 offer"))
    join = await node.command(lambda command: command.type == "join")
    assert isinstance(join, m.Join)
    where = {"node_id": node.node_id, "room": join.room, "participant": join.participant, "generation": join.generation}
    empty = m.Slot(audio_mid="2", video_mid="3", participant=None)
    taken = empty.model_copy(update={"participant": offices.seats["patient"]})
    await node.emit(m.SlotsChanged(**where, slots=(taken,)))
    await node.emit(m.Speaking(**where, speaking=True))
    await page.get(p.Speaking)  # so the change of slots was read before
    answered = m.Answered(request_id=join.request_id, answer="v=0 answer", slots=(empty,))
    await redis.xadd(m.replies_key(join.reply_to), {"m": answered.model_dump_json()})
    assert (await page.get(p.Answer)).slots[0].seat == offices.seats["patient"]


async def test_expired_session_is_made_anew_unasked(offices: Clinic, node: FakeMedia) -> None:
    page = await joined(offices)
    where = physicians_session(offices, node)
    await node.emit(m.Closed(**where, reason="expired"))
    await page.get(p.Renegotiate)
    await page.event("path_lost")


async def test_node_death_renegotiates_on_another(offices: Clinic, node: FakeMedia, redis: Redis) -> None:
    physician = await joined(offices, 0)
    patient = await offices.admitted_patient(physician, 1)
    await patient.send(p.Offer(request=1, sdp="v=0 offer"))
    await patient.get(p.Answer)
    async with fake_media(redis, "node-2") as other:
        await knows(offices, other.life)
        await node.die()
        for page in (physician, patient):
            await page.get(p.Renegotiate)
            await page.send(p.Offer(request=9, sdp="v=0 again"))
            assert (await page.get(p.Answer)).request == 9
        joins = [command for command in other.commands if isinstance(command, m.Join)]
        assert {join.participant for join in joins} == set(offices.seats.values())
        assert {join.generation for join in joins} == {2}


async def test_page_that_comes_back_to_a_dead_node(offices: Clinic, node: FakeMedia) -> None:
    page = await joined(offices)
    await page.socket.close()
    await node.die()
    await knows(offices, node.life, alive=False)
    again = await offices.page("physician", client_id=page.client_id)
    await again.get(p.Renegotiate)


async def test_page_that_comes_back_to_a_node_that_never_had_it(offices: Clinic, node: FakeMedia) -> None:
    """Power returned, and the other side was back first: the consultation is on a living node, our session is not."""
    page = await joined(offices)
    await page.socket.close()
    node.known.clear()
    again = await offices.page("physician", client_id=page.client_id)
    await again.get(p.Renegotiate)


async def test_hang_up_frees_the_node(offices: Clinic, node: FakeMedia) -> None:
    page = await joined(offices)
    await page.do(lambda id: p.Leave(id=id))
    assert (await page.event("left")).reason == "hung-up"
    await node.command(lambda command: isinstance(command, m.Leave))
