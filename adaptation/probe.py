"""Trials of more rate than flows: padding down; up a hidden picture, a better one than due, and the climb itself.

Each is stepped once a tick until it has an outcome. What it costs ends with the tick in which it ends.
"""

from __future__ import annotations

import math
from typing import Final, Literal

from adaptation.estimate import Estimate
from adaptation.protection import VERY_LOSSY
from adaptation.rungs import A2, V3, audio_bps, need_bps

Outcome = Literal["going", "good", "bad", "void"]
"""`void`: it showed nothing, neither room nor its lack."""

RISE_S: Final = 0.08
"""The queue may grow by so much over what it was at the start."""
STEEP_RISE_S: Final = 0.15
LOSS_RISE: Final = 0.10
ENOUGH: Final = 0.9
"""Of the rate that was to be shown, must have arrived."""
MARGIN: Final = 1.05
"""What flows beside padding is not the same every second."""
LEAST_PACKETS: Final = 12


class Strain:
    """Whether the link shows signs that a trial harms: a growing queue in two ticks, or loss."""

    def __init__(self, seen: Estimate) -> None:
        self._queue_s = seen.queue_s
        self._loss = max(seen.loss, seen.loss_20s)
        self._high = 0
        self.rise_s = 0.0

    def shows(self, seen: Estimate) -> bool:
        rise = seen.queue_s - self._queue_s
        if rise <= RISE_S:
            self._high = 0
        elif seen.told:
            self._high += 1
        lost = seen.loss_flash > self._loss + 2 * LOSS_RISE or (
            seen.loss > self._loss + LOSS_RISE and seen.told_2s >= LEAST_PACKETS
        )
        self.rise_s = rise
        return self._high >= 2 or rise > STEEP_RISE_S or (lost and rise > RISE_S / 2)


class PaddingProbe:
    """Downlink: what flows plus padding rises to the rate to be shown, the slower the later news of it comes."""

    shadow: Final = False
    growth_per_s: Final = 0.0

    LEAST_RAMP_S: Final = 0.6
    HOLD_S: Final = 1.2
    NEWS_S: Final = 0.8
    """Without news for so long the probe is blind: the way back may be jammed."""
    LEAST_BPS: Final = 8_000.0
    """From text on: slower padding would be a packet now and then, and news of it would seem to stay away."""
    GOOD_TICKS: Final = 3
    """So many ticks with news that show the rate: frames come in lumps."""

    def __init__(self, seen: Estimate, flowing_bps: float, target_bps: float, copies_bps: float = 0.0) -> None:
        """`flowing_bps`: what flows needs; what was sent lately may hold the padding of the probe before.

        `copies_bps` come on top of it: they are sent, and nothing tells that they arrive.
        """
        self._strain = Strain(seen)
        self._stepped_at = seen.now
        self._done = 0.0
        self._target_bps = target_bps
        rtt_s = min(seen.rtt_s or 0.3, 2.0)
        self._copies_bps = copies_bps
        self._flowing_bps = min(seen.sent_bps, flowing_bps + copies_bps, target_bps)
        self._base_bps = max(self.LEAST_BPS, self._flowing_bps)
        growth = math.log(1.0 + 0.3 / (rtt_s + 0.3))
        self._ramp_s = max(self.LEAST_RAMP_S, math.log(target_bps / self._base_bps) / growth)
        self._ends = seen.now + self._ramp_s + self.HOLD_S + rtt_s
        self._good = 0
        self.padding_bps = 0
        self.shown_bps = 0.0
        """What arrived at best."""

    def step(self, seen: Estimate) -> Outcome:
        if seen.told:
            self.shown_bps = max(self.shown_bps, min(seen.received_bps + self._copies_bps, self._target_bps))
        if self._strain.shows(seen):
            return self._end("bad")
        if seen.told_ago_s > self.NEWS_S:
            return self._end("void")
        if seen.told:
            reached = (
                seen.received_bps + self._copies_bps >= due(seen) * self._target_bps
                and self._strain.rise_s < RISE_S / 2
            )
            self._good = self._good + 1 if reached else max(0, self._good - 1)
        if self._good >= self.GOOD_TICKS:
            return self._end("good")
        if seen.now >= self._ends:
            return self._end("void")
        self._pad(seen)
        return "going"

    def _pad(self, seen: Estimate) -> None:
        """Fill up to the ramp, beside what flowed before it; the ramp waits while a queue may be growing."""
        if self._strain.rise_s < RISE_S / 2:
            self._done = min(1.0, self._done + (seen.now - self._stepped_at) / self._ramp_s)
        self._stepped_at = seen.now
        total = self._base_bps * (self._target_bps / self._base_bps) ** self._done
        self.padding_bps = int(MARGIN * total - self._flowing_bps)

    def _end(self, outcome: Outcome) -> Outcome:
        self.padding_bps = 0
        return outcome


def due(seen: Estimate) -> float:
    """Of what is sent, so much must be told of as received. Where much is lost, much of the news is lost, too."""
    loss = min(max(seen.loss_20s, seen.loss), 0.3) if seen.loss_20s > VERY_LOSSY else seen.loss_20s
    return ENOUGH * (1.0 - loss) ** (2 if loss > VERY_LOSSY else 1)


