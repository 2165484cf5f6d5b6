"""What a train of padding shows of a link, and on which rung a call then begins."""

from __future__ import annotations

import pytest

from adaptation.rungs import A0, A1, A2, V1, V2
from media.departures import Outcome
from media.link_test import PACKET_BYTES, Measured, measured, start_rung


def train(count: int, bps: float, lost: int = 0) -> list[Outcome]:
    """Packets that left together and came at the rate of the narrowest link; the last `lost` did not."""
    apart = 8 * PACKET_BYTES / bps
    return [(0.0, 1.0 + n * apart if n < count - lost else None, PACKET_BYTES) for n in range(count)]


@pytest.mark.parametrize("bps", [20_000, 64_000, 300_000, 1_200_000])
def test_a_trains_dispersion_is_the_links_rate(bps: int) -> None:
    found = measured(train(20, bps), 20)
    assert found.bps == pytest.approx(bps, rel=0.01)
    assert found.loss == 0


def test_order_of_feedback_does_not_matter() -> None:
    assert measured(train(20, 100_000)[::-1], 20) == measured(train(20, 100_000), 20)


def test_what_was_never_told_of_is_lost() -> None:
    found = measured(train(20, 100_000, lost=4)[:18], 20)
    assert found.loss == pytest.approx(0.2)


@pytest.mark.parametrize("outcomes", [[], train(4, 100_000), train(20, 100_000, lost=20), [(0.0, 1.0, 319)] * 20])
def test_too_little_says_nothing(outcomes: list[Outcome]) -> None:
    assert measured(outcomes, 20).bps == 0


@pytest.mark.parametrize(
    ("bps", "rung"), [(0, A1), (15_000, A0), (26_000, A1), (40_000, A2), (180_000, V1), (1_000_000, V2)]
)
def test_the_first_rung_fits_with_room_to_spare(bps: int, rung: int) -> None:
    assert start_rung(Measured(bps, 0.0)) == rung
