"""One run of an event: everybody writes, it happens, both hear each other again, and nothing is lost."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from typing import Final

from chaos.resume.event import Event, Measure, Target
from chaos.resume.pair import Pair
from chaos.resume.pressure import Stall
from chaos.resume.scene import Scene

GIVEN_UP_S: Final = 90.0
WATCH_S: Final = 6.0
"""At least so long after an event that must not be heard sound is watched for holes."""
LATE_S: Final = 0.5
"""What the pages have not handed over yet."""


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
    stalled: float
    """Share of the time in which somebody waited for a processor."""
    lost: tuple[str, ...] = ()

    def value_s(self, measure: Measure) -> float:
        """What a target is about; infinite where it never came."""
        if measure == "hole":
            return self.hole_s
        values = self.back_s.values() if measure == "back" else (self.words_s,)
        return max(float("inf") if value is None else value for value in values)

    def over(self, target: Target, times: float = 1.0) -> bool:
        """Whether it took longer than so many times what was promised."""
        return self.value_s(target.measure) > times * target.at_most_s(self.rtt_ms)


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
    from_s, stall = time.time(), Stall()
    since_s = await event.act(scene, number, run)
    await pair.until_back(since_s, GIVEN_UP_S)
    words_s = await pair.until_read(since_s, GIVEN_UP_S)
    if any(target.measure == "hole" for target in event.targets):
        await asyncio.sleep(max(0.0, since_s + WATCH_S - time.time()))
    to_s, stalled = time.time() - LATE_S, stall.share()
    await pair.say(f"{label}: after")
    await pair.until_read(since_s, GIVEN_UP_S)
    # Only now everything is there that a starved page told late.
    back_s, hole_s = pair.back_s(since_s), pair.longest_hole_s(from_s, to_s)
    return Take(event.name, rtt_ms, run, number, since_s, back_s, hole_s, words_s, stalled)


async def _judged(take: Take, pair: Pair, reload: bool) -> Take:
    return replace(take, lost=tuple(await pair.faults(reload)))
