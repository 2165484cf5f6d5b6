"""What strangers and broken peers send: refused and counted, and the call beside it goes on."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
from aioice import stun as aioice_stun

from media import contract, sdp
from media.peer import Peer
from tests.media.clients import Client, pitch
from tests.media.test_sfu import ROOM, Stage, stage  # noqa: F401
from tests.signaling.eventually import eventually

FLOOD = 3000


@pytest.fixture
def stranger() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))
        made.settimeout(5)
        yield made


@pytest.fixture
async def call(stage: Stage) -> AsyncIterator[Stage]:  # noqa: F811
    """Two participants who hear each other, and nothing that the loop had to complain of at the end."""
    faults: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: faults.append(context))
    for name, frequency_hz in (("ana", 440), ("luis", 1000)):
        await stage.join(name, Client(frequency_hz))
    await pitch(stage.clients[0].heard(), 10)
    yield stage
    async with asyncio.timeout(15):
        assert await pitch(stage.clients[0].heard()) == pytest.approx(1000, abs=25)
    assert faults == []
    assert stage.sfu.registry.refused["fault"] == 0


def port_of(stage: Stage) -> tuple[str, int]:  # noqa: F811
    return "127.0.0.1", stage.sfu.port


def peer_of(stage: Stage, who: str) -> Peer:  # noqa: F811
    return stage.sfu.rooms[ROOM].peers[who]


def check(ufrag: str, password: str, *, nominate: bool = True) -> bytes:
    message = aioice_stun.Message(aioice_stun.Method.BINDING, aioice_stun.Class.REQUEST)
    message.attributes["USERNAME"] = f"{ufrag}:abcd"
    message.attributes["PRIORITY"] = 1
    message.attributes["ICE-CONTROLLING"] = 7
    if nominate:
        message.attributes["USE-CANDIDATE"] = None
    message.add_message_integrity(password.encode())
    return bytes(message)


async def answered(stranger: socket.socket) -> bytes:
    return await asyncio.to_thread(stranger.recv, 2048)


async def test_garbage_from_strangers_is_dropped_by_kind(call: Stage, stranger: socket.socket) -> None:
    rng = random.Random(1)
    for first in (0, 1, 3, 20, 63, 64, 128, 191, 200, 255):
        for size in (0, 1, 11, 19, 20, 100, 1499, 3000):
            stranger.sendto(bytes([first]) + rng.randbytes(size), port_of(call))
    stranger.sendto(b"", port_of(call))
    await eventually(lambda: call.sfu.registry.refused.total() >= 81, "all 81 datagrams refused")
    assert set(call.sfu.registry.refused) == {"stranger", "stun-unknown"}


async def test_a_stranger_learns_their_own_address_and_moves_nothing(call: Stage, stranger: socket.socket) -> None:
    before = dict(call.sfu.registry.paths)
    asked = aioice_stun.Message(aioice_stun.Method.BINDING, aioice_stun.Class.REQUEST)
    stranger.sendto(bytes(asked), port_of(call))
    answer = aioice_stun.parse_message(await answered(stranger))
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == stranger.getsockname()
    assert call.sfu.registry.paths == before


async def test_a_flood_from_an_unknown_address_does_not_stop_the_call(call: Stage, stranger: socket.socket) -> None:
    packet = bytes([0x80, 96]) + bytes(1000)
    for _ in range(FLOOD // 100):
        for _ in range(100):
            stranger.sendto(packet, port_of(call))
        await asyncio.sleep(0)
    await eventually(lambda: call.sfu.registry.refused["stranger"] > FLOOD / 2, "the flood counted")


async def test_a_stolen_ufrag_moves_nothing(call: Stage, stranger: socket.socket) -> None:
    ana = peer_of(call, "ana")
    before = ana.path
    stranger.sendto(check(ana.ice_ufrag, "not-her-password-at-all"), port_of(call))
    await eventually(lambda: call.sfu.registry.refused["stun-integrity"] == 1, "the forged check refused")
    assert ana.path is before
    assert len(call.sfu.registry.paths) == 2


async def test_a_packet_replayed_from_another_address_moves_nothing(call: Stage, stranger: socket.socket) -> None:
    ana = peer_of(call, "ana")
    before = ana.path
    stranger.sendto(bytes([0x90, 111]) + bytes(80), port_of(call))
    await eventually(lambda: call.sfu.registry.refused["stranger"] == 1, "refused")
    assert ana.path is before


async def test_the_path_moves_with_an_authenticated_check(call: Stage, stranger: socket.socket) -> None:
    luis = peer_of(call, "luis")
    stranger.sendto(check(luis.ice_ufrag, luis.ice_password), port_of(call))
    answer = aioice_stun.parse_message(await answered(stranger))
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == stranger.getsockname()
    assert luis.path is not None
    assert luis.path.address == stranger.getsockname()
    # Luis' own ICE agent checks again within seconds and takes the path back: the call fixture then hears him.


async def test_a_check_without_nomination_keeps_the_path(call: Stage, stranger: socket.socket) -> None:
    luis = peer_of(call, "luis")
    before = luis.path
    stranger.sendto(check(luis.ice_ufrag, luis.ice_password, nominate=False), port_of(call))
    await answered(stranger)
    assert luis.path is before


async def test_after_a_silence_the_path_does_not_wait_for_a_nomination(call: Stage, stranger: socket.socket) -> None:
    luis = peer_of(call, "luis")
    before = luis.path
    assert before is not None
    elsewhere = replace(before, key="elsewhere", address=stranger.getsockname(), send=lambda data: None)
    request = check(luis.ice_ufrag, luis.ice_password, nominate=False)
    call.sfu.registry.check(request, elsewhere, luis.last_seen + 0.5)
    assert luis.path is before
    call.sfu.registry.check(request, elsewhere, luis.last_seen + 1)
    assert luis.path is elsewhere


async def test_broken_srtp_and_rtcp_from_a_known_path(call: Stage, stranger: socket.socket) -> None:
    luis = peer_of(call, "luis")
    stranger.sendto(check(luis.ice_ufrag, luis.ice_password, nominate=False), port_of(call))
    await answered(stranger)
    rng = random.Random(2)
    for second in (96, 111, 200, 201, 205, 206, 255):
        for size in (0, 5, 10, 30, 1400):
            stranger.sendto(bytes([0x80, second]) + rng.randbytes(size), port_of(call))
            stranger.sendto(bytes([22, second]) + rng.randbytes(size), port_of(call))
    await eventually(lambda: luis.rejected >= 20, "forged packets rejected")


async def test_an_absurd_tcp_frame_closes_the_connection(call: Stage) -> None:
    reader, writer = await asyncio.open_connection(*port_of(call))
    writer.write(struct.pack("!H", 60_000) + b"x" * 100)
    async with asyncio.timeout(5):
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
    writer.close()
    assert call.sfu.registry.refused["tcp-frame"] == 1


async def test_a_path_over_tcp_answers_checks(call: Stage) -> None:
    luis = peer_of(call, "luis")
    reader, writer = await asyncio.open_connection(*port_of(call))
    request = check(luis.ice_ufrag, luis.ice_password, nominate=False)
    writer.write(struct.pack("!H", len(request)) + request[:10])
    await writer.drain()
    writer.write(request[10:])
    async with asyncio.timeout(5):
        size = struct.unpack("!H", await reader.readexactly(2))[0]
        answer = aioice_stun.parse_message(await reader.readexactly(size))
    assert answer.attributes["XOR-MAPPED-ADDRESS"][1] == writer.get_extra_info("sockname")[1]
    writer.close()
    await eventually(lambda: not any(isinstance(key, tuple) for key in call.sfu.registry.paths), "the path forgotten")


async def test_a_seventh_participant_and_a_broken_offer(call: Stage) -> None:
    for number in range(3, contract.MAX_PARTICIPANTS + 1):
        await call.join(f"p{number}", Client(600))
    seventh = await call.join("p7", Client(600))
    assert isinstance(seventh, contract.Refused)
    assert seventh.code == "room-full"
    offer = await call.clients[0].offer()
    for broken in (offer.replace("a=fingerprint", "a=nothing"), offer[:200], offer * 40, "\x00", "v=0\r\nm=audio"):
        reply = call.command(contract.Join, "p6", 2, offer=broken[: contract.MAX_SDP_BYTES])
        assert isinstance(reply, contract.Refused)
        assert reply.code == "bad-offer"
        with pytest.raises(sdp.BadOffer):
            sdp.parse_offer(broken)
