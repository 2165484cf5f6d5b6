"""What people heard of each other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from netlab.judgement import Judgement, Way
from netlab.measures.over import ALL, Over, worst
from netlab.score import intelligibility
from netlab.story import Measure


def speech(over: Over = ALL, extended: bool = False) -> Measure:
    """Mean STOI (`extended`: ESTOI) from the first sound on; what does not arrive scores 0."""

    def one(judged: Judgement, way: Way) -> float | None:
        since_s, until_s = over.bounds(judged)
        first_s = judged.hearing(*way).first_heard_s()
        if first_s is None:
            return 0.0
        return intelligibility(judged.hearing(*way).segments(max(since_s, first_s), until_s), extended)

    return worst(min, one, over)


def delay_s(percentile: float, over: Over = ALL) -> Measure:
    """From mouth to ear."""

    def one(judged: Judgement, way: Way) -> float | None:
        found = judged.hearing(*way).delays(*over.bounds(judged))
        return float(np.percentile(found, percentile)) if len(found) else None

    return worst(max, one, over)


def delay_back_s(limit_s: float, after_s: float, over: Over = ALL) -> Measure:
    """How long after that moment speech was still said that arrived later than the limit; ten seconds are looked at."""

    def one(judged: Judgement, way: Way) -> float | None:
        alignment = judged.hearing(*way).alignment
        inside = (alignment.said_at_s >= after_s) & (alignment.said_at_s < after_s + 10)
        if not inside.any():
            return None
        late = alignment.said_at_s[inside & (alignment.delay_s > limit_s)]
        return float(late[-1]) - after_s if len(late) else 0.0

    return worst(max, one, over)


def longest_gap_s(over: Over = ALL) -> Measure:
    """The longest time that nothing was heard although somebody spoke."""

    def one(judged: Judgement, way: Way) -> float | None:
        since_s, until_s = over.bounds(judged)
        first_s = judged.hearing(*way).first_heard_s()
        if first_s is None:
            return None
        gaps = (gap for gap in judged.hearing(*way).gaps if gap.heard_at_s >= first_s - 0.1)
        inside = [gap.length_s for gap in gaps if since_s <= gap.heard_at_s + gap.length_s and gap.heard_at_s < until_s]
        return max(inside, default=0.0)

    return worst(max, one, over)


def first_sound_s(over: Over = ALL) -> Measure:
    """From `since_s` until the listener hears the other."""

    def one(judged: Judgement, way: Way) -> float | None:
        at_s = judged.hearing(*way).first_heard_s(over.since_s)
        return None if at_s is None else at_s - over.since_s

    return worst(max, one, over)


def concealed_share(over: Over = ALL) -> Measure:
    """Of what was played, how much the browsers made up, pauses not counted; of getStats."""

    def measure(judged: Judgement) -> float | None:
        listeners = sorted({listener for _, listener in over.ways(judged)})
        shares = [_concealed(judged.take.records[name].stats, *over.bounds(judged)) for name in listeners]
        return max((share for share in shares if share is not None), default=None)

    return measure


def _concealed(stats: Iterable[dict[str, Any]], since_s: float, until_s: float) -> float | None:
    played = concealed = 0
    series: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for stat in stats:
        if stat["type"] == "inbound-rtp" and stat["kind"] == "audio" and since_s <= stat["at"] <= until_s:
            series.setdefault((stat["connection"], stat["id"]), []).append(stat)
    for entries in series.values():
        first, last = entries[0], entries[-1]
        played += last.get("totalSamplesReceived", 0) - first.get("totalSamplesReceived", 0)
        for name, sign in (("concealedSamples", 1), ("silentConcealedSamples", -1)):
            concealed += sign * (last.get(name, 0) - first.get(name, 0))
    return concealed / played if played else None
