"""Translated packets keep right checksums, and what is for an address of before is dropped."""

from __future__ import annotations

import socket
import struct

import pytest

from netlab.flow import socket_in
from netlab.lab import SERVER_IP, lab
from netlab.nat import DESTINATION, SOURCE, Nat, readdressed
from netlab.packet import TCP, UDP

INSIDE, OUTSIDE, SERVER = (socket.inet_aton(ip) for ip in ("10.213.7.2", "192.0.2.255", "10.213.7.1"))


def ones_sum(data: bytes) -> int:
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def packet(protocol: int, source: bytes, target: bytes, body: bytes) -> bytes:
    """With right checksums; `body` has an even length and zeros where its own stands."""
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(body), 7, 0, 64, protocol, 0, source, target)
    head = head[:10] + (ones_sum(head) ^ 0xFFFF).to_bytes(2) + head[12:]
    at = 16 if protocol == TCP else 6
    pseudo = source + target + struct.pack("!HH", protocol, len(body))
    return head + body[:at] + (ones_sum(pseudo + body) ^ 0xFFFF).to_bytes(2) + body[at + 2 :]


BODIES = {TCP: bytes(range(16)) + b"\0\0" + bytes(range(12)), UDP: struct.pack("!HHHH", 1, 2, 14, 0) + b"words!"}


@pytest.mark.parametrize("protocol", [TCP, UDP])
def test_both_ways_keep_the_checksums_right(protocol: int) -> None:
    nat = Nat()
    nat.renumber(OUTSIDE)
    assert nat.up(packet(protocol, INSIDE, SERVER, BODIES[protocol])) == packet(
        protocol, OUTSIDE, SERVER, BODIES[protocol]
    )
    assert nat.down(packet(protocol, SERVER, OUTSIDE, BODIES[protocol])) == packet(
        protocol, SERVER, INSIDE, BODIES[protocol]
    )


def test_an_address_of_before_is_nobodys() -> None:
    nat = Nat()
    late = packet(UDP, SERVER, INSIDE, BODIES[UDP])
    assert nat.down(late) == late
    nat.renumber(OUTSIDE)
    nat.up(packet(UDP, INSIDE, SERVER, BODIES[UDP]))
    assert nat.down(late) is None


def test_udp_without_a_checksum_stays_so() -> None:
    plain = bytearray(packet(UDP, INSIDE, SERVER, BODIES[UDP]))
    plain[26:28] = b"\0\0"
    assert readdressed(bytes(plain), SOURCE, OUTSIDE)[26:28] == b"\0\0"


def test_what_is_not_ipv4_is_left_alone() -> None:
    assert readdressed(b"\x60" + bytes(50), DESTINATION, OUTSIDE) == b"\x60" + bytes(50)


def test_the_server_sees_the_new_address_and_its_answers_arrive() -> None:
    with (
        lab() as made,
        socket_in(made.server_namespace, socket.SOCK_DGRAM) as server,
        socket_in(made.links[0].namespace, socket.SOCK_DGRAM) as patient,
    ):
        server.bind((SERVER_IP, 0))
        for each in (server, patient):
            each.settimeout(2)
        patient.connect(server.getsockname())
        for ip in (made.links[0].ip, "192.0.2.1", "192.0.2.2"):
            made.links[0].renumber(ip)
            patient.send(b"who am I?")
            words, seen = server.recvfrom(100)
            assert (words, seen[0]) == (b"who am I?", ip)
            server.sendto(b"you", seen)
            assert patient.recv(100) == b"you"
