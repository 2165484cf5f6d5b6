"""How soon sound and words must be back after a fault, and when faults that overlap were over. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from chaos.history import Happened

SLACK_S: Final = 1.0
"""Between what is promised for a machine of its own and what a run shares with eight pages and other work."""


@dataclass(frozen=True)
class Bound:
    """Seconds after the fault's end. `sound_s` 0: it never stops. `words_s`: until a command is acknowledged."""

    sound_s: float
    words_s: float


BOUNDS: Final[dict[str, Bound]] = {
    "kill-signaling": Bound(0, 3),
    "kill-media": Bound(5, 1),
    "kill-valkey": Bound(0, 3),
    "kill-everything": Bound(10, 10),
    "stop-signaling": Bound(0, 3),
    "stop-media": Bound(5, 1),
    "stop-valkey": Bound(0, 3),
    "block-media-port": Bound(5, 1),
    "block-web-port": Bound(0, 3),
    "block-page": Bound(1.5, 3),
    "disk-full": Bound(0, 3),
    "clock-step": Bound(0, 3),
    "reload": Bound(2, 3),
    "second-device": Bound(2, 3),
}


@dataclass(frozen=True)
class Spell:
    """Faults of which each began before the promise for those before it was due: one trouble, with one deadline."""

    faults: tuple[Happened, ...]

    @property
    def begin_s(self) -> float:
        return self.faults[0].begin_s

    @property
    def end_s(self) -> float:
        return max(fault.end_s for fault in self.faults)

    @property
    def sound_s(self) -> float:
        """What is allowed after the end. Together: media that was lost comes back only once there are words again."""
        sound = max(BOUNDS[fault.kind].sound_s for fault in self.faults)
        return sound if len(self.faults) == 1 or not sound else sound + self.words_s

    @property
    def words_s(self) -> float:
        return max(BOUNDS[fault.kind].words_s for fault in self.faults)

    @property
    def sound_by_s(self) -> float:
        return self.end_s + self.sound_s + SLACK_S

    @property
    def words_by_s(self) -> float:
        return self.end_s + self.words_s + SLACK_S


def spells(faults: Sequence[Happened], consultation: str) -> list[Spell]:
    """The troubles that one consultation saw, in their order."""
    found: list[Spell] = []
    for fault in sorted(faults, key=lambda fault: fault.begin_s):
        if fault.consultation not in (None, consultation):
            continue
        if found and fault.begin_s <= max(found[-1].sound_by_s, found[-1].words_by_s):
            found[-1] = Spell((*found[-1].faults, fault))
        else:
            found.append(Spell((fault,)))
    return found


def during(troubles: Sequence[Spell], begin_s: float, end_s: float) -> list[Spell]:
    """Those that can have had an effect between these times."""
    return [
        spell for spell in troubles if spell.begin_s <= end_s and begin_s <= max(spell.sound_by_s, spell.words_by_s)
    ]


def names(trouble: Sequence[Spell], troubles: Sequence[Spell], at_s: float) -> str:
    """What to call it; where it is none of these, the one that was over last."""
    before = [spell for spell in troubles if spell.end_s <= at_s][-1:]
    faults = " + ".join(f"{fault.number} {fault.kind}" for spell in trouble or before for fault in spell.faults)
    return faults if trouble else f"at rest after {faults or 'nothing'}"
