"""Which faults a run does: drawn from a seed, so that the same seed and sizes give the same faults. Pure."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

Kind = Literal[
    "kill-signaling", "kill-media", "kill-valkey", "kill-everything",
    "stop-signaling", "stop-media", "stop-valkey",
    "block-media-port", "block-web-port", "block-page",
    "disk-full", "clock-step", "reload", "second-device",
]  # fmt: skip

WEIGHTS: Final[dict[Kind, int]] = {
    "kill-signaling": 6,
    "kill-media": 6,
    "kill-valkey": 6,
    "kill-everything": 4,
    "stop-signaling": 3,
    "stop-media": 3,
    "stop-valkey": 3,
    "block-media-port": 2,
    "block-web-port": 2,
    "block-page": 3,
    "disk-full": 2,
    "clock-step": 3,
    "reload": 3,
    "second-device": 2,
}

LASTS_S: Final[dict[Kind, tuple[float, float]]] = {
    "kill-everything": (0, 3),
    "stop-signaling": (1, 8),
    "stop-media": (1, 8),
    "stop-valkey": (1, 8),
    "block-media-port": (1, 10),
    "block-web-port": (1, 10),
    "block-page": (1, 20),
    "disk-full": (1, 4),
}
"""From the first effect to its end, s; the others are done in a moment."""

SETTLES: Final = 0.6
"""Share of the faults that wait until all is well; the rest hits a recovery that is going on."""
SOON_S: Final = 2.0
STEPS_S: Final = (-600.0, -30.0, -3.0, 3.0, 30.0, 600.0)
"""Leaps of the clock; it wanders about its true time, so that no appointment is ever over."""


@dataclass(frozen=True)
class Fault:
    number: int
    kind: Kind
    target: int
    """Which page, counted round; of media processes the one that has its call."""
    gap_s: float
    """After the last fault's end, or after all was well."""
    settles: bool
    """Whether it waits for that."""
    lasts_s: float = 0.0
    step_s: float = 0.0
    tears: bool = False
    """`kill-everything` leaves half a write at the end of the append-only file."""


def plan(seed: int, faults: int, kinds: Sequence[Kind] = tuple(WEIGHTS)) -> list[Fault]:
    """As many faults, every kind at least once where there are as many."""
    dice = random.Random(f"{seed}/{faults}/{' '.join(kinds)}")
    drawn = list(kinds[:faults]) + dice.choices(kinds, [WEIGHTS[kind] for kind in kinds], k=max(0, faults - len(kinds)))
    dice.shuffle(drawn)
    return [_fault(dice, number, kind) for number, kind in enumerate(drawn, 1)]


def short(plan: Sequence[Fault], longest_s: float) -> list[Fault]:
    """The same with nothing that lasts longer: for a run that has to be over soon."""
    return [replace(fault, lasts_s=min(fault.lasts_s, longest_s)) for fault in plan]


def _fault(dice: random.Random, number: int, kind: Kind) -> Fault:
    shortest, longest = LASTS_S.get(kind, (0, 0))
    return Fault(
        number=number,
        kind=kind,
        target=dice.randrange(1000),
        gap_s=round(dice.uniform(0, SOON_S), 3),
        settles=dice.random() < SETTLES,
        lasts_s=round(dice.uniform(shortest, longest), 3),
        step_s=dice.choice(STEPS_S),
        tears=dice.random() < 0.5,
    )
