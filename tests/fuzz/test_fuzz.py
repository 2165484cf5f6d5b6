"""Each fuzz target over a fixed number of seeded changes: the same in every run."""

from __future__ import annotations

from itertools import islice
from random import Random

import pytest

from tests.fuzz.mutation import mutations
from tests.fuzz.target import NAMES, load

INPUTS = {"sdp": 1000}
"""Fewer where one input takes a millisecond."""


@pytest.mark.parametrize("name", NAMES)
def test_target_survives_changed_seeds(name: str) -> None:
    target = load(name)
    for data in islice(mutations(target.seeds, Random(20)), INPUTS.get(name, 3000)):
        target.fuzz(data)


def test_mutations_repeat() -> None:
    seeds = load("rtcp").seeds
    first, second = (list(islice(mutations(seeds, Random(7)), 50)) for _ in range(2))
    assert first == second
    assert len(set(first)) > 40
