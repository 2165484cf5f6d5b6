"""The queue before the slowest hop, without a clock. Packets of 1000 bytes take 100 ms at 80 kbit/s."""

from __future__ import annotations

import pytest

from netlab.bottleneck import NEVER, Bottleneck

PACKET = bytes(1000)
RATE_BPS = 80_000


def filled(packets: int, rate_bps: int | None = RATE_BPS) -> Bottleneck:
    made = Bottleneck(rate_bps)
    for _ in range(packets):
        made.offer(PACKET, 0.0)
    return made


def times(made: Bottleneck, now: float) -> list[float]:
    """When each packet that is through by now was so."""
    through = []
    while made.first_through_at <= now:
        through.append(made.first_through_at)
        made.serve()
    return through


def test_packets_are_through_one_after_another() -> None:
    made = filled(3)
    assert times(made, 0.099) == []
    assert times(made, 0.25) == pytest.approx([0.1, 0.2])
    assert made.first_through_at == pytest.approx(0.3)


def test_looking_late_changes_no_time() -> None:
    assert times(filled(3), 100.0) == pytest.approx([0.1, 0.2, 0.3])


def test_an_idle_hop_starts_with_the_next_packet() -> None:
    made = filled(1)
    assert times(made, 5.0) == pytest.approx([0.1])
    made.offer(PACKET, 5.0)
    assert times(made, 9.0) == pytest.approx([5.1])
    assert made.first_through_at == NEVER


def test_the_wait_is_what_is_left_of_the_bytes_before() -> None:
    made = filled(3)
    assert made.wait_s(0.0) == pytest.approx(0.3)
    assert made.wait_s(0.05) == pytest.approx(0.25)
    assert times(made, 0.2) == pytest.approx([0.1, 0.2])
    assert made.wait_s(0.25) == pytest.approx(0.05)
    assert times(made, 0.31) == pytest.approx([0.3])
    assert made.wait_s(0.31) == 0.0


def test_small_packets_take_less_time() -> None:
    made = filled(1)
    made.offer(bytes(100), 0.0)
    assert times(made, 1.0) == pytest.approx([0.1, 0.11])


@pytest.mark.parametrize(
    ("rate_bps", "expected"),
    [(40_000, [0.15, 0.35, 0.55]), (160_000, [0.075, 0.125, 0.175]), (None, [0.05, 0.05, 0.05])],
)
def test_what_waits_is_served_at_the_new_rate(rate_bps: int | None, expected: list[float]) -> None:
    """Half of the first packet is through when the rate changes."""
    made = filled(3)
    assert times(made, 0.05) == []
    made.change(rate_bps, 0.05)
    assert times(made, 1.0) == pytest.approx(expected)


def test_the_wait_follows_the_rate() -> None:
    made = filled(3)
    made.change(RATE_BPS // 10, 0.0)
    assert made.wait_s(0.0) == pytest.approx(3.0)


def test_without_a_rate_nothing_waits() -> None:
    made = filled(3, None)
    assert made.wait_s(0.0) == 0.0
    assert times(made, 0.0) == [0.0, 0.0, 0.0]


def test_a_rate_comes_into_force_for_the_next_packet() -> None:
    made = filled(1, None)
    assert times(made, 1.0) == [0.0]
    made.change(RATE_BPS, 1.0)
    made.offer(PACKET, 1.0)
    assert times(made, 2.0) == pytest.approx([1.1])
