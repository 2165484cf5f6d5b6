"""The calls that must not be disturbed, in a process of their own: `bench.district` starts it.

Reads a `Calls` line, writes `up` when all talk; at the end of its input it stops and writes what was heard, a `Record`.
"""

from __future__ import annotations

import asyncio
import gc
import sys

from pydantic import BaseModel, ConfigDict

from bench.caller import Caller, District
from bench.disturbance import Ear, Voice
from bench.page import SeatOrder
from bench.source import AUDIO_EVERY_NS, VIDEO_FPS


class Calls(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    pairs: list[tuple[SeatOrder, SeatOrder]]


class Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    voices: list[Voice]


async def run(calls: Calls) -> Record:
    """Connect, talk until the input ends."""
    loop = asyncio.get_running_loop()
    district = District(calls.url, handshakes=2)
    ears = [Ear() for _ in range(2 * len(calls.pairs))]
    callers = [
        Caller(district, seat, number, side, ears[2 * number + side])
        for number, pair in enumerate(calls.pairs)
        for side, seat in enumerate(pair)
    ]
    sent: list[list[int]] = [[] for _ in callers]
    for caller, stamps in zip(callers, sent, strict=True):
        await caller.enter()
        caller.talk(AUDIO_EVERY_NS, VIDEO_FPS, stamps)
    await asyncio.gather(*(caller.times.heard for caller in callers))
    gc.collect()
    gc.disable()
    print("up", flush=True)
    await loop.run_in_executor(district.threads, sys.stdin.read)
    for caller in callers:
        await caller.close()
    await district.close()
    return Record(voices=[Voice(sent=sent[at], heard=ears[at ^ 1].heard) for at in range(len(callers))])


if __name__ == "__main__":
    print(asyncio.run(run(Calls.model_validate_json(sys.stdin.readline()))).model_dump_json())
