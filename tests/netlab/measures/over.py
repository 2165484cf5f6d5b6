"""Which directions and which time a measure is about. Over several directions the worst counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from netlab.judgement import Judgement, Way
from netlab.story import Measure


@dataclass(frozen=True)
class Over:
    """Seconds since the admission. `until_s` None: the story ends. `of`, `to`: these speakers, listeners; none: all."""

    since_s: float = 0.0
    until_s: float | None = None
    to: tuple[str, ...] = ()
    of: tuple[str, ...] = ()

    def bounds(self, judged: Judgement) -> tuple[float, float]:
        return self.since_s, judged.story.seconds if self.until_s is None else self.until_s

    def ways(self, judged: Judgement) -> list[Way]:
        return [way for way in judged.ways if (not self.of or way[0] in self.of) and (not self.to or way[1] in self.to)]


ALL = Over()


def worst(choose: Callable[[list[float]], float], one: Callable[[Judgement, Way], float | None], over: Over) -> Measure:
    """The worst of all directions; None when one of them has no number."""

    def measure(judged: Judgement) -> float | None:
        found = [one(judged, way) for way in over.ways(judged)]
        known = [value for value in found if value is not None]
        return choose(known) if known and len(known) == len(found) else None

    return measure
