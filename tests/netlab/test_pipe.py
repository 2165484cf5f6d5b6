"""The rules of one direction of the link, without a clock."""

from __future__ import annotations

from itertools import pairwise

import pytest

from netlab.bottleneck import NEVER
from netlab.counters import DROPS
from netlab.packets import ipv4, ipv6, tcp
from netlab.pipe import Pipe
from netlab.profile import Bursts, Path

UDP_PACKET = ipv4(17, bytes(980))
TCP_PACKET = ipv4(6, tcp(bytes(960)))
UDP6_PACKET = ipv6(17, bytes(960))
UPGRADE_PACKET = ipv4(6, tcp(b"GET /ws HTTP/1.1\r\nUpgrade: WebSocket\r\n\r\n"))


def pipe(path: Path) -> Pipe:
    return Pipe(path, "1")


def sent(made: Pipe, now: float) -> int:
    return len(list(made.pop_due(now)))


def numbered(path: Path, count: int, spacing_s: float = 0.02) -> list[tuple[int, float, float]]:
    """Number, time in and time out (to the millisecond) of what arrives of so many packets."""
    made, arrived = pipe(path), []
    for number in range(count):
        made.push(ipv4(17, number.to_bytes(4, "big")), number * spacing_s)
    for now in (tick / 1000 for tick in range(int(count * spacing_s * 1000) + 2000)):
        arrived += [(int.from_bytes(packet[20:], "big"), now) for packet in made.pop_due(now)]
    return [(number, number * spacing_s, at) for number, at in arrived]


def test_a_packet_leaves_after_the_delay_and_not_before() -> None:
    made = pipe(Path(delay_ms=300))
    made.push(UDP_PACKET, 10.0)
    assert made.next_due() == pytest.approx(10.3)
    assert sent(made, 10.299) == 0
    assert sent(made, 10.301) == 1
    assert made.next_due() == NEVER


def test_the_rate_spaces_packets() -> None:
    made = pipe(Path(rate_bps=80_000))  # 1000 bytes take 100 ms
    for _ in range(2):
        made.push(UDP_PACKET, 0.0)
    assert [sent(made, now) for now in (0.09, 0.11, 0.19, 0.21)] == [0, 1, 0, 1]


def test_delay_comes_on_top_of_the_rate() -> None:
    made = pipe(Path(rate_bps=80_000, delay_ms=50))
    made.push(UDP_PACKET, 0.0)
    assert made.next_due() == pytest.approx(0.15)
    assert [sent(made, now) for now in (0.149, 0.151)] == [0, 1]


def test_a_full_queue_drops_the_newest() -> None:
    made = pipe(Path(rate_bps=80_000, queue_ms=200))
    for _ in range(10):
        made.push(UDP_PACKET, 0.0)
    assert sent(made, 100.0) == 3
    assert made.counters(100.0).dropped["queue"] == 7


def test_the_queue_is_judged_by_bytes() -> None:
    made = pipe(Path(rate_bps=80_000, queue_ms=200))
    for _ in range(100):
        made.push(ipv4(17, bytes(80)), 0.0)  # 10 ms each
    assert sent(made, 100.0) == 21


def test_a_queue_takes_packets_again_as_it_empties() -> None:
    made = pipe(Path(rate_bps=80_000, queue_ms=100))
    for tick in range(100):
        made.push(UDP_PACKET, tick * 0.05)
    assert sent(made, 100.0) == pytest.approx(50, abs=2)


def test_what_waits_is_served_at_the_new_rate() -> None:
    made = pipe(Path(rate_bps=80_000, queue_ms=1000))
    for _ in range(3):
        made.push(UDP_PACKET, 0.0)
    made.change(Path(rate_bps=8_000, queue_ms=1000), 0.1)
    assert [sent(made, now) for now in (0.1, 1.09, 1.11, 2.09, 2.11)] == [1, 0, 1, 0, 1]


def test_a_slower_link_keeps_what_waits_and_drops_what_comes() -> None:
    made = pipe(Path(rate_bps=80_000, queue_ms=300))
    for _ in range(3):
        made.push(UDP_PACKET, 0.0)
    made.change(Path(rate_bps=8_000, queue_ms=300), 0.0)
    made.push(TCP_PACKET, 0.01)
    assert made.counters(0.01).queue_ms == pytest.approx(2990)
    assert list(made.pop_due(100.0)) == [UDP_PACKET] * 3


def test_a_shorter_delay_does_not_reorder() -> None:
    made = pipe(Path(delay_ms=300))
    made.push(UDP_PACKET, 0.0)
    made.change(Path(delay_ms=10), 0.1)
    made.push(TCP_PACKET, 0.1)
    assert list(made.pop_due(0.3)) == [UDP_PACKET, TCP_PACKET]


def test_what_flies_keeps_its_time() -> None:
    made = pipe(Path(delay_ms=300))
    made.push(UDP_PACKET, 0.0)
    made.change(Path(delay_ms=900, loss=1.0), 0.1)
    assert made.next_due() == pytest.approx(0.3)
    assert sent(made, 0.3) == 1


