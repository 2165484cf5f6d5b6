"""Sums and minima over the last moments."""

from __future__ import annotations

from math import inf

import pytest

from adaptation.windows import Flow, LowestOf, TickSums


def test_tick_sums_look_back_so_many_ticks() -> None:
    sums = TickSums(5)
    assert sums.within(3) == (0, 0)
    for value in range(1, 9):
        sums.add(value, 10 * value)
    assert sums.within(1) == (8, 80)
    assert sums.within(3) == (21, 210)
    assert sums.within(5) == (30, 300)
    assert sums.within(99) == (30, 300)


def test_tick_sums_start_anew() -> None:
    sums = TickSums(5)
    sums.add(7, 1)
    sums.clear()
    assert sums.within(5) == (0, 0)
    sums.add(2, 3)
    assert sums.within(5) == (2, 3)


def test_the_lowest_is_forgotten_after_its_time() -> None:
    lowest = LowestOf(3)
    assert lowest.lowest() == inf
    lowest.add(5.0, 0.5)
    lowest.add(9.0, 0.6)
    lowest.add(7.0, 1.5)
    lowest.add(8.0, 2.9)
    assert lowest.lowest() == 5.0
    lowest.add(8.0, 3.1)
    assert lowest.lowest() == 7.0
    lowest.add(8.0, 9.0)
    assert lowest.lowest() == 8.0
    lowest.clear()
    assert lowest.lowest() == inf


def test_rates_are_by_arrival_and_forget_what_is_old() -> None:
    flow = Flow()
    assert flow.rates_bps() == (0.0, 0.0, 0.0)
    for index in range(40):
        flow.add(index / 8, 1000)
    newest, half, two = flow.rates_bps()
    assert newest == 2 * 1000 * 40.0
    assert half == 3 * 1000 * 8 / 0.5
    assert two == 16 * 1000 * 8 / 2
    assert flow.rates_bps() == (newest, half, two)
    flow.add(100.0, 500)
    assert flow.rates_bps() == (500 * 40.0, 0.0, 500 * 4.0)
    flow.clear()
    assert flow.rates_bps() == (0.0, 0.0, 0.0)


def test_an_older_arrival_told_late_counts_but_does_not_move_time_back() -> None:
    flow = Flow()
    flow.add(10.0, 100)
    flow.add(9.9, 100)
    assert flow.rates_bps()[0] == pytest.approx(200 * 40)
