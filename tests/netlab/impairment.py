"""Chance on a path: which packets are lost, come twice, come late or overtake. Pure; the same seed, the same fate."""

from __future__ import annotations

from random import Random

from netlab.counters import Drop
from netlab.profile import Bursts, Path


class Impairment:
    """A generator for each kind of chance, so that switching one on leaves the draws of the others as they were."""

    def __init__(self, seed: str) -> None:
        self._loss, self._bursts, self._copies, self._jitter, self._reorder = (
            Random(f"{seed}-{kind}") for kind in ("loss", "bursts", "copies", "jitter", "reorder")
        )
        self._is_bad = False

    def drop(self, path: Path) -> Drop | None:
        """The fate of the next packet; None: it arrives."""
        if path.bursts is not None and self._is_lost_in_burst(path.bursts):
            return "bursts"
        return "loss" if _happens(path.loss, self._loss) else None

    def comes_twice(self, path: Path) -> bool:
        return _happens(path.duplicate, self._copies)

    def jitter_s(self, path: Path) -> float:
        return abs(self._jitter.gauss(0.0, path.jitter_ms)) / 1000 if path.jitter_ms else 0.0

    def overtakes_by_s(self, path: Path) -> float | None:
        """By how much the next packet comes before its turn; None: it keeps it."""
        return self._reorder.random() * path.reorder_ms / 1000 if _happens(path.reorder, self._reorder) else None

    def _is_lost_in_burst(self, bursts: Bursts) -> bool:
        """Gilbert-Elliott: the chain takes one step a packet."""
        leaves = 1 / bursts.mean_packets if self._is_bad else bursts.turns_bad
        self._is_bad ^= self._bursts.random() < leaves
        return self._is_bad and _happens(bursts.bad_loss, self._bursts)


def _happens(share: float, random: Random) -> bool:
    return share > 0 and random.random() < share
