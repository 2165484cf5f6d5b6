"""Random loss told from congestion by sending less for a while."""

from __future__ import annotations

from typing import Any

import pytest

from adaptation.randomness import FACTOR, Randomness
from tests.adaptation.estimates import seen


def step(randomness: Randomness, seconds: float, *, with_picture: bool = True, **changes: Any) -> list[bool]:
    return [randomness.step(seen(**changes), with_picture, 0.1) for _ in range(round(seconds * 10))]


LOSSY = {"loss_4s": 0.2, "loss_20s": 0.2}


def started(**changes: Any) -> Randomness:
    randomness = Randomness()
    step(randomness, 2.2, **(LOSSY | changes))
    return randomness


def test_loss_that_lasts_starts_a_trial() -> None:
    randomness = Randomness()
    step(randomness, 1.8, **LOSSY)
    assert randomness.factor == 1.0
    step(randomness, 0.4, **LOSSY)
    assert randomness.factor == FACTOR


@pytest.mark.parametrize(
    "changes", [{"loss_4s": 0.1}, {"told_4s": 59}, {"with_picture": False}, {"loss_4s": 0.0, "loss_20s": 0.5}]
)
def test_little_loss_few_packets_or_no_picture_start_none(changes: dict[str, Any]) -> None:
    assert started(**changes).factor == 1.0


def test_bursts_start_none() -> None:
    randomness = Randomness()
    for _ in range(5):
        step(randomness, 1.5, **LOSSY)
        step(randomness, 0.1, loss_4s=0.05)
    assert randomness.factor == 1.0


def test_less_lost_at_a_lower_rate_blames_the_rate() -> None:
    randomness = started()
    told = step(randomness, 5, loss_4s=0.13, loss_20s=0.18)
    assert told.count(True) == 1
    assert randomness.factor == 1.0
    assert randomness.usual_loss == 0.0


def test_as_much_lost_is_random_and_becomes_usual() -> None:
    randomness = started()
    told = step(randomness, 5, loss_4s=0.15, loss_20s=0.18)
    assert not any(told)
    assert randomness.usual_loss == pytest.approx(0.18)
    assert randomness.factor == 1.0


def test_a_trial_lasts_4_s_and_a_round_trip() -> None:
    randomness = started(rtt_s=1.0)
    step(randomness, 5.2, **LOSSY)
    assert randomness.factor == FACTOR
    step(randomness, 0.4, **LOSSY)
    assert randomness.factor == 1.0
    unknown = started(rtt_s=None)
    step(unknown, 4.4, **LOSSY)
    assert unknown.factor == FACTOR
    step(unknown, 0.4, **LOSSY)
    assert unknown.factor == 1.0


def test_trials_become_rarer() -> None:
    randomness = started()
    pauses = []
    for more in (0.35, 0.5, 0.65, 0.8):
        step(randomness, 5, loss_4s=more, loss_20s=0.0)
        waited = 0.0
        while randomness.factor == 1.0 and waited < 100:
            step(randomness, 0.5, loss_4s=more, loss_20s=0.0)
            waited += 0.5
        pauses.append(waited)
    assert [round(pause, -1) for pause in pauses] == [20, 40, 60, 60]


def test_usual_loss_is_bounded_and_slowly_unlearned() -> None:
    randomness = started()
    step(randomness, 5, loss_4s=0.6, loss_20s=0.6)
    assert randomness.usual_loss == pytest.approx(0.35)
    step(randomness, 10, loss_4s=0.0, loss_20s=0.0)
    assert 0.27 < randomness.usual_loss < 0.31


def test_usual_loss_starts_no_further_trial() -> None:
    randomness = started()
    step(randomness, 5, **LOSSY)
    step(randomness, 100, loss_4s=0.27, loss_20s=0.2)
    assert randomness.factor == 1.0
    step(randomness, 3, loss_4s=0.3, loss_20s=0.2)
    assert randomness.factor == FACTOR


def test_a_queue_ends_a_trial_and_the_next_waits() -> None:
    randomness = started()
    randomness.stop()
    assert randomness.factor == 1.0
    step(randomness, 7.5, **LOSSY)
    assert randomness.factor == 1.0
    step(randomness, 1, **LOSSY)
    assert randomness.factor == FACTOR
