"""Timelines are data: what is in force when, and that a walk stays where it shall."""

from __future__ import annotations

from itertools import pairwise
from statistics import median

import pytest

from netlab.profile import PERFECT, SATELLITE, Path, Profile
from netlab.timeline import Step, Timeline, Walk, change, down, outage, random_walk, steady, with_rate

LINK = Profile(up=Path(rate_bps=300_000, delay_ms=50), down=Path(rate_bps=600_000, delay_ms=50, loss=0.01))


def test_the_last_step_that_has_come_is_in_force() -> None:
    made = Timeline((Step(0, PERFECT), Step(5, SATELLITE), Step(9, LINK)))
    assert [made.at(seconds) for seconds in (-1, 0, 4.9, 5, 8.9, 9, 100)] == [
        PERFECT, PERFECT, PERFECT, SATELLITE, SATELLITE, LINK, LINK,
    ]  # fmt: skip


@pytest.mark.parametrize("times", [(), (1.0,), (0.0, 5.0, 4.0)])
def test_time_starts_at_zero_and_goes_forward(times: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="go forward"):
        Timeline(tuple(Step(at_s, PERFECT) for at_s in times))


def test_steady_and_change() -> None:
    assert steady(LINK).at(1000) == LINK
    assert [change(LINK, 20, SATELLITE).at(seconds) for seconds in (19.9, 20)] == [LINK, SATELLITE]


def test_an_outage_keeps_the_rest_of_the_link() -> None:
    made = outage(LINK, 15, 20)
    assert [made.at(seconds) for seconds in (14.9, 15, 34.9, 35)] == [LINK, down(LINK), down(LINK), LINK]
    assert down(LINK).up == LINK.up.model_copy(update={"down": True})
    assert outage(LINK, 15, 20, SATELLITE).at(35) == SATELLITE


def test_a_walk_stays_within_its_bounds() -> None:
    made = random_walk(LINK, 7, 10_000)
    rates = [step.profile.up.rate_bps or 0 for step in made.steps]
    assert 30_000 <= min(rates) < 33_000
    assert 550_000 < max(rates) <= 600_000
    assert 100_000 < median(rates) < 180_000  # even in the logarithm: the middle is 134 kbit/s
    assert all(0.49 < later / earlier < 2.01 for earlier, later in pairwise(rates))
    assert all(step.profile == with_rate(LINK, step.profile.up.rate_bps or 0) for step in made.steps)


def test_a_walk_moves_every_three_to_five_seconds_to_its_end() -> None:
    times = [step.at_s for step in random_walk(LINK, 7, 600).steps]
    assert times[0] == 0
    assert 595 < times[-1] < 600
    assert all(3 <= later - earlier <= 5 for earlier, later in pairwise(times))


def test_the_same_seed_walks_the_same_way() -> None:
    assert random_walk(LINK, 7, 600) == random_walk(LINK, 7, 600)
    assert random_walk(LINK, 7, 600) != random_walk(LINK, 8, 600)


def test_a_walk_may_be_narrower() -> None:
    walk = Walk(lowest_bps=100_000, highest_bps=120_000, widest=1.1)
    assert all(100_000 <= rate <= 120_000 for _, rate in walk.rates(1, 110_000, 1000))
