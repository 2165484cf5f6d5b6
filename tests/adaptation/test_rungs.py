"""The ladder's rungs go down in what they cost, and never up."""

from __future__ import annotations

from itertools import pairwise

import pytest

from adaptation.rungs import LADDER, TOP, Rung


def payload_bps(rung: Rung) -> int:
    return (rung.video.bitrate_bps if rung.video else 0) + (rung.audio.bitrate_bps if rung.audio else 0)


@pytest.mark.parametrize(("upper", "lower"), list(pairwise(LADDER)), ids=lambda rung: rung.name)
def test_each_rung_costs_less_than_the_one_above(upper: Rung, lower: Rung) -> None:
    assert payload_bps(upper) > payload_bps(lower)
    assert upper.video is not None or lower.video is None


def test_the_ends_of_the_ladder() -> None:
    assert TOP.video is not None
    assert (LADDER[-1].video, LADDER[-1].audio) == (None, None)
