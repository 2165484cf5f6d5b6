"""Queue delay from two clocks that share nothing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from adaptation.delay import QueueDelay
from adaptation.sample import Passage

OFFSET = 5000.0
CLOSE = 1e-6


def packets(at: float, way_s: float, count: int = 5) -> list[Passage]:
    return [(at + i / 50, at + i / 50 + way_s + OFFSET, 200) for i in range(count)]


def after(ways: Sequence[float], count: int = 5) -> QueueDelay:
    """One tick for each way."""
    delay = QueueDelay()
    for tick, way_s in enumerate(ways):
        delay.add(packets(tick / 10, way_s, count), tick / 10, 0.1)
    return delay


def test_the_shortest_way_counts_as_empty() -> None:
    assert after([0.05] * 20).queue_s == pytest.approx(0, abs=CLOSE)
    assert after([0.05] * 20 + [0.25] * 5).queue_s == pytest.approx(0.2)
    assert after([0.25] * 20 + [0.05] * 5).queue_s == pytest.approx(0, abs=CLOSE)
    assert after([]).queue_s == 0


def test_a_standing_queue_is_forgiven_after_half_a_minute() -> None:
    assert after([0.05] * 20 + [0.35] * 280).queue_s == pytest.approx(0.3)
    assert after([0.05] * 20 + [0.35] * 310).queue_s == pytest.approx(0, abs=CLOSE)


def test_one_late_packet_among_many_is_no_queue() -> None:
    delay = after([0.05] * 10)
    delay.add([*packets(1.0, 0.05, 4), (1.08, 1.08 + 0.15 + OFFSET, 200)], 1.0, 0.1)
    assert delay.queue_s == pytest.approx(0, abs=CLOSE)


def test_where_few_come_the_newest_speaks() -> None:
    delay = QueueDelay()
    for beacon in range(6):
        delay.add(packets(beacon / 2, 0.05, 1), beacon / 2, 0.5)
    delay.add(packets(3.0, 0.45, 1), 3.0, 0.5)
    assert delay.queue_s == pytest.approx(0.4)


def test_without_news_a_queue_is_forgotten() -> None:
    delay = after([0.05] * 10 + [0.5] * 5)
    for tick in range(19):
        delay.add([], 1.5 + tick / 10, 0.1)
    assert delay.queue_s == pytest.approx(0.45)
    for tick in range(3):
        delay.add([], 3.4 + tick / 10, 0.1)
    assert delay.queue_s == 0


@pytest.mark.parametrize(
    ("ways", "rise_s", "rising"),
    [
        ([0.05] * 6, 0.0, False),
        ([0.05, 0.05, 0.10, 0.15, 0.20, 0.25], 0.2, True),
        ([0.05, 0.05, 0.05, 0.05, 0.20, 0.25], 0.2, False),
        ([0.05] * 5 + [0.35] * 5 + [0.30, 0.25, 0.20, 0.15, 0.10, 0.05], -0.2, False),
        ([0.05, 0.05, 0.055, 0.06, 0.065, 0.065], 0.015, False),
        ([0.05, 0.10, 0.15], 0.1, False),
    ],
)
def test_trends(ways: list[float], rise_s: float, rising: bool) -> None:
    delay = after(ways)
    assert delay.rise_s == pytest.approx(rise_s)
    assert delay.rising == rising


def test_a_set_clock_starts_anew_and_a_stray_value_is_dropped() -> None:
    delay = after([0.05] * 20)
    delay.add([(2.0, 2.0 + OFFSET - 30.0, 100)], 2.0, 0.1)
    delay.add([(2.0, 2.0 + OFFSET + 30.0, 100)], 2.0, 0.1)
    delay.add(packets(2.1, 0.05), 2.1, 0.1)
    assert delay.queue_s == pytest.approx(0, abs=CLOSE)
    for tick in range(10):
        delay.add(packets(2.2 + tick / 10, 100.05), 2.2 + tick / 10, 0.1)
    assert delay.queue_s == pytest.approx(0, abs=CLOSE)
    for tick in range(3):
        delay.add(packets(3.2 + tick / 10, 100.25), 3.2 + tick / 10, 0.1)
    assert delay.queue_s == pytest.approx(0.2)


@pytest.mark.parametrize(("way_s", "queue_s"), [(9.9, 9.85), (-0.9, 0.0)])
def test_ways_that_a_link_could_have_are_believed_at_once(way_s: float, queue_s: float) -> None:
    delay = after([0.05] * 20)
    delay.add(packets(22.0, way_s), 2.0, 0.1)
    assert delay.queue_s == pytest.approx(queue_s, abs=CLOSE)


def test_base_and_floor_have_different_memories() -> None:
    delay = after([0.05] * 10 + [0.10] * 50)
    assert delay.base_s - OFFSET == pytest.approx(0.05)
    assert delay.floor_s - OFFSET == pytest.approx(0.10)


def test_a_jam_shows_in_the_newest_packets_first() -> None:
    delay = after([0.05] * 20)
    delay.add(packets(2.0, 0.25, count=1), 2.0, 0.1)
    assert delay.queue_s == pytest.approx(0, abs=CLOSE), "one among many"
    assert delay.newest_s == pytest.approx(0.2)
    delay.add([*packets(2.1, 0.35, count=1), *packets(2.1, 0.15, count=1)], 2.1, 0.1)
    assert delay.newest_s == pytest.approx(0.1), "the shortest of a tick"
    for tick in range(22):
        delay.add([], 2.2 + tick / 10, 0.1)
    assert delay.newest_s == 0
