"""The rules of one direction of the link, without a clock."""

from __future__ import annotations

from random import Random

import pytest

from netlab.pipe import Pipe
from netlab.profile import Path

UDP_PACKET = bytes([0x45]) + bytes(8) + bytes([17]) + bytes(990)
TCP_PACKET = bytes([0x45]) + bytes(8) + bytes([6]) + bytes(990)
UDP6_PACKET = bytes([0x60]) + bytes(5) + bytes([17]) + bytes(993)


def pipe(path: Path) -> Pipe:
    return Pipe(path, Random(1))


def sent(made: Pipe, now: float) -> int:
    return len(list(made.pop_due(now)))


def test_a_packet_leaves_after_the_delay_and_not_before() -> None:
    made = pipe(Path(delay_ms=300))
    made.push(UDP_PACKET, 10.0)
    assert made.next_due() == pytest.approx(10.3)
    assert sent(made, 10.299) == 0
    assert sent(made, 10.301) == 1
    assert made.next_due() is None


def test_the_rate_spaces_packets() -> None:
    made = pipe(Path(rate_bps=80_000))  # 1000 bytes take 100 ms
    for _ in range(2):
        made.push(UDP_PACKET, 0.0)
    assert [sent(made, now) for now in (0.09, 0.11, 0.19, 0.21)] == [0, 1, 0, 1]


def test_a_full_queue_drops_the_newest() -> None:
    made = pipe(Path(rate_bps=80_000, queue_ms=200))
    for _ in range(10):
        made.push(UDP_PACKET, 0.0)
    assert sent(made, 100.0) == 3


def test_a_shorter_delay_does_not_reorder() -> None:
    made = pipe(Path(delay_ms=300))
    made.push(UDP_PACKET, 0.0)
    made.path = Path(delay_ms=10)
    made.push(TCP_PACKET, 0.1)
    assert list(made.pop_due(0.3)) == [UDP_PACKET, TCP_PACKET]


def test_loss_takes_its_share() -> None:
    made = pipe(Path(loss=0.2))
    for _ in range(5000):
        made.push(UDP_PACKET, 0.0)
    assert sent(made, 0.0) == pytest.approx(4000, abs=120)


def test_udp_block_lets_tcp_through() -> None:
    made = pipe(Path(udp_blocked=True))
    for packet in (UDP_PACKET, TCP_PACKET, UDP6_PACKET):
        made.push(packet, 0.0)
    assert list(made.pop_due(0.0)) == [TCP_PACKET]
