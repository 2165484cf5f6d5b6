"""One direction of one participant's link: samples in, a decision each tick. It ties the parts of this folder together."""

from __future__ import annotations

from typing import Literal

from adaptation.decision import Decision
from adaptation.rungs import LADDER
from adaptation.sample import Demand, Sample

Way = Literal["up", "down"]


class Direction:
    """`up`: what the participant sends to us; `down`: what we send to it. `step` once every `TICK_S`, never raises."""

    def __init__(self, way: Way, start: int, at_s: float) -> None:
        self._way = way
        self._rung = start
        self._at_s = at_s

    def step(self, sample: Sample, demand: Demand) -> Decision:
        rung = LADDER[self._rung]
        return Decision(
            rung=self._rung,
            reason="start",
            changed=False,
            capacity_bps=0,
            video_bps=rung.video.bitrate_bps if rung.video else 0,
            queue_ms=0.0,
            loss=0.0,
        )