def test_loss_takes_its_share() -> None:
    made = pipe(Path(loss=0.2))
    for _ in range(5000):
        made.push(UDP_PACKET, 0.0)
    assert sent(made, 0.0) == pytest.approx(4000, abs=120)


def test_what_is_lost_has_used_the_bottleneck() -> None:
    made = pipe(Path(rate_bps=80_000, queue_ms=200, loss=1.0))
    for _ in range(10):
        made.push(UDP_PACKET, 0.0)
    assert sent(made, 100.0) == 0
    dropped = made.counters(100.0).dropped
    assert (dropped["loss"], dropped["queue"]) == (3, 7)


def test_an_outage_stops_what_comes_and_what_waits_but_not_what_flies() -> None:
    made = pipe(Path(rate_bps=80_000, delay_ms=300))
    for _ in range(2):
        made.push(UDP_PACKET, 0.0)
    made.change(Path(rate_bps=80_000, delay_ms=300, down=True), 0.15)
    made.push(TCP_PACKET, 0.2)
    assert list(made.pop_due(100.0)) == [UDP_PACKET]
    assert made.counters(100.0).dropped["down"] == 2
    made.change(Path(), 100.0)
    made.push(TCP_PACKET, 100.0)
    assert sent(made, 100.0) == 1


def test_udp_block_lets_tcp_through() -> None:
    made = pipe(Path(udp_blocked=True))
    for packet in (UDP_PACKET, TCP_PACKET, UDP6_PACKET):
        made.push(packet, 0.0)
    assert list(made.pop_due(0.0)) == [TCP_PACKET]


def test_websocket_block_lets_the_rest_through() -> None:
    made = pipe(Path(websocket_blocked=True))
    for packet in (UDP_PACKET, UPGRADE_PACKET, TCP_PACKET):
        made.push(packet, 0.0)
    assert list(made.pop_due(0.0)) == [UDP_PACKET, TCP_PACKET]


def test_copies_come_right_after_the_original() -> None:
    arrived = numbered(Path(duplicate=0.3, delay_ms=50), 2000)
    assert len(arrived) == pytest.approx(2600, abs=60)
    assert all(later in (earlier, earlier + 1) for (earlier, *_), (later, *_) in pairwise(arrived))


def test_jitter_delays_and_keeps_the_order() -> None:
    arrived = numbered(Path(delay_ms=100, jitter_ms=10), 1000, 0.1)
    extra_ms = [(at - pushed) * 1000 - 100 for _, pushed, at in arrived]
    assert [number for number, *_ in arrived] == list(range(1000))
    assert min(extra_ms) >= -0.01
    assert sum(extra_ms) / 1000 == pytest.approx(10 * 0.8 + 0.5, abs=1)  # 0.5: looked at once a millisecond


def test_dense_packets_keep_their_order_despite_jitter() -> None:
    arrived = numbered(Path(delay_ms=20, jitter_ms=30), 1000, 0.001)
    assert [number for number, *_ in arrived] == list(range(1000))


def test_overtaking_has_a_share_and_a_bound() -> None:
    arrived = numbered(Path(delay_ms=100, reorder=0.2, reorder_ms=50), 2000, 0.005)
    early = [(at - pushed) * 1000 for _, pushed, at in arrived if at - pushed < 0.099]
    assert len(arrived) == 2000
    assert len(early) == pytest.approx(400, abs=50)
    assert min(early) >= 50
    assert [number for number, *_ in arrived] != list(range(2000))


def test_nobody_overtakes_time() -> None:
    arrived = numbered(Path(delay_ms=10, reorder=1.0, reorder_ms=500), 100)
    assert all(pushed <= at + 1e-9 for _, pushed, at in arrived)


def test_every_packet_is_accounted_for() -> None:
    path = Path(rate_bps=400_000, queue_ms=50, loss=0.1, bursts=Bursts(share=0.1), duplicate=0.1, reorder=0.1)
    made = pipe(path)
    for tick in range(2000):
        made.push(UDP_PACKET, tick * 0.015)
    out = sent(made, 100.0)
    counted = made.counters(100.0)
    assert (counted.came_packets, counted.came_bytes) == (2000, 2_000_000)
    assert (counted.delivered_packets, counted.delivered_bytes) == (out, out * 1000)
    assert counted.came_packets + counted.duplicated == out + sum(counted.dropped.values())
    assert counted.duplicated > 0
    assert counted.reordered > 0
    assert set(counted.dropped) == set(DROPS)
    assert counted.queue_ms == 0.0


def test_the_same_packets_have_the_same_fate() -> None:
    path = Path(rate_bps=100_000, delay_ms=50, jitter_ms=20, loss=0.1, bursts=Bursts(share=0.1), reorder=0.1)
    assert numbered(path, 500) == numbered(path, 500)


def test_looking_rarely_loses_no_rate() -> None:
    """A process that wakes late hands over late, but the hop has worked meanwhile."""
    made = pipe(Path(rate_bps=80_000, queue_ms=1000))
    for _ in range(5):
        made.push(UDP_PACKET, 0.0)
    assert sent(made, 0.45) == 4