class VoiceTrial:
    """Uplink without picture: the richest sound first. It has no keyframe, so on a thin link it costs a moment only."""

    padding_bps: Final = 0
    shadow: Final = False
    growth_per_s: Final = 0.0

    LEAST_S: Final = 1.5
    MOST_S: Final = 2.5
    CAME: Final = 0.6
    """Of what the richest sound has more than the best voice rung."""

    def __init__(self, seen: Estimate) -> None:
        self._strain = Strain(seen)
        self._began = seen.now
        self._due_bps = seen.received_long_bps + self.CAME * (audio_bps(V3) - audio_bps(A2))
        self._came_at: float | None = None
        self.shown_bps = 0.0

    def step(self, seen: Estimate) -> Outcome:
        self.shown_bps = max(self.shown_bps, seen.received_bps)
        if self._strain.shows(seen):
            return "bad"
        if self._came_at is None and seen.received_bps > self._due_bps:
            self._came_at = seen.now
        if self._came_at is None:
            return "void" if seen.now - self._began >= self.MOST_S + 2 * (seen.rtt_s or 0.0) else "going"
        return "good" if seen.now - self._came_at >= self.LEAST_S else "going"


class ShadowTrial:
    """Uplink without picture: the lowest one is sent and forwarded to nobody, until queue and rate told enough."""

    padding_bps: Final = 0
    growth_per_s: Final = 0.0

    LEAST_S: Final = 2.0
    MOST_S: Final = 4.0
    KEYFRAME_S: Final = 1.0
    """The first frame is three times as large as others: its queue must be gone again after so long."""
    KEYFRAME_RISE_S: Final = 0.35
    """But may not be longer than this even then."""
    PICTURE_SHARE: Final = 0.3
    """Of the picture's rate must have come at least; a still scene needs less than its due."""

    def __init__(self, seen: Estimate, rung: int) -> None:
        self._strain = Strain(seen)
        self._began = seen.now
        self._before_bps = seen.received_long_bps
        self._picture_bps = need_bps(rung) - self._before_bps
        self._queue_s = seen.queue_s
        self._came_at: float | None = None
        self.shadow = True
        self.shown_bps = 0.0

    def step(self, seen: Estimate) -> Outcome:
        self.shown_bps = max(self.shown_bps, seen.received_bps)
        picture_bps = seen.received_long_bps - self._before_bps
        if self._came_at is None and picture_bps > self.PICTURE_SHARE * max(10_000.0, self._picture_bps):
            self._came_at = seen.now
        if seen.queue_s - self._queue_s > self.KEYFRAME_RISE_S:
            return "bad"
        if self._came_at is None:
            lasted = seen.now - self._began
            return "void" if lasted >= self.MOST_S + 2 * (seen.rtt_s or 0.0) else "going"
        return self._judge(seen, seen.now - self._came_at)

    def _judge(self, seen: Estimate, for_s: float) -> Outcome:
        if for_s < self.KEYFRAME_S:
            return "going"
        if self._strain.shows(seen):
            return "bad"
        return "good" if for_s >= self.LEAST_S else "going"


class Growth:
    """A picture's rate grows, fast while the camera makes use of it."""

    padding_bps: Final = 0
    shadow: Final = False

    STILL_S: Final = 4.0
    """A still scene does not use its rate; what is so long not used is granted slowly, unseen."""
    STILL_GROWTH_PER_S: Final = 0.08

    def __init__(self, seen: Estimate, growth_per_s: float) -> None:
        self._strain = Strain(seen)
        self._unused_s = 0.0
        self._full_since: float | None = None
        self.growth_per_s = growth_per_s
        self.shown_bps = 0.0

    def unused(self, dt_s: float) -> float:
        """How fast it grows while much less comes than is allowed."""
        self._unused_s += dt_s
        return self.STILL_GROWTH_PER_S if self._unused_s > self.STILL_S else 0.0


class StretchTrial(Growth):
    """Uplink with picture: its rate grows to the next rung's need before the rung changes; a failure shows nobody."""

    LEAST_S: Final = 1.5

    def step(self, seen: Estimate, *, full: bool) -> Outcome:
        """`full`: the allowed rate has reached the next rung's need; a camera on a still scene may not use it."""
        self.shown_bps = seen.received_bps
        if self._strain.shows(seen):
            return "bad"
        if not full:
            return "going"
        if self._full_since is None:
            self._full_since = seen.now
        return "good" if seen.now - self._full_since >= self.LEAST_S + (seen.rtt_s or 0.0) else "going"


class RampTrial(Growth):
    """The climb itself: the rung is entered at the present rate, which then grows; it goes back at the first strain."""

    SETTLE_S: Final = 1.5

    def step(self, seen: Estimate, *, full: bool) -> Outcome:
        """`full`: the rate has reached the rung's own."""
        if self._strain.shows(seen):
            self.shown_bps = seen.received_bps
            return "bad"
        if not full:
            self._full_since = None
            return "going"
        if self._full_since is None:
            self._full_since = seen.now
        return "good" if seen.now - self._full_since >= self.SETTLE_S + (seen.rtt_s or 0.0) else "going"
