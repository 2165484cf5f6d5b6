"""What people saw of each other."""

from __future__ import annotations

from netlab.judgement import Judgement, Way
from netlab.measures.over import ALL, Over, worst
from netlab.story import Measure


def first_picture_s(over: Over = ALL) -> Measure:
    """From `since_s` until the other is seen live."""

    def one(judged: Judgement, way: Way) -> float | None:
        at_s = judged.viewing(*way).first_frame_s(over.since_s)
        return None if at_s is None else at_s - over.since_s

    return worst(max, one, over)


def live_share(over: Over = ALL) -> Measure:
    """Of the time: the other is seen, live and moving."""
    return worst(min, lambda judged, way: judged.viewing(*way).live_share(*over.bounds(judged)), over)


def freeze_share(over: Over = ALL) -> Measure:
    """Of the time: the picture stands still though nothing was announced."""
    return worst(max, lambda judged, way: judged.viewing(*way).freeze_share(*over.bounds(judged)), over)


def longest_freeze_s(over: Over = ALL) -> Measure:
    return worst(max, lambda judged, way: judged.viewing(*way).longest_freeze_s(*over.bounds(judged)), over)
