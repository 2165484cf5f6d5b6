"""How a link changes, as data: which profile is in force from when on. `player.py` applies it to a lab."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from netlab.profile import Path, Profile


@dataclass(frozen=True)
class Step:
    """From `at_s` after the start on, the link is so."""

    at_s: float
    profile: Profile


@dataclass(frozen=True)
class Timeline:
    """Steps in the order of time; the first one at 0. The last one stays."""

    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        times = [step.at_s for step in self.steps]
        if not times or times[0] != 0 or times != sorted(times):
            raise ValueError(f"steps at {times} s do not start at 0 and go forward")

    def at(self, seconds: float) -> Profile:
        """What is in force so long after the start."""
        found = bisect_right(self.steps, max(0.0, seconds), key=lambda step: step.at_s)
        return self.steps[found - 1].profile


@dataclass(frozen=True)
class Walk:
    """A random walk of the rate: steps even in the logarithm, turned back at the bounds."""

    lowest_bps: int = 30_000
    highest_bps: int = 600_000
    shortest_s: float = 3.0
    longest_s: float = 5.0
    """How long a rate stays."""
    widest: float = 2.0
    """A step multiplies or divides the rate by at most so much."""

    def rates(self, seed: int, first_bps: int, seconds: float) -> Iterator[tuple[float, int]]:
        """From when on, which rate; the same seed gives the same walk."""
        random, at_s, rate_bps = Random(seed), 0.0, float(first_bps)
        while at_s < seconds:
            yield at_s, round(rate_bps)
            at_s += random.uniform(self.shortest_s, self.longest_s)
            rate_bps = self._turned_back(rate_bps * self.widest ** random.uniform(-1, 1))

    def _turned_back(self, rate_bps: float) -> float:
        """What is beyond a bound by a factor comes to lie within it by the same factor."""
        inside = self.lowest_bps**2 / rate_bps if rate_bps < self.lowest_bps else rate_bps
        return self.highest_bps**2 / inside if inside > self.highest_bps else inside


def steady(profile: Profile) -> Timeline:
    return Timeline((Step(0, profile),))


def change(before: Profile, at_s: float, after: Profile) -> Timeline:
    """One profile, and from then on another."""
    return Timeline((Step(0, before), Step(at_s, after)))


def outage(before: Profile, at_s: float, lasts_s: float, after: Profile | None = None) -> Timeline:
    """Nothing passes for so long; then it is as before, or as `after` says."""
    back = after if after is not None else before
    return Timeline((Step(0, before), Step(at_s, down(before)), Step(at_s + lasts_s, back)))


def random_walk(profile: Profile, seed: int, seconds: float, walk: Walk | None = None) -> Timeline:
    """The profile with the walk's rate in both directions; it starts in the middle of the bounds."""
    chosen = walk if walk is not None else Walk()
    middle_bps = round(math.sqrt(chosen.lowest_bps * chosen.highest_bps))
    rates = chosen.rates(seed, middle_bps, seconds)
    return Timeline(tuple(Step(at_s, with_rate(profile, rate_bps)) for at_s, rate_bps in rates))


def down(profile: Profile) -> Profile:
    return Profile(up=_changed(profile.up, down=True), down=_changed(profile.down, down=True))


def with_rate(profile: Profile, rate_bps: int) -> Profile:
    return Profile(up=_changed(profile.up, rate_bps=rate_bps), down=_changed(profile.down, rate_bps=rate_bps))


def _changed(path: Path, **fields: float) -> Path:
    return Path.model_validate(path.model_dump() | fields)
