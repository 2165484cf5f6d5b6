"""How losses are hidden, by loss, round trip and room."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from adaptation.decision import Protection
from adaptation.protection import Guard
from adaptation.rungs import A1, A2, T, audio_bps, need_bps
from tests.adaptation.estimates import seen

Way = Literal["up", "down"]


def guarded(
    way: Way = "down", rung: int = A2, capacity_bps: float = 30e3, voices: int = 1, **changes: Any
) -> Protection:
    return Guard(way).step(seen(**changes), rung, capacity_bps, voices, 0.1)


@pytest.mark.parametrize(
    ("changes", "nack", "jitter_ms"),
    [
        ({}, True, None),
        ({"rtt_s": 0.35}, True, None),
        ({"rtt_s": 0.36}, False, None),
        ({"rtt_s": None}, True, None),
        ({"loss_20s": 0.03}, True, None),
        ({"loss_20s": 0.04}, True, 250),
        ({"loss_20s": 0.04, "rtt_s": None}, True, 400),
        ({"loss_20s": 0.04, "rtt_s": 0.01}, True, 150),
        ({"loss_20s": 0.04, "rtt_s": 0.35}, True, 600),
        ({"loss_20s": 0.04, "rtt_s": 0.34}, True, 600),
        ({"loss_20s": 0.04, "rtt_s": 0.3}, True, 550),
        ({"loss_20s": 0.04, "rtt_s": 0.36}, False, None),
        ({"loss_4s": 0.2, "told_4s": 59}, True, None),
        ({"loss_4s": 0.2, "told_4s": 60}, True, 250),
        ({"loss_20s": 0.04, "told_4s": 4}, True, None),
        ({"loss_20s": 0.04, "told_4s": 5}, True, 250),
    ],
)
def test_repair_where_the_round_trip_allows_it(changes: dict[str, Any], nack: bool, jitter_ms: int | None) -> None:
    protection = guarded(**changes)
    assert (protection.nack, protection.jitter_ms, protection.duplicate) == (nack, jitter_ms, False)


LONG = {"rtt_s": 0.6, "loss_20s": 0.04}
ROOM = need_bps(A2) + audio_bps(A2)


@pytest.mark.parametrize(
    ("way", "rung", "capacity_bps", "voices", "changes", "copies"),
    [
        ("down", A2, ROOM, 1, LONG, True),
        ("down", A2, ROOM - 1, 1, LONG, False),
        ("up", A2, ROOM, 1, LONG, False),
        ("down", A2, ROOM, 2, LONG, False),
        ("down", A2, 2 * ROOM, 2, LONG, True),
        ("down", T, ROOM, 1, LONG, False),
        ("down", A2, ROOM, 1, {"loss_20s": 0.1}, False),
        ("down", A2, ROOM, 1, {"loss_20s": 0.16}, True),
        ("down", A2, ROOM, 1, {"rtt_s": 0.6}, False),
    ],
)
def test_copies_where_repair_comes_too_late_and_there_is_room(
    way: Way, rung: int, capacity_bps: float, voices: int, changes: dict[str, Any], copies: bool
) -> None:
    assert guarded(way, rung, capacity_bps, voices, **changes).duplicate == copies


def test_the_buffer_waits_until_half_a_minute_was_clean() -> None:
    guard = Guard("up")

    def after(seconds: float, loss: float) -> int | None:
        for _ in range(round(seconds * 10)):
            protection = guard.step(seen(loss_20s=loss), A1, 30e3, 1, 0.1)
        return protection.jitter_ms

    assert after(1, 0.05) == 250
    assert after(60, 0.02) == 250, "neither lossy nor clean"
    assert after(29, 0.01) == 250
    assert after(1, 0.04) == 250
    assert after(29, 0.01) == 250
    assert after(2, 0.01) is None


def test_the_buffer_moves_only_for_a_reason() -> None:
    guard = Guard("up")
    told = [guard.step(seen(loss_20s=0.1, rtt_s=rtt), A1, 30e3, 1, 0.1).jitter_ms for rtt in (0.1, 0.13, 0.07, 0.2)]
    assert told == [250, 250, 250, 400]


def test_repair_is_kept_a_little_beyond_where_it_begins() -> None:
    guard = Guard("up")
    told = [guard.step(seen(loss_20s=0.1, rtt_s=rtt), A1, 30e3, 1, 0.1) for rtt in (0.34, 0.44, 0.46, 0.44, 0.34)]
    assert [p.nack for p in told] == [True, True, False, False, True]
    assert [p.jitter_ms for p in told] == [600, 600, None, None, 600]


def test_an_unchanged_protection_is_the_same_object() -> None:
    guard = Guard("down")
    first = guard.step(seen(loss_20s=0.1), A1, 30e3, 1, 0.1)
    assert guard.step(seen(loss_20s=0.1), A1, 30e3, 1, 0.1) is first
