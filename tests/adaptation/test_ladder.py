"""The ladder's own moves, where stories do not show which rule it was."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from adaptation.estimate import Estimate
from adaptation.ladder import Ladder
from adaptation.probe import PaddingProbe, ShadowTrial, VoiceTrial
from adaptation.rungs import A0, A1, A2, V0, V1, V3, T, need_bps
from adaptation.sample import Demand
from tests.adaptation.estimates import seen

HELD = Demand(useful=T)
"""Nothing better is of use: no climbs."""


class Climber:
    """Steps a ladder by ticks of one kind."""

    def __init__(self, way: Literal["up", "down"], start: int) -> None:
        self.ladder = Ladder(way, start, 0.0)
        self.now = 0.0

    def tick(self, demand: Demand = HELD, **changes: Any) -> int:
        self.now += 0.1
        usual = {"received_bps": 100e3, "received_long_bps": 100e3}
        self.ladder.step(self._seen(usual | changes), demand, 0.1)
        return self.ladder.rung

    def ticks(self, count: int, demand: Demand = HELD, **changes: Any) -> list[int]:
        return [self.tick(demand, **changes) for _ in range(count)]

    def _seen(self, changes: dict[str, Any]) -> Estimate:
        return seen(now=self.now, **changes)


FULL = {"queue_s": 0.5, "received_bps": 60e3, "received_now_bps": 60e3, "loss_flash": 0.8, "loss_4s": 0.3}


@pytest.mark.parametrize("way", ["up", "down"])
def test_a_full_queue_leads_straight_to_what_fits(way: Literal["up", "down"]) -> None:
    climber = Climber(way, V3)
    climber.ticks(20)
    assert climber.tick(**FULL) == A1, "A2 would fit, but leaves no room for the queue to drain"
    assert climber.ladder.reason == "congested"
    assert climber.ladder.capacity.bps == pytest.approx(51e3)


def test_after_a_fall_the_queue_is_given_time() -> None:
    climber = Climber("down", V3)
    climber.ticks(20)
    rungs = climber.ticks(9, **FULL)
    assert set(rungs) == {A1}


def test_below_a1_only_when_it_is_not_delivered() -> None:
    delivered = Climber("down", A1)
    standing = {"queue_s": 0.6, "received_bps": 19.7e3, "received_now_bps": 19.7e3}
    assert set(delivered.ticks(200, **standing)) == {A1}
    lost = Climber("down", A1)
    rungs = lost.ticks(200, **(standing | {"loss": 0.3, "loss_4s": 0.3, "received_bps": 15e3}))
    assert A0 in rungs
    assert T not in rungs


def test_a_picture_of_which_no_word_comes_back_is_paused() -> None:
    climber = Climber("down", V1)
    climber.ticks(20)
    rungs = climber.ticks(12, heard=0.05)
    assert rungs[0] == V1
    assert rungs[-1] == A1
    assert climber.ladder.capacity.bps <= need_bps(A1)


@pytest.mark.parametrize(
    ("way", "demand", "changes", "rung"),
    [
        ("down", HELD, {"heard": 0.5}, V1),
        ("down", HELD, {"heard": 0.05, "silent_s": 0.3}, V1),
        ("up", HELD, {"heard": 0.05}, V1),
        ("down", Demand(useful=T, jammed=True), {"heard": 0.5}, A1),
        ("down", Demand(useful=T, jammed=True), {"heard": 0.8}, V1),
    ],
)
def test_when_a_picture_is_unheard(
    way: Literal["up", "down"], demand: Demand, changes: dict[str, Any], rung: int
) -> None:
    climber = Climber(way, V1)
    climber.ticks(20)
    assert climber.ticks(12, demand, **changes)[-1] == rung


def test_beacons_without_an_answer_lead_down_step_by_step() -> None:
    climber = Climber("down", A2)
    climber.ticks(40)
    rungs = [climber.tick(told=0, told_ago_s=tick / 10) for tick in range(1, 60)]
    assert [rung for rung, before in zip(rungs, [A2, *rungs], strict=False) if rung != before] == [A1, A0, T]
    assert rungs.index(A1) >= 22


def test_a_browser_that_never_answers_is_left_alone() -> None:
    climber = Climber("down", A2)
    climber.ticks(40, answers=False)
    assert {climber.tick(told=0, answers=False, told_ago_s=tick / 10) for tick in range(1, 60)} == {A2}


def test_silence_and_return() -> None:
    climber = Climber("up", V1)
    assert climber.tick(silent_s=4.0) == T
    assert climber.ladder.reason == "silent"
    assert climber.tick() == A1
    assert climber.ladder.reason == "returned"
    assert climber.ladder.capacity.bps <= need_bps(A2)


ANY = Demand()


def climbing(way: Literal["up", "down"], start: int, seconds: float, **changes: Any) -> Climber:
    climber = Climber(way, start)
    for _ in range(round(seconds * 10)):
        climber.tick(Demand(carried=climber.ladder.rung), **changes)
        if climber.ladder.trial is not None:
            break
    return climber


@pytest.mark.parametrize(
    ("way", "start", "changes", "kind"),
    [
        ("down", V1, {}, PaddingProbe),
        ("down", A1, {}, PaddingProbe),
        ("up", A2, {}, VoiceTrial),
        ("up", A2, {"line_bps": 600e3}, ShadowTrial),
        ("up", A1, {"line_bps": 600e3}, ShadowTrial),
        ("up", A2, {"line_bps": 100e3}, VoiceTrial),
        ("up", A2, {"line_bps": 80e3}, type(None)),
        ("down", V1, {"line_bps": 240e3}, type(None)),
        ("down", V1, {"line_bps": 265e3}, PaddingProbe),
        ("down", V1, {"queue_s": 0.09}, type(None)),
        ("down", V1, {"queue_s": 0.09, "rtt_s": 0.4}, PaddingProbe),
        ("down", V1, {"loss": 0.06, "loss_4s": 0.06}, type(None)),
        ("down", V1, {"told_ago_s": 1.6}, type(None)),
    ],
)
def test_what_is_tried(way: Literal["up", "down"], start: int, changes: dict[str, Any], kind: type) -> None:
    assert isinstance(climbing(way, start, 20, **changes).ladder.trial, kind)


def test_a_trial_that_nobody_wants_any_more_ends() -> None:
    climber = climbing("down", V1, 20)
    climber.tick(HELD)
    assert climber.ladder.trial is None


def test_a_failed_probe_still_measured() -> None:
    climber = climbing("down", A0, 20, line_bps=600e3)
    for _ in range(5):
        climber.tick(ANY, received_bps=50e3, received_long_bps=40e3)
    climber.tick(ANY, received_bps=50e3, received_long_bps=40e3, queue_s=0.3)
    assert climber.ladder.rung == A2
    assert climber.ladder.reason == "recovered"
    assert climber.ladder.capacity.bps == pytest.approx(0.85 * 50e3)


def test_a_held_ladder_does_not_climb_and_remembers_what_it_believes() -> None:
    climber = Climber("down", V0)
    assert set(climber.ticks(300, Demand(ceiling=A2, carried=A2))) == {V0}
    assert climber.ladder.trial is None


@pytest.mark.parametrize("way", ["up", "down"])
def test_on_a_long_way_the_line_is_waited_for_before_more_is_tried(way: Literal["up", "down"]) -> None:
    assert climbing(way, A1, 11).ladder.trial is None
    assert climbing(way, A1, 20).ladder.trial is not None
    assert climbing(way, A1, 11, line_bps=200e3).ladder.trial is not None


@pytest.mark.parametrize(("now_bps", "rung"), [(60e3, A1), (100e3, A1), (140e3, A1), (160e3, V1)])
def test_a_collapse_does_not_wait_for_the_queue(now_bps: float, rung: int) -> None:
    """Where only the lowest picture would fit, it goes, too: a queue is on the way."""
    before = {"received_bps": 500e3, "received_long_bps": 500e3}
    climber = Climber("up", V3)
    climber.ticks(21, **before)
    assert climber.tick(**(before | {"newest_s": 0.2, "received_now_bps": now_bps})) == rung


def test_voice_that_was_left_unheard_is_back_with_the_news() -> None:
    climber = Climber("down", A2)
    climber.ticks(40)
    rungs = [climber.tick(told=0, told_ago_s=tick / 10) for tick in range(1, 40)]
    assert rungs[-1] == A0
    assert climber.tick(told_ago_s=0.3) == A0
    assert climber.tick(told_ago_s=0.2, queue_s=0.2) == A0
    assert climber.tick(told_ago_s=0.2) == A2
    assert climber.ladder.reason == "recovered"


def test_voice_that_was_left_for_a_queue_is_not() -> None:
    climber = Climber("down", V3)
    climber.ticks(20)
    climber.tick(**FULL)
    assert set(climber.ticks(9)) == {A1}


def test_a_voice_beside_anothers_queue_does_not_yield() -> None:
    standing = {"queue_s": 0.3, "received_bps": 15e3, "received_now_bps": 15e3, "loss": 0.3, "loss_4s": 0.3}
    climber = Climber("down", A1)
    climber.ladder.insists = True
    rungs = climber.ticks(300, Demand(useful=A2, carried=A1), **standing)
    assert set(rungs) <= {A1, A2}
    assert rungs[-1] == A2


@pytest.mark.parametrize(("seconds", "far_more"), [(59, True), (61, False)])
def test_a_link_that_carried_a_good_picture_is_remembered_for_a_minute(seconds: float, far_more: bool) -> None:
    climber = Climber("down", V3)
    assert not climber.ladder.carried_far_more(climber.now)
    climber.ticks(20)
    climber.tick(**FULL)
    assert climber.ladder.carried_far_more(climber.now + seconds) == far_more
    climber.ladder.insists = True
    assert climber.ladder.carried_far_more(climber.now + 500)


@pytest.mark.parametrize(("rtt_s", "tried"), [(0.6, False), (0.3, True)])
def test_on_a_long_way_the_lowest_that_the_line_seemed_to_carry_counts(rtt_s: float, tried: bool) -> None:
    """50 kbit/s read as 34, 78, 49, 90: each trial that this allowed was seconds of delay."""
    climber, trials = Climber("down", A1), 0
    for tick in range(120):
        line_bps = 90e3 if tick % 20 > 15 else 49e3
        climber.tick(Demand(carried=A1, voices=2), line_bps=line_bps, rtt_s=rtt_s, received_bps=40e3)
        trials += climber.ladder.trial is not None
    assert (trials > 0) == tried
