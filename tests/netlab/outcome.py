"""What is kept of a take: each target's value, and the usual numbers of each direction; written as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import numpy as np

from netlab.judgement import Judgement, Way
from netlab.score import intelligibility
from netlab.story import Story, Target
from netlab.viewing import Span


@dataclass(frozen=True)
class Check:
    """One target in one run."""

    name: str
    target: str
    value: float | None
    """None: could not be had."""
    reached: bool


@dataclass(frozen=True)
class Numbers:
    """One direction over the whole story, from the first sound on."""

    speaker: str
    listener: str
    first_sound_s: float | None
    stoi: float | None
    estoi: float | None
    delay_median_s: float | None
    delay_p95_s: float | None
    longest_gap_s: float
    first_picture_s: float | None
    live_share: float
    freeze_share: float
    levels: tuple[tuple[float, str], ...]
    """Seconds since the admission, and the level that could flow from then on."""
    freezes: tuple[Span, ...]
    live: tuple[Span, ...]
    """When the page claimed to show live video."""
    segments: tuple[tuple[float, float], ...]
    """When each segment of speech began, and its STOI."""


@dataclass(frozen=True)
class Message:
    """One chat message on one other person's screen."""

    text: str
    reader: str
    written_at_s: float
    seen_at_s: tuple[float, ...]
    """Empty: never; more than one: doubled."""


@dataclass(frozen=True)
class Outcome:
    """One run of a story. `crash`: why there is nothing else."""

    story: str
    checks: tuple[Check, ...] = ()
    numbers: tuple[Numbers, ...] = ()
    messages: tuple[Message, ...] = ()
    faults: tuple[str, ...] = ()
    crash: str | None = None

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=1))


def outcome(judged: Judgement) -> Outcome:
    take = judged.take
    checks = tuple(_check(target, target.measure(judged)) for target in take.story.targets)
    numbers = tuple(_numbers(judged, way) for way in judged.ways)
    return Outcome(take.story.name, checks, numbers, tuple(_messages(judged)), take.faults)


def median_checks(story: Story, outcomes: list[Outcome]) -> list[Check]:
    """For each target the median of all runs; a run without a number counts as worse than all others."""
    return [_check(target, _median(target, index, outcomes)) for index, target in enumerate(story.targets)]


def _median(target: Target, index: int, outcomes: list[Outcome]) -> float | None:
    worst = float("-inf") if target.at_least is not None else float("inf")
    values = [run.checks[index].value if run.checks else None for run in outcomes]
    middle = median(worst if value is None else value for value in values)
    return None if np.isinf(middle) else middle


def _check(target: Target, value: float | None) -> Check:
    return Check(target.name, target.words, value, target.reached(value))


def _messages(judged: Judgement) -> list[Message]:
    return [
        Message(sent.text, reader, sent.at_s, tuple(line["at"] for line in record.chat if line["text"] == sent.text))
        for sent in judged.take.sent
        for reader, record in judged.take.records.items()
        if reader != sent.by
    ]


def _numbers(judged: Judgement, way: Way) -> Numbers:
    heard, seen, ends_s = judged.hearing(*way), judged.viewing(*way), judged.story.seconds
    first_s = heard.first_heard_s()
    segments = heard.segments(first_s or 0.0, ends_s)
    delays = heard.delays(0.0, ends_s)
    return Numbers(
        *way,
        first_sound_s=first_s,
        stoi=intelligibility(segments),
        estoi=intelligibility(segments, extended=True),
        delay_median_s=float(np.median(delays)) if len(delays) else None,
        delay_p95_s=float(np.percentile(delays, 95)) if len(delays) else None,
        longest_gap_s=max((gap.length_s for gap in heard.gaps if gap.heard_at_s > (first_s or 0.0)), default=0.0),
        first_picture_s=seen.first_frame_s(),
        live_share=seen.live_share(0.0, ends_s),
        freeze_share=seen.freeze_share(0.0, ends_s),
        levels=judged.carried(*way),
        freezes=seen.freezes,
        live=seen.live,
        segments=tuple((round(each.said_at_s, 1), round(each.stoi, 3)) for each in segments),
    )
