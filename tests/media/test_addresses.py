"""IPv4 and IPv6 on one port, the candidates that tell of them, and 1:1 NAT."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
from aioice import stun as aioice_stun

from free_port import free_port
from media import candidates, contract
from media.sfu import Sfu
from tests.media.clients import Client
from tests.media.test_strangers import check


@pytest.fixture
async def dual() -> AsyncIterator[Sfu]:
    """An SFU on both loopback addresses that announces what stands before it."""
    config = contract.MediaConfig(
        node_id="n",
        redis_url="unused",
        port=free_port(),
        bind=("127.0.0.1", "::1"),
        public_ips=("203.0.113.7", "2001:db8::7"),
    )
    made = Sfu(config, lambda event: None)
    await made.open()
    yield made
    await made.close()


async def test_checks_over_ipv4_and_ipv6_reach_the_same_participant(dual: Sfu) -> None:
    client = Client(440)
    names = {"request_id": "r", "reply_to": "s", "room": "r", "participant": "ana", "generation": 1}
    reply = dual.handle(contract.Join(**names, offer=await client.offer()))
    await client.close()
    assert isinstance(reply, contract.Answered)
    peer = dual.rooms["r"].peers["ana"]
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with socket.socket(family, socket.SOCK_DGRAM) as sender:
            sender.bind((host, 0))
            sender.settimeout(5)
            sender.sendto(check(peer.ice_ufrag, peer.ice_password), (host, dual.port))
            answer = aioice_stun.parse_message(await asyncio.to_thread(sender.recv, 2048))
            assert answer.attributes["XOR-MAPPED-ADDRESS"] == sender.getsockname()[:2]
            assert peer.path is not None
            assert peer.path.address == sender.getsockname()[:2]


async def test_the_answer_announces_the_public_addresses_only(dual: Sfu) -> None:
    client = Client(440)
    names = {"request_id": "r", "reply_to": "s", "room": "r", "participant": "ana", "generation": 1}
    reply = dual.handle(contract.Join(**names, offer=await client.offer()))
    await client.close()
    assert isinstance(reply, contract.Answered)
    told = {line.split()[4] for line in reply.answer.splitlines() if line.startswith("a=candidate:")}
    assert told == {"203.0.113.7", "2001:db8::7"}


def test_candidates_prefer_udp_and_the_first_address() -> None:
    lines = candidates.candidates(("203.0.113.7", "2001:db8::7"), 40_000)
    ranked = sorted(lines, key=lambda line: -int(line.split()[3]))
    assert [line.split()[2] for line in ranked] == ["udp", "udp", "tcp", "tcp"]
    assert ranked[0] == "1 1 udp 2130706431 203.0.113.7 40000 typ host"
    assert ranked[2].endswith("203.0.113.7 40000 typ host tcptype passive")


def test_without_public_addresses_those_of_the_interfaces_are_told() -> None:
    told = candidates.addresses((), ("0.0.0.0",))
    assert told
    assert all(":" not in address for address in told)
    assert "127.0.0.1" not in told or told == ("127.0.0.1",)


def test_a_wildcard_is_bound_beside_each_of_the_machines_addresses() -> None:
    assert candidates.sockets("127.0.0.1") == ("127.0.0.1",)
    bound = candidates.sockets("0.0.0.0")
    assert bound[-1] == "0.0.0.0"
    assert "127.0.0.1" in bound


async def test_a_reply_leaves_from_the_address_that_was_asked() -> None:
    config = contract.MediaConfig(node_id="n", redis_url="unused", port=free_port(), bind=("0.0.0.0",))
    sfu = Sfu(config, lambda event: None)
    await sfu.open()
    client = Client(440)
    try:
        names = {"request_id": "r", "reply_to": "s", "room": "r", "participant": "ana", "generation": 1}
        sfu.handle(contract.Join(**names, offer=await client.offer()))
        peer = sfu.rooms["r"].peers["ana"]
        own = candidates.addresses((), ("0.0.0.0",))[0]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.bind((own, 0))
            sender.settimeout(5)
            sender.sendto(check(peer.ice_ufrag, peer.ice_password), ("127.0.0.1", sfu.port))
            _, came_from = await asyncio.to_thread(sender.recvfrom, 2048)
        assert came_from == ("127.0.0.1", sfu.port)
    finally:
        await client.close()
        await sfu.close()
