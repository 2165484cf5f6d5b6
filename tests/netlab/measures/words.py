"""Text: messages, and what the page tells the person at it."""

from __future__ import annotations

import numpy as np

from netlab.judgement import Judgement, Levels, level_at
from netlab.measures.over import ALL, Over
from netlab.measures.rungs import falls_to_s
from netlab.story import Measure


def messages_lost(judged: Judgement) -> float | None:
    """Messages that somebody wrote and somebody else never saw."""
    return float(sum(not seen for _, seen in _deliveries(judged))) if judged.take.sent else None


def messages_doubled(judged: Judgement) -> float | None:
    return float(sum(len(seen) > 1 for _, seen in _deliveries(judged))) if judged.take.sent else None


def slowest_message_s(over: Over = ALL) -> Measure:
    """From the press on "send" to the other's screen; of those written in that time."""

    def measure(judged: Judgement) -> float | None:
        since_s, until_s = over.bounds(judged)
        times = [seen[0] - at_s for at_s, seen in _deliveries(judged) if since_s <= at_s < until_s and seen]
        return max(times, default=None)

    return measure


def slowest_message_on_text_s(after_s: float) -> Measure:
    """Of those written after that moment, once text was all that flowed."""

    def measure(judged: Judgement) -> float | None:
        text_after_s = falls_to_s("T", after_s)(judged)
        return None if text_after_s is None else slowest_message_s(Over(after_s + text_after_s))(judged)

    return measure


def told_s(person: str, after_s: float) -> Measure:
    """How long after that moment the person's page says something else about the call."""

    def measure(judged: Judgement) -> float | None:
        looks = judged.take.records[person].looks
        words = [(look["at"], [look[what] for what in ("state", "rung", "status", "remotes")]) for look in looks]
        before = [said for at_s, said in words if at_s <= after_s]
        return next((at_s - after_s for at_s, said in words if at_s > after_s and before and said != before[-1]), None)

    return measure


def share_in_call(person: str, over: Over = ALL) -> Measure:
    """Of the time: the person's page is in the call."""

    def measure(judged: Judgement) -> float | None:
        since_s, until_s = over.bounds(judged)
        states: Levels = tuple((look["at"], look["state"]) for look in judged.take.records[person].looks)
        if not states:
            return None
        grid = np.arange(since_s, until_s, 0.1)
        return float(np.mean([level_at(states, float(at_s)) == "in-call" for at_s in grid]))

    return measure


def _deliveries(judged: Judgement) -> list[tuple[float, list[float]]]:
    """For each message and each other person: when it was written, and every time it showed up there."""
    records = judged.take.records
    return [
        (sent.at_s, [line["at"] for line in record.chat if line["text"] == sent.text])
        for sent in judged.take.sent
        for name, record in records.items()
        if name != sent.by
    ]
