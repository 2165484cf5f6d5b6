"""When sound is back, and how long the longest hole is, from a page's twenty entries a second. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from chaos.resume.diary import Sound

HOLE_S: Final = 0.2
"""Shorter holes are the network's daily bread; the browser makes sound up for them."""
GOOD_S: Final = 2.0
"""Sound is back when so much of it follows without a hole."""
LOUD: Final = 0.02
"""The hum is at 0.2; what a browser makes up fades out within a quarter of a second."""
LATEST_S: Final = 0.25
"""A page that tells nothing for longer than this hears nothing: it is being loaded."""
MOSTLY: Final = 0.5
"""An entry with so much genuine sound counts as heard."""


class Stretch(NamedTuple):
    """Somebody is heard from then till then."""

    from_s: float
    to_s: float


def heard(sounds: Sequence[Sound]) -> list[Stretch]:
    """When the other was heard, entries that follow each other joined."""
    stretches: list[Stretch] = []
    before_s = 0.0
    for sound in sounds:
        from_s = before_s if sound.at_s - before_s < LATEST_S else sound.at_s - min(LATEST_S, sound.genuine_s)
        if sound.loudness > LOUD and sound.genuine_s >= MOSTLY * (sound.at_s - from_s):
            _append(stretches, Stretch(from_s, sound.at_s), 0.0)
        before_s = sound.at_s
    return stretches


def back_s(sounds: Sequence[Sound], since_s: float) -> float | None:
    """How long after `since_s` sound flows for good (0: it never stopped); None: not by the last entry."""
    joined: list[Stretch] = []
    for stretch in heard(sounds):
        if stretch.to_s > since_s:
            _append(joined, Stretch(max(stretch.from_s, since_s), stretch.to_s), HOLE_S)
    good = next((stretch for stretch in joined if stretch.to_s - stretch.from_s >= GOOD_S), None)
    return good.from_s - since_s if good else None


def longest_hole_s(sounds: Sequence[Sound], from_s: float, to_s: float) -> float:
    """The longest time between the two in which nobody was heard."""
    stretches = [stretch for stretch in heard(sounds) if stretch.to_s > from_s and stretch.from_s < to_s]
    if not stretches:
        return to_s - from_s
    edges = [max(0.0, stretches[0].from_s - from_s), max(0.0, to_s - stretches[-1].to_s)]
    between = [after.from_s - before.to_s for before, after in pairwise(stretches)]
    return max(edges + between)


def _append(stretches: list[Stretch], stretch: Stretch, hole_s: float) -> None:
    """Joined with the last one where no more than `hole_s` is between."""
    if stretches and stretch.from_s - stretches[-1].to_s <= hole_s:
        stretches[-1] = Stretch(stretches[-1].from_s, stretch.to_s)
    else:
        stretches.append(stretch)
