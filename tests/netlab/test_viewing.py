"""Freezes: what counts and what does not."""

from __future__ import annotations

import numpy as np
import pytest

from netlab.viewing import live_spans, view


def steady(first_s: float, last_s: float, per_s: float = 15) -> list[float]:
    return list(np.arange(first_s, last_s, 1 / per_s))


def test_steady_frames_do_not_freeze() -> None:
    seen = view(np.array(steady(0.1, 20)), [(0.1, 20)])
    assert seen.freezes == ()
    assert seen.live_share(0, 20) == pytest.approx(0.995)
    assert seen.first_frame_s() == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("per_s", "gap_s", "frozen"), [(15, 0.2, False), (15, 0.23, True), (5, 0.55, False), (5, 0.7, True)]
)
def test_a_gap_is_judged_by_the_frames_before_it(per_s: float, gap_s: float, frozen: bool) -> None:
    before = steady(0, 10, per_s)
    seen = view(np.array(before + steady(before[-1] + gap_s, 20, per_s)), [(0, 20)])
    assert [round(last - first, 2) for first, last in seen.freezes] == ([gap_s] if frozen else [])


def test_an_announced_pause_is_no_freeze_but_no_video_either() -> None:
    seen = view(np.array(steady(0, 8) + steady(14, 20)), [(0, 8), (14, 20)])
    assert seen.freezes == ()
    assert seen.live_share(0, 20) == pytest.approx(0.7)


def test_a_pause_announced_late_is_a_freeze_until_then() -> None:
    seen = view(np.array(steady(0, 8) + steady(14, 20)), [(0, 10), (14, 20)])
    (freeze,) = seen.freezes
    assert freeze == pytest.approx((8, 10), abs=0.07)
    assert seen.longest_freeze_s(0, 20) == pytest.approx(2, abs=0.07)
    assert seen.freeze_share(5, 15) == pytest.approx(0.2, abs=0.01)


def test_live_is_what_the_tile_says() -> None:
    said = [
        (1.0, {}),
        (2.0, {"a": "paused"}),
        (3.0, {"a": "live"}),
        (4.0, {"a": "live", "b": "live"}),
        (6.0, {"a": "off"}),
    ]
    looks = [{"at": at, "remotes": remotes} for at, remotes in said]
    assert live_spans(looks, "a", 9.0) == [(3.0, 6.0)]
    assert live_spans(looks, "b", 9.0) == [(4.0, 6.0)]
    assert live_spans(looks, "c", 9.0) is None
