"""A promise that was not kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Promise = Literal[
    "lost", "doubled", "reordered", "made-up", "refused-but-applied", "overwritten", "unanswered", "slow",
    "sides-differ", "gap", "ended", "turned-away", "two-holders", "generation", "two-sessions", "silent",
]  # fmt: skip


@dataclass(frozen=True)
class Violation:
    promise: Promise
    consultation: str
    detail: str
    late_s: float = 0.0
    """Of `slow` and `silent`: how much later than promised. Nothing else is a matter of time."""

    def line(self) -> str:
        return f"{self.promise} in {self.consultation}: {self.detail}"
