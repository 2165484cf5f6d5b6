"""The line's rate from sizes and ways of packets that pass anyway."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import pytest

from adaptation.line import Line
from adaptation.sample import Passage

OFFSET = -300.0


def packets(rate_bps: float, sizes: Sequence[int], at: float = 0.0, queue_s: float = 0.0) -> list[Passage]:
    return [(at, at + 0.2 + size * 8 / rate_bps + queue_s + OFFSET, size) for size in sizes]


def line(*groups: list[Passage], now: float = 1.0) -> Line:
    seen = Line()
    for group in groups:
        seen.add(group, now)
    return seen


@pytest.mark.parametrize("rate_bps", [12e3, 60e3, 240e3, 600e3])
@pytest.mark.parametrize("sizes", [(100, 200), (80, 319), (120, 150, 210), (300, 1000, 120)])
def test_a_serial_line(rate_bps: float, sizes: Sequence[int]) -> None:
    assert line(packets(rate_bps, sizes)).rate_bps() == pytest.approx(rate_bps)


@pytest.mark.parametrize("sizes", [(), (100,), (100, 100), (100, 139), (112, 148)])
def test_sizes_that_are_too_close_tell_nothing(sizes: Sequence[int]) -> None:
    assert line(packets(60e3, sizes)).rate_bps() is None


def test_a_line_where_size_makes_no_difference_is_endless() -> None:
    assert line(packets(1e9, (100, 1000))).rate_bps() == inf


def test_packets_that_waited_do_not_count_where_others_did_not() -> None:
    waited = packets(240e3, (100, 200, 1000), queue_s=0.4)
    assert line(waited, packets(240e3, (100, 1000))).rate_bps() == pytest.approx(240e3)
    assert line(packets(240e3, (100, 1000)), waited).rate_bps() == pytest.approx(240e3)


def test_the_class_that_waited_least_speaks() -> None:
    mixed = [*packets(240e3, (100, 1000)), *packets(240e3, (300,), queue_s=0.3)]
    assert line(mixed).rate_bps() == pytest.approx(240e3)


def test_a_better_line_shows_at_once_a_worse_one_after_some_seconds() -> None:
    seen = line(packets(60e3, (100, 200)))
    seen.add(packets(600e3, (100, 200)), 2.0)
    assert seen.rate_bps() == pytest.approx(600e3)
    for second in range(3, 9):
        seen.add(packets(60e3, (100, 200)), float(second))
        assert seen.rate_bps() == pytest.approx(600e3)
    for second in range(9, 14):
        seen.add(packets(60e3, (100, 200)), float(second))
    assert seen.rate_bps() == pytest.approx(60e3)
