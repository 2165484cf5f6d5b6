"""When a climb may be tried."""

from __future__ import annotations

from typing import Any

import pytest

from adaptation.estimate import Estimate
from adaptation.patience import Patience
from adaptation.rungs import A0, A2, V0, V1, V2
from tests.adaptation.estimates import seen


def at(now: float, **changes: Any) -> Estimate:
    return seen(now=now, **changes)


def opens(patience: Patience, rung: int, since: float) -> float:
    """After how many seconds the rung may be tried."""
    return next(step / 10 for step in range(2000) if patience.may_climb(rung, since + step / 10 + 1e-6))


def test_a_new_link_is_tried_soon() -> None:
    patience = Patience(0.0)
    assert opens(patience, V2, 0.0) == 1.5
    patience.climbed(10.0)
    assert opens(patience, V1, 10.0) == 1.5
    assert patience.fast
    assert patience.bold


def test_after_a_fall_8_s_then_3_s_a_step() -> None:
    patience = Patience(0.0)
    patience.fell(at(50.0))
    assert not patience.fast
    assert not patience.bold
    assert opens(patience, V0, 50.0) == 8.0
    patience.climbed(60.0)
    assert opens(patience, V1, 60.0) == 3.0
    patience.went_back(70.0)
    assert opens(patience, V1, 70.0) == 3.0


@pytest.mark.parametrize(("rung", "waits"), [(V1, [8, 16, 24, 24]), (A2, [8, 16, 32, 60, 60]), (A0, [8, 16, 20, 20])])
def test_each_failure_of_a_rung_doubles_its_own_wait(rung: int, waits: list[float]) -> None:
    patience = Patience(0.0)
    for index, wait in enumerate(waits):
        patience.failed(rung, at(100.0 * index))
        assert opens(patience, rung, 100.0 * index) == wait
        assert opens(patience, V2, 100.0 * index + 90) == 0
    assert not patience.fast
    assert not patience.bold


def test_a_hopeless_failure_waits_two_minutes() -> None:
    patience = Patience(0.0)
    patience.failed(V0, at(10.0), hopeless=True)
    assert opens(patience, V0, 10.0) == 120
    patience.failed(V0, at(200.0), hopeless=True)
    assert opens(patience, V0, 200.0) == 120


def test_what_was_measured_as_too_little_waits_as_after_two_failures() -> None:
    patience = Patience(0.0)
    patience.excluded(V0, at(10.0))
    assert opens(patience, V0, 10.0) == 16
    patience.excluded(V0, at(50.0))
    assert opens(patience, V0, 50.0) == 24


def test_a_void_trial_is_repeated_soon() -> None:
    patience = Patience(0.0)
    patience.put_off(V1, 20.0)
    assert opens(patience, V1, 20.0) == 3


def test_a_success_after_failures_makes_the_link_a_new_one() -> None:
    patience = Patience(0.0)
    patience.failed(V0, at(10.0))
    patience.failed(V1, at(10.0))
    patience.proved(V0)
    assert patience.fast
    assert not patience.bold, "rungs are still looked at before they are entered"
    assert patience.may_climb(V1, 11.6)
    untried = Patience(0.0)
    untried.fell(at(10.0))
    untried.proved(V0)
    assert not untried.fast


def test_after_an_outage_3_s_and_then_fast_and_bold() -> None:
    patience = Patience(0.0)
    patience.failed(V0, at(10.0))
    patience.returned(20.0)
    assert opens(patience, V0, 20.0) == 3.0
    assert patience.fast
    assert patience.bold


@pytest.mark.parametrize(
    ("now", "changes", "forgotten"),
    [
        (16.0, {"floor_s": 0.03}, True),
        (14.0, {"floor_s": 0.03}, False),
        (16.0, {"floor_s": 0.036}, False),
        (16.0, {"floor_s": 0.03, "told_ago_s": 1.0}, False),
        (16.0, {"floor_s": 0.03, "base_s": 0.03}, True),
    ],
)
def test_a_shorter_way_is_a_better_link(now: float, changes: dict[str, float], forgotten: bool) -> None:
    patience = Patience(0.0)
    patience.look(at(9.0, floor_s=-5.0))
    patience.failed(V0, at(10.0, base_s=0.05), hopeless=True)
    patience.look(at(now, **changes))
    assert patience.may_climb(V0, 17.0) == forgotten
    assert patience.fast == forgotten


