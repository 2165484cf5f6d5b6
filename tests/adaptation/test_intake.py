"""What comes in is made possible, and nothing else is changed."""

from __future__ import annotations

from dataclasses import replace
from math import inf, nan

import pytest

from adaptation.intake import LONGEST_TICK_S, MOST_BYTES, MOST_PACKETS, safe, safe_demand, tick_s
from adaptation.rungs import T
from adaptation.sample import TICK_S, Demand, Passage, Sample
from tests.adaptation.estimates import report

GOOD = Sample(1.0, ((0.5, 0.6, 100),), 300, 200, 3, 1, 0.2, 0.1)


def test_a_possible_sample_is_left_alone() -> None:
    assert safe(GOOD) is GOOD
    demand = Demand(1, 2, 3, 4, 5)
    assert safe_demand(demand) is demand


@pytest.mark.parametrize(
    ("at_s", "last_s", "passed"),
    [(1.1, 1.0, 0.1), (1.0, 1.0, TICK_S), (0.0, 1.0, TICK_S), (nan, 1.0, TICK_S), (inf, 1.0, TICK_S),
     (-inf, 1.0, TICK_S), (1.0, -inf, TICK_S), (5.0, 1.0, 4.0), (1e9, 1.0, LONGEST_TICK_S)],
)  # fmt: skip
def test_time_only_goes_forward(at_s: float, last_s: float, passed: float) -> None:
    assert tick_s(at_s, last_s) == pytest.approx(passed)


@pytest.mark.parametrize(
    ("field", "given", "taken"),
    [
        ("sent_bytes", -1, 0),
        ("sent_bytes", 2**63, MOST_BYTES),
        ("received_bytes", -5, 0),
        ("received_bytes", 2**63, MOST_BYTES),
        ("lost", -1, 0),
        ("lost", 4, 3),
        ("rtt_s", -1.0, None),
        ("rtt_s", 0.0, None),
        ("rtt_s", nan, None),
        ("rtt_s", inf, None),
        ("rtt_s", 30.1, None),
        ("silent_s", -1.0, 0.0),
        ("silent_s", nan, 0.0),
        ("silent_s", inf, 0.0),
    ],
)
def test_impossible_numbers_become_possible(field: str, given: float, taken: float | None) -> None:
    assert safe(replace(GOOD, **{field: given})) == replace(GOOD, **{field: taken})


def test_more_is_not_lost_than_was_expected() -> None:
    sample = safe(replace(GOOD, expected=-3, lost=2))
    assert (sample.expected, sample.lost) == (0, 0)
    assert safe(replace(GOOD, expected=2**40)).expected == MOST_PACKETS


@pytest.mark.parametrize(
    "passage",
    [
        (nan, 0.0, 100),
        (0.0, inf, 100),
        (0.0, -inf, 100),
        (2e9, 0.0, 100),
        (0.0, 0.0, 0),
        (0.0, 0.0, -5),
        (0.0, 0.0, 65_536),
    ],
)
def test_impossible_passages_are_left_out(passage: Passage) -> None:
    assert safe(replace(GOOD, passages=(passage, *GOOD.passages))).passages == GOOD.passages


def test_passages_are_bounded() -> None:
    assert len(safe(replace(GOOD, passages=GOOD.passages * 20_000)).passages) == MOST_PACKETS


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ({}, {}),
        ({"received_bytes": -1}, {"received_bytes": 0}),
        ({"received_bytes": 2**50}, {"received_bytes": MOST_BYTES}),
        ({"audio_received": -1, "audio_lost": 2**40}, {"audio_received": 0, "audio_lost": MOST_PACKETS}),
        ({"played_ms": 9000}, {"played_ms": 4000}),
        ({"concealed_ms": 2000}, {"concealed_ms": 1000}),
        ({"concealed_ms": -1}, {"concealed_ms": 0}),
        ({"jitter_buffer_ms": 10**9, "frozen_ms": -1}, {"jitter_buffer_ms": 60_000, "frozen_ms": 0}),
        ({"rtt_ms": -1}, {"rtt_ms": None}),
        ({"rtt_ms": 0}, {"rtt_ms": None}),
        ({"rtt_ms": 30_001}, {"rtt_ms": None}),
        ({"rtt_ms": 30_000}, {"rtt_ms": 30_000}),
        ({"audio_received": 10_000}, {"audio_received": 10_000}),
    ],
)
def test_reports_are_bounded(given: dict[str, int], taken: dict[str, int | None]) -> None:
    assert safe(replace(GOOD, report=report(**given))).report == replace(report(), **taken)


@pytest.mark.parametrize(
    ("interval_ms", "kept"), [(0, False), (99, False), (100, True), (60_000, True), (60_001, False)]
)
def test_a_report_of_no_time_is_none(interval_ms: int, kept: bool) -> None:
    given = report(interval_ms=interval_ms, played_ms=0)
    assert (safe(replace(GOOD, report=given)).report is not None) == kept


@pytest.mark.parametrize("field", ["ceiling", "useful", "carried"])
def test_demands_are_bounded(field: str) -> None:
    assert getattr(safe_demand(Demand(**{field: 99})), field) == T
    assert getattr(safe_demand(Demand(**{field: -1})), field) == 0


@pytest.mark.parametrize("field", ["voices", "videos"])
def test_streams_are_bounded(field: str) -> None:
    assert getattr(safe_demand(Demand(**{field: 99})), field) == 16
    assert getattr(safe_demand(Demand(**{field: -1})), field) == 0
    assert getattr(safe_demand(Demand(**{field: 16})), field) == 16
