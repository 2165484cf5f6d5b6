"""Scores of speech that was spoiled in known ways."""

from __future__ import annotations

import numpy as np
import pytest

from netlab.conftest import Talk
from netlab.listen import RATE_HZ, Piece, lay_out
from netlab.score import hear, intelligibility
from netlab.test_alignment import delayed


def test_a_perfect_copy_is_perfect(talk: Talk) -> None:
    found = hear(talk.said, talk.said)
    assert intelligibility(found.segments(0, talk.seconds)) == pytest.approx(1.0, abs=0.001)
    assert intelligibility(found.segments(0, talk.seconds), extended=True) == pytest.approx(1.0, abs=0.001)
    assert np.median(found.alignment.delay_s) == 0
    assert found.gaps == ()


def test_a_delayed_copy_is_as_good(talk: Talk) -> None:
    found = hear(talk.said, delayed(talk.said, 0.437))
    assert intelligibility(found.segments(0, talk.seconds - 4)) == pytest.approx(1.0, abs=0.005)


def test_noise_is_less_intelligible_the_louder_it_is(talk: Talk) -> None:
    noise = np.random.default_rng(1).normal(0, 1, len(talk.said))
    scores = [
        intelligibility(hear(talk.said, talk.said + part * noise).segments(0, talk.seconds)) for part in (0.02, 0.1)
    ]
    assert scores[0] is not None
    assert scores[1] is not None
    assert 0.98 > scores[0] > scores[1] + 0.05 > 0.4


def test_silence_scores_nothing(talk: Talk) -> None:
    found = hear(talk.said, np.zeros(len(talk.said)))
    assert intelligibility(found.segments(0, talk.seconds)) == 0
    assert found.first_heard_s() is None
    assert sum(gap.length_s for gap in found.gaps) > 0.6 * talk.seconds


def test_a_second_cut_out_is_a_gap_and_costs_its_segment(talk: Talk) -> None:
    heard = delayed(talk.said, 0.437)
    heard[6 * RATE_HZ : 7 * RATE_HZ] = 0
    found = hear(talk.said, heard)
    (gap,) = found.gaps
    assert gap.heard_at_s == pytest.approx(6.0, abs=0.15)
    assert gap.length_s == pytest.approx(1.0, abs=0.25)
    (hit,) = found.segments(4, 8)
    assert hit.stoi < 0.9


def test_a_wait_without_a_loss_is_a_gap_too(talk: Talk) -> None:
    middle = 8 * RATE_HZ
    heard = np.concatenate((talk.said[:middle], np.zeros(RATE_HZ), talk.said[middle:]))[: len(talk.said)]
    found = hear(talk.said, heard)
    assert max(gap.length_s for gap in found.gaps) == pytest.approx(1.0, abs=0.35)


def test_pieces_are_laid_out_by_those_that_came_soonest() -> None:
    random = np.random.default_rng(1)
    sound = random.normal(0, 0.1, 10 * RATE_HZ).astype(np.float32)
    pieces = [
        Piece(frame, 100.5 + (frame + 1600) / RATE_HZ + random.exponential(0.02), sound[frame : frame + 1600])
        for frame in range(0, len(sound), 1600)
    ]
    laid = lay_out(pieces, 100.0, 112.0)
    start = int(np.flatnonzero(laid)[0])
    assert start / RATE_HZ == pytest.approx(0.5, abs=0.006)
    assert np.array_equal(laid[start : start + len(sound)], sound)
