"""One direction of one participant's link: samples in, a decision each tick. It ties the parts of this folder."""

from __future__ import annotations

from math import isfinite
from typing import Literal

from adaptation.decision import Decision, Reason
from adaptation.estimate import Estimate
from adaptation.estimator import Estimator
from adaptation.intake import safe, safe_demand, tick_s
from adaptation.ladder import DRAINED_S, Ladder
from adaptation.probe import VoiceTrial
from adaptation.protection import Guard
from adaptation.rungs import LADDER, T
from adaptation.sample import Demand, Sample

Way = Literal["up", "down"]

LEAST_VIDEO_BPS = 30_000
"""Browsers send no picture for less."""
JAM_S = 3.0
"""So long after a cut nothing is repeated, unless the queue is known to be gone."""
NEWS_S = 0.5


class Direction:
    """`up`: what the participant sends to us; `down`: what we send to it. `step` once every `TICK_S`, never raises."""

    def __init__(self, way: Way, start: int, at_s: float) -> None:
        start = min(max(start, 0), len(LADDER) - 1)
        self._last_s = at_s if isfinite(at_s) else 0.0
        self._now = 0.0
        self._rung = start
        self._reason: Reason = "start"
        self._estimator = Estimator(way)
        self._ladder = Ladder(way, start, self._now)
        self._guard = Guard()
        self._jam_lasts = False
        """Since a cut no word has come that the queue is gone."""

    def step(self, sample: Sample, demand: Demand) -> Decision:
        dt_s = self._pass_time(sample.at_s)
        demand = safe_demand(demand)
        seen = self._estimator.update(safe(sample), demand, self._now, dt_s)
        before = self._ladder.rung
        self._ladder.copied = self._guard.now.duplicate
        self._ladder.insists = self._guard.insistence.is_so
        self._ladder.step(seen, demand, dt_s)
        jammed = self._is_jammed(seen)
        if self._jam_ends(seen):
            self._estimator.forget_line()
            self._estimator.forget_losses()
            jammed = True  # what is known in this tick is still of before
        if self._ladder.returned:
            self._estimator.forget_losses()
        changed = self._move(max(self._ladder.rung, demand.ceiling), self._ladder.rung != before)
        return self._decision(seen, demand, changed, dt_s, jammed=jammed)

    def _pass_time(self, at_s: float) -> float:
        """Time here starts at 0 and only goes forward, whatever the clock does."""
        dt_s = tick_s(at_s, self._last_s)
        self._now += dt_s
        if isfinite(at_s):
            self._last_s = at_s
        return dt_s

    def _move(self, rung: int, by_link: bool) -> bool:
        if rung == self._rung:
            return False
        if by_link:
            self._reason = self._ladder.reason
        else:
            self._reason = "held" if rung > self._rung else "released"
        self._rung = rung
        return True

    def _decision(self, seen: Estimate, demand: Demand, changed: bool, dt_s: float, *, jammed: bool) -> Decision:
        ladder, trial = self._ladder, self._ladder.trial
        capacity_bps = ladder.capacity.bps
        return Decision(
            rung=self._rung,
            reason=self._reason,
            changed=changed,
            capacity_bps=int(capacity_bps),
            video_bps=self._video_bps(demand.voices, seen),
            queue_ms=min(seen.queue_s * 1000, 60_000.0),
            loss=seen.loss,
            padding_bps=trial.padding_bps if trial is not None else 0,
            shadow=trial is not None and trial.shadow,
            rich=isinstance(trial, VoiceTrial),
            protection=self._guard.step(
                seen,
                self._rung,
                capacity_bps,
                max(1, demand.voices),
                dt_s,
                jammed=jammed,
                settled_s=ladder.settled_s(self._now),
                ample=ladder.carried_far_more(self._now),
            ),
        )

    def _jam_ends(self, seen: Estimate) -> bool:
        """What a full queue dropped says nothing of the link that carries what is sent now."""
        self._jam_lasts = self._ladder.rung < T and (self._jam_lasts or self._ladder.cut_within(0.0, self._now))
        if not self._jam_lasts or not is_drained(seen):
            return False
        self._jam_lasts = False
        return True

    def _is_jammed(self, seen: Estimate) -> bool:
        """Cut a moment ago, and no word since that the queue is gone."""
        return self._ladder.cut_within(JAM_S, self._now) and not is_drained(seen)

    def _video_bps(self, voices: int, seen: Estimate) -> int:
        if LADDER[self._rung].video is None:
            return 0
        if self._guard.now.duplicate:
            voices = 2 * max(1, voices)
        room = self._ladder.video_payload_bps(self._rung, voices) * self._ladder.randomness.factor
        room *= self._guard.spare(seen)
        return max(LEAST_VIDEO_BPS, int(room))


def is_drained(seen: Estimate) -> bool:
    """Whether fresh news says that no queue stands."""
    return max(seen.queue_s, seen.newest_s) <= DRAINED_S and seen.told_ago_s <= NEWS_S
