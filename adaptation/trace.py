"""Traces: what a direction saw and decided, as JSON lines, so that it can be decided again.

First line {"way", "start", "at_s"}, then per tick {"sample", "demand", "decision"}; fields that have their default are
left out. Floats are rounded to 6 digits, so `Recorded` steps its direction with the rounded sample: only then the lines
replay to their own decisions.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, fields, replace
from typing import Any, cast

from adaptation.decision import Decision, Protection
from adaptation.direction import Direction, Way
from adaptation.sample import ClientReport, Demand, Sample

DIGITS = 6


def encode_start(way: Way, start: int, at_s: float) -> str:
    """The first line of a trace, without a line end: how the `Direction` was made."""
    return _line({"way": way, "start": start, "at_s": round(at_s, DIGITS)})


def encode(sample: Sample, demand: Demand, decision: Decision) -> str:
    """One tick as a line, without a line end."""
    return _line({"sample": _told(sample), "demand": _told(demand), "decision": _told(decision)})


def decode(line: str) -> tuple[Sample, Demand, Decision]:
    """One tick back. ValueError when it is none."""
    try:
        tick = json.loads(line)
        return _sample(tick["sample"]), Demand(**tick["demand"]), _decision(tick["decision"])
    except (TypeError, KeyError) as error:
        raise ValueError(f"not a tick of a trace: {error}") from error


def decode_start(line: str) -> Direction:
    """The direction that a trace's first line describes. ValueError when it is none."""
    try:
        first = json.loads(line)
        return Direction(cast(Way, first["way"]), int(first["start"]), float(first["at_s"]))
    except (TypeError, KeyError) as error:
        raise ValueError(f"not the start of a trace: {error}") from error


def rounded(sample: Sample) -> Sample:
    """What a trace keeps of a sample. A direction must be stepped with it, or its trace replays to something else."""
    return _sample(_told(sample))


class Recorded:
    """A direction that writes its trace: steps like `Direction`, each line (without its end) goes to `write`."""

    def __init__(self, way: Way, start: int, at_s: float, write: Callable[[str], object]) -> None:
        self.direction = Direction(way, start, round(at_s, DIGITS))
        self._write = write
        write(encode_start(way, start, at_s))

    def step(self, sample: Sample, demand: Demand) -> Decision:
        sample = rounded(sample)
        decision = self.direction.step(sample, demand)
        self._write(encode(sample, demand, decision))
        return decision


def replay(lines: Iterable[str]) -> list[Decision]:
    """Decide a trace again, from its first line on."""
    return [decision for _, decision in _replay(lines)]


def rewrite(lines: Iterable[str]) -> list[str]:
    """The trace as the present rules would have written it; the same lines if nothing of the rules changed."""
    lines = list(lines)
    ticks = [encode(*tick) for tick in _ticks(lines)]
    return [lines[0].rstrip("\n"), *ticks]


def _ticks(lines: Iterable[str]) -> Iterator[tuple[Sample, Demand, Decision]]:
    for (sample, demand), decision in _replay(lines):
        yield sample, demand, decision


def _replay(lines: Iterable[str]) -> Iterator[tuple[tuple[Sample, Demand], Decision]]:
    rest = iter(lines)
    direction = decode_start(next(rest, ""))
    for line in rest:
        if line.strip():
            sample, demand, _ = decode(line)
            yield (sample, demand), direction.step(sample, demand)


def _decision(told: dict[str, Any]) -> Decision:
    return Decision(**{**told, "protection": Protection(**told.get("protection", {}))})


def _sample(told: dict[str, Any]) -> Sample:
    sample = Sample(**told)
    passages = tuple([(float(sent), float(arrived), int(size)) for sent, arrived, size in sample.passages])
    report = told.get("report")
    return replace(sample, passages=passages, report=ClientReport(**report) if report else None)


def _told(value: Sample | Demand | Decision) -> dict[str, Any]:
    kept = {f.name: getattr(value, f.name) for f in fields(value) if getattr(value, f.name) != f.default}
    for name in ("report", "protection"):
        if name in kept:
            kept[name] = asdict(kept[name])
    return cast(dict[str, Any], _rounded(kept))


def _rounded(value: Any) -> Any:
    match value:
        case float():
            return round(value, DIGITS)
        case dict():
            return {key: _rounded(item) for key, item in value.items()}
        case list() | tuple():
            return [_rounded(item) for item in value]
        case _:
            return value


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"))
