"""The SFU with real participants: aiortc's own ICE, DTLS, SRTP and decoders, on loopback."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from free_port import free_port
from media import contract
from media.sfu import Sfu
from tests.media.clients import Client, pitch

ROOM = "room-1"


class Stage:
    """An SFU and what it emitted."""

    def __init__(self) -> None:
        self.events: list[contract.MediaEvent] = []
        config = contract.MediaConfig(
            node_id="n1", redis_url="unused", port=free_port(), bind=("127.0.0.1",), public_ips=("127.0.0.1",)
        )
        self.sfu = Sfu(config, self.events.append)
        self.clients: list[Client] = []

    async def join(self, who: str, client: Client, generation: int = 1, room: str = ROOM) -> contract.MediaReply:
        self.clients.append(client)
        reply = self.command(contract.Join, who, generation, room=room, offer=await client.offer(), rtt_ms=10)
        if isinstance(reply, contract.Answered):
            await client.take(reply.answer)
        return reply

    def command(self, kind: Any, who: str, generation: int = 1, room: str = ROOM, **rest: Any) -> contract.MediaReply:
        names = {"request_id": "r", "reply_to": "s", "room": room, "participant": who, "generation": generation}
        return self.sfu.handle(kind(**names, **rest))

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    made = Stage()
    await made.sfu.open()
    clock = asyncio.create_task(made.sfu.run())
    try:
        yield made
    finally:
        for client in made.clients:
            await client.close()
        clock.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await clock
        await made.sfu.close()


async def test_two_participants_hear_and_see_each_other(stage: Stage) -> None:
    ana, luis = Client(440), Client(1000)
    await stage.join("ana", ana)
    await stage.join("luis", luis)
    async with asyncio.timeout(15):
        assert await pitch(ana.heard()) == pytest.approx(1000, abs=25)
        assert await pitch(luis.heard()) == pytest.approx(440, abs=25)
        assert (await luis.seen().recv()).width == 640
    assert {event.participant for event in stage.of(contract.Connected)} == {"ana", "luis"}


async def test_three_participants_each_in_an_own_slot(stage: Stage) -> None:
    clients = {"ana": Client(440, 2), "luis": Client(1000, 2), "eva": Client(1800, 2)}
    for name, client in clients.items():
        await stage.join(name, client)
    slots = stage.sfu.rooms[ROOM].slots(stage.sfu.rooms[ROOM].peers["ana"])
    assert [slot.participant for slot in slots] == ["luis", "eva"]
    async with asyncio.timeout(20):
        assert await pitch(clients["ana"].heard(0)) == pytest.approx(1000, abs=25)
        assert await pitch(clients["ana"].heard(1)) == pytest.approx(1800, abs=25)
        assert await pitch(clients["eva"].heard(0)) == pytest.approx(440, abs=25)


async def test_a_new_connection_of_a_participant_keeps_its_slot(stage: Stage) -> None:
    ana, luis = Client(440), Client(1000)
    await stage.join("ana", ana)
    await stage.join("luis", luis)
    async with asyncio.timeout(20):
        assert await pitch(ana.heard()) == pytest.approx(1000, abs=25)
        await stage.join("luis", Client(1800), generation=2)
        while await pitch(ana.heard(), 10) != pytest.approx(1800, abs=40):
            pass
        assert (await ana.seen().recv()).width == 640
    assert [event.reason for event in stage.of(contract.Closed)] == ["replaced"]


async def test_paused_audio_is_not_forwarded_and_comes_back(stage: Stage) -> None:
    ana, luis = Client(440), Client(1000)
    await stage.join("ana", ana)
    await stage.join("luis", luis)
    async with asyncio.timeout(20):
        await pitch(ana.heard(), 10)
        slot = stage.sfu.rooms[ROOM].peers["ana"].slots[0][0]
        assert slot is not None
        stage.command(contract.SetPolicy, "luis", policy=contract.Policy(audio=False))
        paused_at = slot.counts()[0]
        await luis.heard().recv()
        assert slot.counts()[0] == paused_at
        stage.command(contract.SetPolicy, "luis", policy=contract.Policy())
        assert await pitch(ana.heard(), 60) == pytest.approx(1000, abs=25)
    assert slot.counts()[0] > paused_at


async def test_refusals(stage: Stage) -> None:
    for number in range(contract.MAX_PARTICIPANTS):
        reply = await stage.join(f"p{number}", Client(440), generation=5)
        assert isinstance(reply, contract.Answered)
    seventh = await stage.join("p7", Client(440))
    assert isinstance(seventh, contract.Refused)
    assert seventh.code == "room-full"
    old = await stage.join("p0", Client(440), generation=4)
    assert isinstance(old, contract.Refused)
    assert old.code == "stale-generation"
    garbage = stage.command(contract.Join, "x", room="other", offer="not an offer")
    assert isinstance(garbage, contract.Refused)
    assert garbage.code == "bad-offer"
    unknown = stage.command(contract.Restart, "nobody", offer="v=0")
    assert isinstance(unknown, contract.Refused)
    assert unknown.code == "unknown-participant"
    stage.sfu.draining = True
    late = await stage.join("p8", Client(440), room="other")
    assert isinstance(late, contract.Refused)
    assert late.code == "draining"


async def test_a_restart_is_the_sessions_own(stage: Stage) -> None:
    """A page that holds the seat again may offer a restart of the connection that it had before another page's."""
    ana, other = Client(440), Client(1000)
    await stage.join("ana", ana)
    stage.clients.append(other)
    credentials = stage.sfu.rooms[ROOM].peers["ana"].passwords()
    stolen = stage.command(contract.Restart, "ana", offer=await other.offer())
    assert isinstance(stolen, contract.Refused)
    assert stolen.code == "unknown-participant"
    assert stage.sfu.rooms[ROOM].peers["ana"].passwords() == credentials
    own = stage.command(contract.Restart, "ana", offer=ana.pc.localDescription.sdp)
    assert isinstance(own, contract.Answered)


async def test_leaving_frees_the_slot(stage: Stage) -> None:
    ana, luis = Client(440), Client(1000)
    await stage.join("ana", ana)
    await stage.join("luis", luis)
    stage.command(contract.Leave, "luis")
    last = stage.of(contract.SlotsChanged)[-1]
    assert last.participant == "ana"
    assert [slot.participant for slot in last.slots] == [None]
    stage.command(contract.CloseRoom, "")
    assert stage.sfu.rooms == {}
    assert stage.sfu.participants == 0
