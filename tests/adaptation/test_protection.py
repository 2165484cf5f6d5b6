"""How losses are hidden, by loss, round trip and room."""

from __future__ import annotations

from typing import Any

import pytest

from adaptation.decision import Protection
from adaptation.protection import Guard
from adaptation.rungs import A1, A2, V0, V1, T, audio_bps, need_bps
from tests.adaptation.estimates import seen


def guarded(
    rung: int = A2, capacity_bps: float = 30e3, voices: int = 1, seconds: float = 0.1, **changes: Any
) -> Protection:
    """After so long of the same."""
    guard = Guard()
    for _ in range(round(seconds * 10)):
        guard.step(seen(**changes), rung, capacity_bps, voices, 0.1)
    return guard.now


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
        ({"loss_20s": 0.08}, True, 250),
        ({"loss_20s": 0.081}, True, 350),
        ({"loss_4s": 0.2, "told_4s": 59}, True, None),
        ({"loss_20s": 0.01, "loss_4s": 0.2, "told_4s": 60}, True, 250),
        ({"loss_20s": 0.04, "told_4s": 4}, True, None),
        ({"loss_20s": 0.04, "told_4s": 5}, True, 250),
    ],
)
def test_sound_waits_where_the_round_trip_allows_repair(
    changes: dict[str, Any], nack: bool, jitter_ms: int | None
) -> None:
    protection = guarded(seconds=5, **changes)
    assert (protection.nack, protection.jitter_ms, protection.duplicate) == (nack, jitter_ms, False)


LONG = {"rtt_s": 0.6, "loss_20s": 0.008}
ROOM = need_bps(A2) + audio_bps(A2)


@pytest.mark.parametrize(
    ("rung", "capacity_bps", "voices", "changes", "copies"),
    [
        (A2, ROOM, 1, LONG, True),
        (A2, ROOM - 1, 1, LONG, False),
        (A2, ROOM, 2, LONG, False),
        (A2, 2 * ROOM, 2, LONG, True),
        (T, ROOM, 1, LONG, False),
        (A2, ROOM, 1, {"loss_20s": 0.007}, False),
        (A2, ROOM, 1, {"loss_20s": 0.008}, True),
        (V0, 30e3, 1, {"loss_20s": 0.008}, True),
        (V0, 30e3, 1, {"loss_20s": 0.007}, False),
        (V0, 30e3, 1, {"loss_20s": 0.008, "told_4s": 4}, False),
    ],
)
def test_copies_where_a_little_is_lost_and_there_is_room(
    rung: int, capacity_bps: float, voices: int, changes: dict[str, Any], copies: bool
) -> None:
    protection = guarded(rung, capacity_bps, voices, **changes)
    assert (protection.duplicate, protection.jitter_ms) == ((True, 120) if copies else (False, None))


@pytest.mark.parametrize(
    ("rung", "changes", "picture_ms"),
    [
        (V1, {"loss_20s": 0.007}, None),
        (V1, {"loss_20s": 0.008}, 250),
        (V1, {"loss_20s": 0.008, "rtt_s": 0.01}, 150),
        (V1, {"loss_20s": 0.008, "rtt_s": 0.4}, 600),
        (V1, {"loss_20s": 0.008, "rtt_s": 1.0}, 800),
        (V1, {"loss_20s": 0.1}, 350),
        (A2, {"loss_20s": 0.1}, None),
    ],
)
def test_a_picture_waits_for_repair_and_not_less_than_the_sound(
    rung: int, changes: dict[str, Any], picture_ms: int | None
) -> None:
    assert guarded(rung, 500e3, seconds=5, **changes).picture_ms == picture_ms


def test_waits_grow_slowly_while_sound_is_played_and_at_once_for_a_new_picture() -> None:
    guard = Guard()
    told = [guard.step(seen(loss_20s=0.1, rtt_s=0.2), V1, 500e3, 1, 0.1) for _ in range(50)]
    assert [told[tick].jitter_ms for tick in (0, 5, 10, 49)] == [200, 250, 300, 600]
    assert told[0].picture_ms == 350

    guard.step(seen(loss_20s=0.1, rtt_s=0.5), A2, 500e3, 1, 0.1)
    assert guard.step(seen(loss_20s=0.1, rtt_s=0.5), V1, 500e3, 1, 0.1).picture_ms == 750


def test_waits_shrink_only_after_a_while() -> None:
    guard = Guard()
    for _ in range(50):
        guard.step(seen(loss_20s=0.05, rtt_s=0.3), A1, 30e3, 1, 0.1)
    told = [guard.step(seen(loss_20s=0.05, rtt_s=0.1), A1, 30e3, 1, 0.1).jitter_ms for _ in range(105)]
    assert (told[0], told[95], told[-1]) == (550, 550, 250)


def test_the_buffer_waits_until_half_a_minute_was_clean() -> None:
    guard = Guard()

    def after(seconds: float, loss: float) -> int | None:
        for _ in range(round(seconds * 10)):
            protection = guard.step(seen(loss_20s=loss), A1, 30e3, 1, 0.1)
        return protection.jitter_ms

    assert after(3, 0.05) == 250
    assert after(60, 0.02) == 250, "neither lossy nor clean"
    assert after(29, 0.01) == 250
    assert after(1, 0.04) == 250
    assert after(29, 0.01) == 250
    assert after(2, 0.01) is None


def test_the_buffer_moves_only_for_a_reason() -> None:
    guard = Guard()
    for _ in range(30):
        guard.step(seen(loss_20s=0.05, rtt_s=0.1), A1, 30e3, 1, 0.1)
    told = [guard.step(seen(loss_20s=0.05, rtt_s=rtt), A1, 30e3, 1, 0.1).jitter_ms for rtt in (0.1, 0.13, 0.07)]
    assert told == [250, 250, 250]


@pytest.mark.parametrize(("rung", "capacity_bps", "longest_s"), [(V0, 200e3, 0.45), (A2, ROOM, 0.45), (A2, 28e3, 0.55)])
def test_repair_is_kept_a_little_beyond_where_it_begins_and_longer_where_nothing_else_helps(
    rung: int, capacity_bps: float, longest_s: float
) -> None:
    guard = Guard()
    rtts_s = (0.34, longest_s - 0.01, longest_s + 0.01, longest_s - 0.01, 0.34)
    told = [guard.step(seen(loss_20s=0.1, rtt_s=rtt), rung, capacity_bps, 1, 0.1) for rtt in rtts_s]
    assert [p.nack for p in told] == [True, True, False, False, True]


@pytest.mark.parametrize(("loss", "share"), [(0.02, 1.0), (0.1, 0.9), (0.5, 0.7)])
def test_what_is_sent_again_is_taken_from_the_picture(loss: float, share: float) -> None:
    guard = Guard()
    guard.step(seen(loss_20s=loss), V1, 30e3, 1, 0.1)
    assert guard.spare(seen(loss_20s=loss)) == pytest.approx(share)


def test_an_unchanged_protection_is_the_same_object() -> None:
    guard = Guard()
    for _ in range(50):
        guard.step(seen(loss_20s=0.1), A1, 30e3, 1, 0.1)
    assert guard.step(seen(loss_20s=0.1), A1, 30e3, 1, 0.1) is guard.now
    assert guard.step(seen(loss_20s=0.1), A1, 30e3, 1, 0.1) is guard.step(seen(loss_20s=0.1), A1, 30e3, 1, 0.1)
