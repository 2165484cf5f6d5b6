"""One run of an event: everybody writes, it happens, both hear each other again, and nothing is lost."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from typing import Final

from chaos.resume.event import Event, Measure
from chaos.resume.pair import Pair
from chaos.resume.scene import Scene

GIVEN_UP_S: Final = 90.0
WATCH_S: Final = 6.0
"""At least so long after the event sound is watched for holes."""


@dataclass(frozen=True)
class Take:
    """What one pair met in one run. Seconds; None: not within `GIVEN_UP_S`."""

    event: str
    rtt_ms: float
    run: int
    pair: int
    since_s: float
    """When the watch started, since 1970."""
    back_s: dict[str, float | None]
    """By who hears."""
    hole_s: float
    words_s: float | None
    lost: tuple[str, ...]

    def value_s(self, measure: Measure) -> float:
        """What a target is about; infinite where it never came."""
        if measure == "hole":
            return self.hole_s
        values = self.back_s.values() if measure == "back" else (self.words_s,)
        return max(float("inf") if value is None else value for value in values)

    def reached(self, event: Event) -> bool:
        targets = event.targets
        return not self.lost and all(self.value_s(each.measure) <= each.at_most_s(self.rtt_ms) for each in targets)


async def perform(event: Event, scene: Scene, rtt_ms: float, run: int, reload: bool = False) -> list[Take]:
    """Once, by every pair of the scene at a time; `reload`: at the end the pages are loaded anew and compared."""
    met = await asyncio.gather(
        *(_meet(event, scene, rtt_ms, run, number) for number in range(len(scene.pairs))),
    )
    return [await _judged(take, pair, reload) for take, pair in zip(met, scene.pairs, strict=True)]


async def _meet(event: Event, scene: Scene, rtt_ms: float, run: int, number: int) -> Take:
    pair = scene.pairs[number]
    label = f"{event.name} {run}"
    await pair.say(f"{label}: before")
    await pair.until_read(time.time(), GIVEN_UP_S)
    from_s = time.time()
    since_s = await event.act(scene, number, run)
    back_s = await pair.until_back(since_s, GIVEN_UP_S)
    words_s = await pair.until_read(since_s, GIVEN_UP_S)
    await asyncio.sleep(max(0.0, since_s + WATCH_S - time.time()))
    hole_s = pair.longest_hole_s(from_s, time.time() - 0.5)
    await pair.say(f"{label}: after")
    await pair.until_read(since_s, GIVEN_UP_S)
    return Take(event.name, rtt_ms, run, number, since_s, back_s, hole_s, words_s, lost=())


async def _judged(take: Take, pair: Pair, reload: bool) -> Take:
    return replace(take, lost=tuple(await pair.faults(reload)))
