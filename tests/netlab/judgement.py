"""A take seen as directions between people: who heard and saw whom, and on which rung that flowed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

import numpy as np

from adaptation.rungs import LADDER
from netlab.listen import RATE_HZ
from netlab.score import Hearing, hear
from netlab.story import Story
from netlab.take import Take
from netlab.viewing import Viewing, live_spans, view

NAMES: Final = tuple(rung.name for rung in LADDER)
PAIRS: Final = {
    "two": (("patient", "physician"),),
    "three": (("patient", "physician"), ("patient", "companion"), ("physician", "companion")),
    "two calls": (("patient", "physician"), ("patient2", "physician2")),
}

Way = tuple[str, str]
"""From whom to whom."""
Levels = tuple[tuple[float, str], ...]
"""When which level began; the first may be from before the story."""


class Judgement:
    """Looks at a take, each direction once."""

    def __init__(self, take: Take) -> None:
        self.take = take
        self.hearing: Callable[[str, str], Hearing] = cache(self._hearing)
        self.viewing: Callable[[str, str], Viewing] = cache(self._viewing)
        self.levels: Callable[[str, str], Levels] = cache(self._levels)

    @property
    def story(self) -> Story:
        return self.take.story

    @property
    def ways(self) -> list[Way]:
        """Every direction between people in one call."""
        return [way for one, other in PAIRS[self.story.cast] for way in ((one, other), (other, one))]

    def carried(self, speaker: str, listener: str) -> Levels:
        """What can flow from one to the other: the lower of what one sends and what the other takes."""
        up, down = self.levels(speaker, "up"), self.levels(listener, "down")
        if not up or not down:
            return up or down
        times = sorted({at_s for at_s, _ in (*up, *down)})
        return changes([(at_s, max(level_at(up, at_s), level_at(down, at_s), key=NAMES.index)) for at_s in times])

    def _hearing(self, speaker: str, listener: str) -> Hearing:
        said = self._sound(speaker, "me")
        return hear(said, self._sound(listener, self.take.records[speaker].me))

    def _sound(self, person: str, whose: str) -> Any:
        record = self.take.records[person]
        silence = np.zeros(round(self.story.seconds * RATE_HZ), np.float32)
        return record.sounds.get(whose, record.sounds.get("", silence) if whose != "me" else silence)

    def _viewing(self, speaker: str, listener: str) -> Viewing:
        record, seat = self.take.records[listener], self.take.records[speaker].me
        rows = record.frames.get(seat, record.frames.get("", np.zeros((0, 3))))
        frames_s = rows[:, 0]
        live = live_spans(record.looks, seat, self.story.seconds)
        if live is None:  # a page without such tiles claims to be live from the first frame on
            live = [(float(frames_s[0]), self.story.seconds)] if len(frames_s) else []
        return view(frames_s, live)

    def _levels(self, person: str, way: str) -> Levels:
        """By the server's trace; without one, by what the server told the pages every two seconds."""
        ticks = self.take.traces.get((person, way), ())
        return changes([(tick.at_s, tick.level) for tick in ticks] or self._told_levels(person, way))

    def _told_levels(self, person: str, way: str) -> list[tuple[float, str]]:
        seat = self.take.records[person].me
        told = [
            (entry["at"], str(entry["message"][f"{way}_level"]))
            for record in self.take.records.values()
            for entry in record.told
            if entry["message"]["type"] == "quality" and entry["message"]["seat"] == seat
        ]
        return sorted(told)


def changes(levels: list[tuple[float, str]]) -> Levels:
    """Without those that change nothing."""
    kept: list[tuple[float, str]] = []
    for at_s, level in levels:
        if not kept or kept[-1][1] != level:
            kept.append((at_s, level))
    return tuple(kept)


def level_at(levels: Levels, at_s: float) -> str:
    """The level in force; before the first, the first."""
    past = [level for since_s, level in levels if since_s <= at_s]
    return past[-1] if past else levels[0][1]