def restless() -> Patience:
    """Three falls, each an episode of its own, the last at 100 s."""
    patience = Patience(0.0)
    for now in (20.0, 60.0, 100.0):
        patience.climbed(now - 15)
        patience.fell(at(now))
    return patience


def test_a_restless_link_gets_four_changes_a_minute() -> None:
    patience = restless()
    assert opens(patience, V0, 100.0) == 29, "44 s after the change before the last"
    patience.climbed(129.0)
    assert opens(patience, V1, 129.0) == 15
    patience.climbed(144.0)
    assert opens(patience, V2, 144.0) == 29


def test_on_a_restless_link_20_s_after_a_fall_and_14_after_a_climb() -> None:
    patience = restless()
    patience.fell(at(103.0))
    patience.fell(at(140.0))
    patience.fell(at(180.0))
    assert opens(patience, V0, 180.0) == 20
    patience.climbed(230.0)
    assert opens(patience, V0, 230.0) == 14


def test_falls_close_together_are_one() -> None:
    patience = Patience(0.0)
    for now in (95.0, 98.0, 104.0, 110.0):
        patience.fell(at(now))
    assert opens(patience, V0, 110.0) == 8


def test_restlessness_passes() -> None:
    patience = restless()
    patience.climbed(150.0)
    assert opens(patience, V0, 250.0) == 0
    patience.fell(at(201.0))
    patience.returned(201.0)
    assert not patience.fast, "three falls in the last three minutes"
    patience.fell(at(400.0))
    assert opens(patience, V0, 400.0) == 8


THIN_LINE = {"line_bps": 60e3}


def test_a_line_that_is_too_thin_is_not_tried_for_40_s_and_then_rarely() -> None:
    patience = Patience(0.0)
    assert patience.bold
    assert patience.doubts(V0, 82e3, at(10.0, **THIN_LINE))
    assert not patience.bold, "what the line speaks against is looked at before it is entered"
    assert patience.doubts(V0, 82e3, at(49.9, **THIN_LINE))
    assert not patience.doubts(V0, 82e3, at(50.0, **THIN_LINE))
    patience.failed(V0, at(55.0, **THIN_LINE))
    assert patience.doubts(V0, 82e3, at(214.9, **THIN_LINE))
    assert not patience.doubts(V0, 82e3, at(215.0, **THIN_LINE))


def test_doubt_ends_with_its_reason() -> None:
    patience = Patience(0.0)
    assert patience.doubts(V0, 82e3, at(10.0, **THIN_LINE))
    assert not patience.doubts(V0, 82e3, at(20.0, line_bps=82e3))
    assert patience.doubts(V0, 82e3, at(50.5, **THIN_LINE)), "it begins anew"
    assert not patience.doubts(V0, 82e3, at(51.0))


def test_a_line_that_carried_more_than_it_seemed_to_is_not_believed_again() -> None:
    patience = Patience(0.0)
    assert patience.doubts(V0, 82e3, at(10.0, **THIN_LINE))
    patience.proved(V0)
    assert not patience.doubts(V1, 130e3, at(20.0, **THIN_LINE))


def test_a_line_that_now_carries_what_failed_is_a_better_link_once() -> None:
    patience = Patience(0.0)
    for begin in (10.0, 100.0):
        patience.failed(V0, at(begin, **THIN_LINE), hopeless=True)
        patience.look(at(begin + 10, line_bps=96e3))
        assert not patience.may_climb(V0, begin + 11)
        patience.look(at(begin + 10, line_bps=600e3))
        assert patience.may_climb(V0, begin + 11) == (begin == 10.0)


def test_a_failure_on_an_ample_line_is_no_reason_to_look_at_the_line() -> None:
    patience = Patience(0.0)
    patience.failed(V0, at(10.0, line_bps=600e3), hopeless=True)
    patience.look(at(20.0, line_bps=900e3))
    assert not patience.may_climb(V0, 21.0)
