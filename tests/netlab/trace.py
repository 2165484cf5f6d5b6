"""What the server's estimators saw and decided, read from the traces that a media process writes."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adaptation.rungs import LADDER


@dataclass(frozen=True)
class Tick:
    """One decision."""

    at_s: float
    """Since the story's start."""
    level: str
    reason: str
    capacity_bps: int
    video_bps: int
    queue_ms: float
    loss: float
    padding_bps: int
    shadow: bool


def read_traces(
    directory: Path, people: dict[str, str], started_at_s: float
) -> dict[tuple[str, str], tuple[Tick, ...]]:
    """By person and way, in order of time. `people` names the seats; `started_at_s` is on the monotonic clock."""
    found: dict[tuple[str, str], list[Tick]] = defaultdict(list)
    for path in sorted(directory.glob("*.jsonl")) if directory.exists() else ():
        participant, *_, way = path.stem.rsplit("-", 2)
        if participant in people:
            found[people[participant], way] += _ticks(path, started_at_s)
    return {key: tuple(sorted(ticks, key=lambda tick: tick.at_s)) for key, ticks in found.items()}


def _ticks(path: Path, started_at_s: float) -> Iterator[Tick]:
    for line in path.read_text().splitlines():
        entry = _parsed(line)
        if "decision" not in entry:
            continue  # the first line, or one that the end of the process cut short
        decision = entry["decision"]
        yield Tick(
            at_s=entry["sample"]["at_s"] - started_at_s,
            level=LADDER[decision["rung"]].name,
            reason=decision["reason"],
            capacity_bps=decision["capacity_bps"],
            video_bps=decision["video_bps"],
            queue_ms=decision["queue_ms"],
            loss=decision["loss"],
            padding_bps=decision.get("padding_bps", 0),
            shadow=decision.get("shadow", False),
        )


def _parsed(line: str) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}
