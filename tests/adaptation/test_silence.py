"""What silence and its end mean, up and down."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from adaptation.rungs import A0, A1, A2, V0, V1, V3, T
from adaptation.silence import NEWS, NO_NEWS, Silence, Verdict
from tests.adaptation.estimates import report, seen


def step(silence: Silence, rung: int, **changes: Any) -> Verdict:
    return silence.step(seen(**changes), rung, 0.1)


@pytest.mark.parametrize(
    ("way", "silent_s", "rung", "verdict"),
    [
        ("up", 0.9, V3, NEWS),
        ("up", 1.0, V3, NO_NEWS),
        ("up", 3.9, V3, NO_NEWS),
        ("up", 4.0, V3, Verdict(False, T)),
        ("up", 4.0, T, NO_NEWS),
        ("down", 0.9, V3, NEWS),
        ("down", 1.9, V3, NO_NEWS),
        ("down", 2.0, V3, Verdict(False, V1)),
        ("down", 2.0, V1, NO_NEWS),
        ("down", 29.9, V0, NO_NEWS),
        ("down", 30.0, V0, Verdict(False, T)),
    ],
)
def test_silence(way: Literal["up", "down"], silent_s: float, rung: int, verdict: Verdict) -> None:
    assert step(Silence(way), rung, silent_s=silent_s) == verdict


@pytest.mark.parametrize(("rung", "to"), [(V3, A1), (A2, A1), (A1, A1), (A0, A0), (T, T)])
def test_an_uplink_that_returns_begins_with_voice(rung: int, to: int) -> None:
    silence = Silence("up")
    step(silence, rung, silent_s=2.5)
    assert step(silence, rung, silent_s=0.0) == Verdict(True, to, "returned")
    assert step(silence, rung, silent_s=0.0) == NEWS


def test_text_by_silence_ends_with_it() -> None:
    silence = Silence("up")
    step(silence, V1, silent_s=4.0)
    assert step(silence, T, silent_s=0.1) == Verdict(True, A1, "returned")
    step(silence, T, silent_s=2.5)
    assert step(silence, T, silent_s=0.1) == Verdict(True, T, "returned"), "text for another reason stays"


def test_a_short_pause_is_nothing() -> None:
    silence = Silence("up")
    step(silence, V3, silent_s=1.5)
    assert step(silence, V3, silent_s=0.0) == NEWS


def returned_down(rung: int = V1, silent_s: float = 5.0) -> Silence:
    silence = Silence("down")
    step(silence, rung, silent_s=silent_s)
    return silence


def test_a_downlink_whose_packets_arrived_goes_on() -> None:
    silence = returned_down()
    assert step(silence, V1, told_2s=3, loss=0.0) == NO_NEWS
    assert step(silence, V1, told_2s=4, loss=0.4) == NEWS
    assert step(silence, V1, told_2s=4, loss=0.9) == NEWS


def test_a_downlink_whose_packets_were_lost_begins_with_voice() -> None:
    silence = returned_down()
    assert step(silence, V1, told_2s=4, loss=0.5) == Verdict(True, A1, "returned")
    assert step(silence, A1) == NEWS


def test_without_news_for_a_second_voice_comes_first() -> None:
    silence = returned_down()
    verdicts = [step(silence, V1, told_2s=0) for _ in range(11)]
    assert verdicts[:9] == [NO_NEWS] * 9
    assert verdicts[10] == Verdict(True, A1, "returned")


def test_after_text_by_silence_the_downlink_does_not_wait() -> None:
    silence = returned_down(silent_s=30.0)
    assert step(silence, T, told_2s=50, loss=0.0) == Verdict(True, A1, "returned")


def test_silence_again_while_returning_starts_over() -> None:
    silence = returned_down()
    step(silence, V1, told_2s=0)
    step(silence, V1, silent_s=1.2)
    assert step(silence, V1, told_2s=0) == NEWS, "the second pause was short"


NOTHING = {"received_bytes": 0, "audio_received": 0}


def deaf(seconds: int, **changes: Any) -> Verdict:
    silence = Silence("down")
    usual = {"told_ago_s": 3.0, "report": report(**NOTHING)}
    return [step(silence, V1, **(usual | changes)) for _ in range(seconds)][-1]


def test_a_downlink_that_the_page_says_is_dead_becomes_text() -> None:
    assert deaf(3) == NEWS
    assert deaf(4) == Verdict(False, T)


@pytest.mark.parametrize(
    "changes", [{"told_ago_s": 1.9}, {"report": report(received_bytes=400)}, {"report": None}, {"sent_bps": 0.0}]
)
def test_feedback_or_bytes_speak_against_death(changes: dict[str, Any]) -> None:
    assert deaf(9, **changes).rung is None


def test_the_first_news_ends_text_by_death() -> None:
    silence = Silence("down")
    for _ in range(4):
        step(silence, V1, told_ago_s=3.0, report=report(**NOTHING))
    assert step(silence, T, told_ago_s=3.0).rung is None
    assert step(silence, T, told_ago_s=0.0) == Verdict(True, A1, "returned")
    assert step(silence, A1, told_ago_s=0.0) == NEWS


def test_an_uplink_does_not_ask_the_page() -> None:
    silence = Silence("up")
    assert [step(silence, V1, told_ago_s=9.0, report=report(**NOTHING)) for _ in range(9)][-1] == NEWS


def test_a_downlink_whose_reports_tell_of_losses_only_becomes_text() -> None:
    silence = Silence("down")
    lost = {"told_ago_s": 3.0, "told_2s": 30, "loss": 1.0}
    assert [step(silence, V1, **lost).rung for _ in range(39)] == [None] * 39
    assert T in [step(silence, V1, **lost).rung for _ in range(2)]
    some = Silence("down")
    assert {step(some, V1, **(lost | {"loss": 0.97})).rung for _ in range(60)} == {None}
    assert {step(some, V1, **(lost | {"told_2s": 3})).rung for _ in range(60)} == {None}


def test_a_page_that_receives_something_speaks_against_death() -> None:
    silence = Silence("down")
    lost = {"told_ago_s": 3.0, "told_2s": 30, "loss": 1.0, "sent_bps": 20_000.0}
    reports = [{"report": report(received_bytes=3_000)} if tick % 10 == 9 else {} for tick in range(80)]
    assert {step(silence, V1, **(lost | told)).rung for told in reports} == {None}
