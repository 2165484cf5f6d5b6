"""The ladder's rungs go down in what they cost, and never up."""

from __future__ import annotations

from itertools import pairwise

import pytest

from adaptation.rungs import (
    A0,
    A1,
    A2,
    LADDER,
    TOP,
    V0,
    V1,
    V2,
    V3,
    Rung,
    T,
    audio_bps,
    enter_bps,
    fitting,
    leave_bps,
    need_bps,
    room_bps,
    start_rung,
    video_payload_bps,
    video_wire_bps,
)


def payload_bps(rung: Rung) -> int:
    return (rung.video.bitrate_bps if rung.video else 0) + (rung.audio.bitrate_bps if rung.audio else 0)


@pytest.mark.parametrize(("upper", "lower"), list(pairwise(LADDER)), ids=lambda rung: rung.name)
def test_each_rung_costs_less_than_the_one_above(upper: Rung, lower: Rung) -> None:
    assert payload_bps(upper) > payload_bps(lower)
    assert upper.video is not None or lower.video is None


def test_the_ends_of_the_ladder() -> None:
    assert TOP.video is not None
    assert (LADDER[-1].video, LADDER[-1].audio) == (None, None)
    assert [LADDER[rung].name for rung in (V3, V2, V1, V0, A2, A1, A0, T)] == [rung.name for rung in LADDER]


@pytest.mark.parametrize(
    ("rung", "kbit_s"), [(V3, 420), (V2, 225), (V1, 122), (V0, 75), (A2, 28), (A1, 20), (A0, 16), (T, 2)]
)
def test_needs_are_those_of_the_design(rung: int, kbit_s: float) -> None:
    assert need_bps(rung) == pytest.approx(kbit_s * 1000, rel=0.02)
    assert leave_bps(rung) == pytest.approx(0.89 * need_bps(rung))
    assert enter_bps(rung) == pytest.approx(1.27 * need_bps(rung))


def test_each_voice_and_each_picture_counts() -> None:
    assert need_bps(A1, 3) == 3 * audio_bps(A1)
    assert need_bps(V1, 2, 3) == 2 * audio_bps(V1) + 3 * video_wire_bps(90_000)
    assert need_bps(V1, 0, 0) == need_bps(V1)
    assert leave_bps(A1, 2) == 2 * leave_bps(A1)
    assert enter_bps(A1, 2) == 2 * enter_bps(A1)
    assert need_bps(T, 3) == need_bps(T)
    assert (audio_bps(T), video_wire_bps(0)) == (0, 0)


@pytest.mark.parametrize(
    ("capacity_bps", "voices", "rung"),
    [(1e6, 1, V3), (418_700, 1, V3), (418_699, 1, V2), (60e3, 1, A2), (24e3, 1, A1), (16e3, 1, A0), (12e3, 1, T),
     (60e3, 2, A2), (40e3, 2, A1), (20e3, 2, T)],
)  # fmt: skip
def test_what_fits(capacity_bps: float, voices: int, rung: int) -> None:
    assert fitting(capacity_bps, voices) == rung


@pytest.mark.parametrize(
    ("rtt_ms", "rung"),
    [(None, A2), (0, V1), (249, V1), (250, A2), (449, A2), (450, A1), (60_000, A1), (-1, A1)],
)
def test_where_a_session_starts(rtt_ms: int | None, rung: int) -> None:
    assert start_rung(rtt_ms) == rung


def test_a_picture_gets_what_the_voices_leave() -> None:
    assert video_payload_bps(V1, 1e6) == 90_000
    assert video_payload_bps(V1, need_bps(V1)) == 90_000
    assert video_payload_bps(V1, 100e3) == int((100e3 - audio_bps(V1) - 4000) / 1.05)
    assert video_payload_bps(V1, 100e3, 2) == int((100e3 - 2 * audio_bps(V1) - 4000) / 1.05)
    assert video_payload_bps(V1, 10e3) == 0
    assert video_payload_bps(A2, 1e6) == 0
    assert room_bps(V1, 1e6) > 900e3
    assert room_bps(V1, 1e6, 0) == room_bps(V1, 1e6, 1)
