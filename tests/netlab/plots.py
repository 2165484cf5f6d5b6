"""A take over time as one picture: the link and its use, the estimate, the rungs, loss, delay, video."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from operator import attrgetter
from pathlib import Path
from typing import Final

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from netlab.counters import LinkCounters, PathCounters
from netlab.judgement import NAMES, Judgement
from netlab.profile import Path as LinkPath

WAYS: Final = ("down", "up")
BESIDE: Final = {"two": "patient", "three": "companion", "two calls": "patient"}
"""Who sits behind the link."""
SMOOTH_COUNTS: Final = 4

mpl.use("Agg")


def plot(judged: Judgement, path: Path) -> Path:
    """Two columns: towards the one behind the link, and from there."""
    rows: tuple[tuple[str, Callable[[Axes, Judgement, str], None]], ...] = (
        ("kbit/s", _rates), ("rung", _rungs), ("lost, %", _loss), ("queue, ms", _queue),
        ("mouth to ear, s", _delay), ("frames/s", _frames),
    )  # fmt: skip
    figure = Figure(figsize=(15, 2.3 * len(rows)), layout="constrained")
    axes = figure.subplots(len(rows), len(WAYS), sharex=True)
    for row, (label, draw) in zip(axes, rows, strict=True):
        for axis, way in zip(row, WAYS, strict=True):
            draw(axis, judged, way)
            axis.set_ylabel(label)
            axis.grid(alpha=0.3)
            axis.set_xlim(0, judged.story.seconds)
            if axis.get_legend_handles_labels()[0]:
                axis.legend(fontsize=7, loc="upper right")
    for axis, way in zip(axes[0], WAYS, strict=True):
        axis.set_title(f"{judged.story.name}: {way} of the {BESIDE[judged.story.cast]}")
    for axis in axes[-1]:
        axis.set_xlabel("seconds since the admission")
    figure.savefig(path, dpi=80)
    return path


def _rates(axis: Axes, judged: Judgement, way: str) -> None:
    ends_s = judged.story.seconds
    grid = np.arange(0, ends_s, 0.25)
    rates = [_path(judged, at_s, way) for at_s in grid]
    axis.step(grid, [(path.rate_bps or np.nan) / 1000 * (not path.down) for path in rates], "k", label="link")
    for what, colour in (("came_bytes", "tab:orange"), ("delivered_bytes", "tab:blue")):
        times, values = _per_s(judged.take.counters, way, attrgetter(what))
        axis.plot(times, values * 8 / 1000, colour, lw=1, label=what.replace("_bytes", ""))
    ticks = judged.take.traces.get((BESIDE[judged.story.cast], way), ())
    axis.plot(
        [tick.at_s for tick in ticks], [tick.capacity_bps / 1000 for tick in ticks], "tab:green", label="estimate"
    )
    top = max([path.rate_bps or 0 for path in rates] + [100_000]) / 1000
    axis.set_ylim(0, min(1.3 * top, 900))


def _rungs(axis: Axes, judged: Judgement, way: str) -> None:
    levels = judged.levels(BESIDE[judged.story.cast], way)
    times = [at_s for at_s, _ in levels] + [judged.story.seconds]
    places = [NAMES.index(level) for _, level in levels]
    if places:
        axis.step(times, [*places, places[-1]], "tab:red", where="post")
    axis.set_yticks(range(len(NAMES)), NAMES)
    axis.set_ylim(len(NAMES) - 0.5, -0.5)


def _loss(axis: Axes, judged: Judgement, way: str) -> None:
    times, came = _per_s(judged.take.counters, way, lambda path: path.came_packets)
    _, lost = _per_s(judged.take.counters, way, lambda path: sum(path.dropped.values()))
    axis.plot(times, 100 * lost / np.maximum(came, 1e-9), "tab:blue", lw=1, label="link")
    ticks = judged.take.traces.get((BESIDE[judged.story.cast], way), ())
    axis.plot([tick.at_s for tick in ticks], [100 * tick.loss for tick in ticks], "tab:green", label="estimate")
    axis.set_ylim(0, 50)


def _queue(axis: Axes, judged: Judgement, way: str) -> None:
    counters = judged.take.counters
    axis.plot([each.at_s for each in counters], [getattr(each, way).queue_ms for each in counters], lw=1, label="link")
    ticks = judged.take.traces.get((BESIDE[judged.story.cast], way), ())
    axis.plot([tick.at_s for tick in ticks], [tick.queue_ms for tick in ticks], "tab:green", label="estimate")


def _delay(axis: Axes, judged: Judgement, way: str) -> None:
    for speaker, listener in _directions(judged, way):
        heard = judged.hearing(speaker, listener)
        axis.plot(heard.alignment.said_at_s, heard.alignment.delay_s, ".", ms=3, label=f"{speaker} to {listener}")
        for gap in heard.gaps:
            if gap.length_s >= 0.3:
                axis.axvspan(gap.heard_at_s, gap.heard_at_s + gap.length_s, color="tab:red", alpha=0.15, lw=0)
    axis.set_ylim(bottom=0)


def _frames(axis: Axes, judged: Judgement, way: str) -> None:
    for speaker, listener in _directions(judged, way):
        seen = judged.viewing(speaker, listener)
        counts, edges = np.histogram(seen.frames_s, np.arange(0, judged.story.seconds + 1, 1.0))
        axis.step(edges[:-1], counts, where="post", lw=1, label=f"{speaker} to {listener}")
        for first, last in seen.live:
            axis.axvspan(first, last, color="tab:green", alpha=0.06, lw=0)
        for first, last in seen.freezes:
            axis.axvspan(first, last, color="tab:red", alpha=0.3, lw=0)


def _directions(judged: Judgement, way: str) -> list[tuple[str, str]]:
    person = BESIDE[judged.story.cast]
    return [each for each in judged.ways if each[1 if way == "down" else 0] == person]


def _path(judged: Judgement, at_s: float, way: str) -> LinkPath:
    path: LinkPath = getattr(judged.story.link.at(float(at_s)), way)
    return path


def _per_s(
    counters: tuple[LinkCounters, ...], way: str, count: Callable[[PathCounters], float]
) -> tuple[np.ndarray, np.ndarray]:
    """How fast a counter grows, smoothed over a second."""
    times, rates = [], []
    for before, after in pairwise(counters[::SMOOTH_COUNTS]):
        times.append((before.at_s + after.at_s) / 2)
        rates.append((count(getattr(after, way)) - count(getattr(before, way))) / max(1e-3, after.at_s - before.at_s))
    return np.array(times), np.array(rates)
