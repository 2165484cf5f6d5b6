"""When a queue, and when loss, says that less is carried than sent."""

from __future__ import annotations

from typing import Any

import pytest

from adaptation.capacity import Capacity
from adaptation.congestion import Congestion, Stress
from tests.adaptation.estimates import seen


def judged(ticks: int, usual_loss: float = 0.0, *, before: dict[str, Any] | None = None, **changes: Any) -> Stress:
    congestion = Congestion()
    for _ in range(30):
        congestion.judge(seen(**(before or {})), usual_loss, 0.1)
    return [congestion.judge(seen(**changes), usual_loss, 0.1) for _ in range(ticks)][-1]


@pytest.mark.parametrize(
    ("ticks", "changes", "queue"),
    [
        (9, {}, False),
        (1, {"queue_s": 0.16, "rising": True}, True),
        (1, {"queue_s": 0.15, "rising": True}, False),
        (1, {"queue_s": 0.16, "rising": False}, False),
        (5, {"queue_s": 0.45}, False),
        (7, {"queue_s": 0.45}, True),
        (20, {"queue_s": 0.4}, False),
        (20, {"queue_s": 0.45, "rise_s": -0.02}, False),
        (1, {"queue_s": 0.12, "loss_flash": 0.25}, True),
        (1, {"queue_s": 0.12, "loss_flash": 0.25, "rise_s": -0.02}, True),
        (1, {"queue_s": 0.12, "loss_flash": 0.2}, False),
        (1, {"queue_s": 0.1, "loss_flash": 0.5}, False),
        (7, {"queue_s": 0.12, "loss": 0.09}, False),
        (9, {"queue_s": 0.12, "loss": 0.09}, True),
        (20, {"queue_s": 0.12, "loss": 0.08}, False),
    ],
)
def test_queue(ticks: int, changes: dict[str, Any], queue: bool) -> None:
    stress = judged(ticks, **changes)
    assert (stress.queue, stress.loss) == (queue, False)
    assert bool(stress) == queue


@pytest.mark.parametrize(
    ("ticks", "changes", "loss"),
    [
        (25, {"loss_4s": 0.4}, False),
        (32, {"loss_4s": 0.4}, True),
        (60, {"loss_4s": 0.35}, False),
        (60, {"loss_4s": 0.4, "told_4s": 19}, False),
        (60, {"loss_4s": 0.4, "told_4s": 20}, True),
    ],
)
def test_heavy_loss_without_a_queue(ticks: int, changes: dict[str, Any], loss: bool) -> None:
    assert judged(ticks, **changes).loss == loss


def test_what_a_queue_dropped_is_not_taken_for_heavy_loss() -> None:
    queue = {"queue_s": 0.3}
    assert not judged(45, before=queue, loss_4s=0.5).loss
    assert judged(55, before=queue, loss_4s=0.5).loss


def test_usual_loss_is_no_sign() -> None:
    assert not judged(20, 0.15, queue_s=0.12, loss=0.2).queue
    assert judged(20, 0.15, queue_s=0.12, loss=0.22).queue
    assert not judged(1, 0.15, queue_s=0.12, loss_flash=0.34).queue
    assert judged(1, 0.15, queue_s=0.12, loss_flash=0.36).queue


def test_capacity_is_cut_below_what_arrives() -> None:
    capacity = Capacity(400e3)
    capacity.cut(seen(received_bps=100e3))
    assert capacity.bps == 85e3
    capacity.cut(seen(received_bps=300e3))
    assert capacity.bps == 85e3, "a cut never raises"


@pytest.mark.parametrize(
    ("changes", "bps"),
    [
        ({}, 85e3),
        ({"loss_flash": 0.5}, 42.5e3),
        ({"loss_flash": 0.4}, 85e3),
        ({"queue_s": 0.2}, 42.5e3),
        ({"queue_s": 0.15}, 85e3),
        ({"queue_s": 0.2, "received_now_bps": 76e3}, 85e3),
        ({"loss_flash": 0.5, "received_now_bps": 120e3}, 85e3),
    ],
)
def test_in_a_collapse_the_newest_rate_counts(changes: dict[str, float], bps: float) -> None:
    capacity = Capacity(400e3)
    capacity.cut(seen(**({"received_bps": 100e3, "received_now_bps": 50e3} | changes)))
    assert capacity.bps == bps


def test_capacity_grows_by_time_and_not_beyond_what_is_in_use() -> None:
    capacity = Capacity(100e3)
    capacity.grow(400e3, 0.3, 0.1)
    assert capacity.bps == pytest.approx(103e3)
    capacity.grow(400e3, 0.3, 5.0)
    assert capacity.bps == pytest.approx(103e3 * 1.3)
    capacity.grow(110e3, 0.3, 1.0)
    assert capacity.bps == pytest.approx(103e3 * 1.3), "it does not fall either"
    capacity.grow(140e3, 0.3, 1.0)
    assert capacity.bps == 140e3


def test_capacity_stays_in_its_range() -> None:
    capacity = Capacity(1e9)
    assert capacity.bps == 700e3
    capacity.scale(0.5)
    assert capacity.bps == 350e3
    capacity.lower(200e3)
    capacity.lower(300e3)
    assert capacity.bps == 200e3
    capacity.prove(250e3)
    capacity.prove(100e3)
    assert capacity.bps == 250e3
    capacity.prove(1e9)
    assert capacity.bps == 700e3
    capacity.lower(0)
    assert capacity.bps == 8e3


FALLEN = {"newest_s": 0.16, "received_now_bps": 34e3}


@pytest.mark.parametrize(
    ("picture_s", "changes", "collapse"),
    [
        (2.1, FALLEN, True),
        (2.0, FALLEN, False),
        (2.1, FALLEN | {"newest_s": 0.15}, False),
        (2.1, FALLEN | {"received_now_bps": 35e3}, False),
        (2.1, FALLEN | {"told": 0}, False),
    ],
)
def test_a_link_that_falls_to_a_fraction_shows_in_its_first_late_packets(
    picture_s: float, changes: dict[str, Any], collapse: bool
) -> None:
    stress = Congestion().judge(seen(**changes), 0.0, 0.1, picture_s=picture_s)
    assert (stress.collapse, stress.queue) == (collapse, collapse)


def test_a_wait_that_shrinks_is_no_collapse() -> None:
    congestion = Congestion()
    assert congestion.judge(seen(**(FALLEN | {"newest_s": 0.3})), 0.0, 0.1, picture_s=9.0).collapse
    assert not congestion.judge(seen(**(FALLEN | {"newest_s": 0.29})), 0.0, 0.1, picture_s=9.0).collapse
    assert congestion.judge(seen(**(FALLEN | {"newest_s": 0.31})), 0.0, 0.1, picture_s=9.0).collapse
