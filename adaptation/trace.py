"""Traces: what a direction saw and decided, as JSON lines, so that it can be decided again.

First line {"way", "start", "at_s"}, then per tick {"sample", "demand", "decision"}. Floats have 6 digits.
"""

from __future__ import annotations

from collections.abc import Iterable

from adaptation.decision import Decision
from adaptation.direction import Way
from adaptation.sample import Demand, Sample


def encode_start(way: Way, start: int, at_s: float) -> str:
    """The first line of a trace, without a line end: how the `Direction` was made."""
    raise NotImplementedError


def encode(sample: Sample, demand: Demand, decision: Decision) -> str:
    """One tick as a line, without a line end."""
    raise NotImplementedError


def decode(line: str) -> tuple[Sample, Demand, Decision]:
    """One tick back. ValueError when it is none."""
    raise NotImplementedError


def replay(lines: Iterable[str]) -> list[Decision]:
    """Decide a trace again, from its first line on."""
    raise NotImplementedError
