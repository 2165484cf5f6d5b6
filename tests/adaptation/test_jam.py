"""When a downlink is taken for jammed because no news of it comes."""

from __future__ import annotations

from typing import Any

import pytest

from adaptation.jam import Jam
from adaptation.rungs import A0, A1, A2, V0, V1, T
from adaptation.sample import Demand
from tests.adaptation.estimates import seen

CALM, DOUBT = Demand(), Demand(jammed=True)


def alive(rung: int, seconds: float = 3.0) -> Jam:
    """Someone was there for so long, and news came."""
    jam = Jam()
    for _ in range(round(seconds * 10)):
        assert jam.step(seen(answers=True), CALM, rung, 0.0, 0.1) is None
    return jam


def until(jam: Jam, rung: int, demand: Demand, usual_loss: float = 0.0, **changes: Any) -> tuple[int, int] | None:
    """After how many ticks of the same it says where to go, and where; None: not within five seconds."""
    for tick in range(1, 51):
        told_ago_s = changes.get("told_ago_s", 0.0) + tick / 10 if "told_ago_s" in changes else 0.0
        to = jam.step(seen(**(changes | {"answers": True, "told_ago_s": told_ago_s})), demand, rung, usual_loss, 0.1)
        if to is not None:
            return tick, to
    return None


@pytest.mark.parametrize(
    ("demand", "usual_loss", "changes", "after"),
    [
        (CALM, 0.0, {"heard": 0.09}, 9),
        (CALM, 0.0, {"heard": 0.1}, None),
        (DOUBT, 0.0, {"heard": 0.69}, 1),
        (DOUBT, 0.0, {"heard": 0.7}, None),
        (DOUBT, 0.0, {"heard": 0.45, "loss_20s": 0.15}, None),
        (DOUBT, 0.0, {"heard": 0.35, "loss_20s": 0.15}, 1),
        (DOUBT, 0.15, {"heard": 0.45}, None),
        (DOUBT, 0.15, {"heard": 0.35}, 1),
        (DOUBT, 0.5, {"heard": 0.09}, 1),
        (DOUBT, 0.5, {"heard": 0.1}, None),
        (CALM, 0.0, {"heard": 0.0, "silent_s": 0.25}, None),
        (CALM, 0.0, {"heard": 0.0, "silent_s": 0.24}, 9),
    ],
)
@pytest.mark.parametrize("rung", [V1, V0])
def test_a_picture_of_which_hardly_a_word_comes_back(
    rung: int, demand: Demand, usual_loss: float, changes: dict[str, Any], after: int | None
) -> None:
    assert until(alive(rung), rung, demand, usual_loss, **changes) == (None if after is None else (after, A1))


def test_once_said_it_counts_anew() -> None:
    jam = alive(V0)
    assert [until(jam, V0, CALM, heard=0.0) for _ in range(2)] == [(9, A1), (9, A1)]


def test_a_word_in_between_begins_the_count_again() -> None:
    jam = alive(V0)
    for _ in range(3):
        for _ in range(8):
            assert jam.step(seen(heard=0.0), CALM, V0, 0.0, 0.1) is None
        assert jam.step(seen(heard=1.0), CALM, V0, 0.0, 0.1) is None


def test_the_news_of_a_silence_is_waited_for() -> None:
    jam = Jam()
    assert until(jam, V0, CALM, heard=0.0) == (23, A1), "1.5 s of life, and then the usual"


@pytest.mark.parametrize(
    ("rung", "demand", "rtt_s", "expected"),
    [
        (A2, CALM, 0.0, (23, A1)),
        (A1, CALM, 0.0, (23, A0)),
        (A0, CALM, 0.0, (23, T)),
        (A2, CALM, 0.5, (28, A1)),
        (A2, CALM, None, (23, A1)),
        (A2, DOUBT, 0.0, (8, A0)),
        (A1, DOUBT, 0.0, (8, A0)),
        (A0, DOUBT, 0.0, (8, T)),
        (T, DOUBT, 0.0, None),
    ],
)
def test_a_voice_whose_beacons_stay_unanswered(
    rung: int, demand: Demand, rtt_s: float | None, expected: tuple[int, int] | None
) -> None:
    assert until(alive(rung), rung, demand, told_ago_s=0.0, rtt_s=rtt_s) == expected


def test_who_never_answered_is_not_missed() -> None:
    jam = Jam()
    for tick in range(100):
        assert jam.step(seen(answers=False, told_ago_s=tick / 10), CALM, A1, 0.0, 0.1) is None


def test_who_is_silent_is_not_missed_either() -> None:
    assert until(alive(A1), A1, CALM, told_ago_s=0.0, silent_s=0.3) is None
