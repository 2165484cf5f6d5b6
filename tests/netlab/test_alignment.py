"""The delay of speech, found where it is known."""

from __future__ import annotations

import numpy as np
import pytest

from netlab.alignment import Samples, align
from netlab.conftest import Talk
from netlab.listen import RATE_HZ


def delayed(sound: Samples, delay_s: float) -> Samples:
    return np.concatenate((np.zeros(round(delay_s * RATE_HZ)), sound))[: len(sound)]


@pytest.mark.parametrize("delay_s", [0.0, 0.437, 3.2, 5.8])
def test_a_constant_delay_is_found(talk: Talk, delay_s: float) -> None:
    found = align(talk.said, delayed(talk.said, delay_s))
    assert len(found.delay_s) > 20
    assert np.abs(found.delay_s - delay_s).max() < 0.005


def test_a_delay_that_jumps_is_followed(talk: Talk) -> None:
    middle = len(talk.said) // 2
    heard = np.concatenate((delayed(talk.said, 0.2)[:middle], delayed(talk.said, 1.7)[middle:]))
    found = align(talk.said, heard)
    assert found.delay_at(3.0) == pytest.approx(0.2, abs=0.005)
    assert found.delay_at(talk.seconds - 4) == pytest.approx(1.7, abs=0.005)


def test_a_start_that_is_stretched_is_followed_from_its_end(talk: Talk) -> None:
    """As a jitter buffer does it that is told to wait: 10 % slower for four seconds."""
    tenth = RATE_HZ // 10
    pieces = [talk.said[first : first + tenth] for first in range(0, 4 * RATE_HZ, tenth)]
    slow = [part for piece in pieces for part in (piece, piece[-tenth // 10 :])]
    heard = np.concatenate((*slow, talk.said[4 * RATE_HZ :]))[: len(talk.said)]
    found = align(talk.said, heard)
    for said_at_s in (1.0, 2.0, 3.0):
        assert found.delay_at(said_at_s) == pytest.approx(0.1 * said_at_s, abs=0.03)


def test_noise_over_it_does_not_mislead(talk: Talk) -> None:
    noise = np.random.default_rng(1).normal(0, 0.03, len(talk.said))
    found = align(talk.said, delayed(talk.said, 0.437) + noise)
    assert np.abs(found.delay_s - 0.437).max() < 0.005


def test_other_words_are_not_recognised(talk: Talk) -> None:
    assert len(align(talk.said, talk.other).delay_s) == 0
