"""What a middlebox sees in a packet."""

from __future__ import annotations

import socket

import pytest

from netlab.packet import asks_for_websocket, destination, is_udp
from netlab.packets import ipv4, ipv6, tcp

REQUEST = b"GET /ws HTTP/1.1\r\nHost: clinic\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"


def test_whom_a_packet_is_for() -> None:
    assert destination(ipv4(17, b"", to="10.0.0.9")) == socket.inet_aton("10.0.0.9")
    assert destination(ipv6(17, b"", to="fe80::9")) == socket.inet_pton(socket.AF_INET6, "fe80::9")


def test_which_packets_are_udp() -> None:
    assert [is_udp(packet) for packet in (ipv4(17), ipv6(17), ipv4(6), ipv6(6))] == [True, True, False, False]


@pytest.mark.parametrize("payload", [REQUEST, REQUEST.upper(), REQUEST.lower()])
@pytest.mark.parametrize("options", [0, 12])
def test_an_upgrade_is_seen_however_it_is_spelt(payload: bytes, options: int) -> None:
    assert asks_for_websocket(ipv4(6, tcp(payload, options)))
    assert asks_for_websocket(ipv6(6, tcp(payload, options)))


def test_other_packets_ask_for_nothing() -> None:
    assert not asks_for_websocket(ipv4(6, tcp(b"GET / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n")))
    assert not asks_for_websocket(ipv4(6, tcp(b"")))
    assert not asks_for_websocket(ipv4(17, REQUEST))
    assert not asks_for_websocket(ipv4(17))
