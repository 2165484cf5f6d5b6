"""Runs into medians, medians into a table to read and JSON to keep."""

from __future__ import annotations

import platform
import statistics
from collections.abc import Callable
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bench.load import Seen

LATE_MS = 5.0
"""A load generator later than this at its 99th percentile measured itself: its run is flagged."""

FIGURES: dict[str, tuple[Callable[[Seen], float], str]] = {
    "CPU us/packet": (lambda seen: seen.server_cpu_s / max(1, seen.forwarded) * 1e6, ".1f"),
    "CPU %/call": (lambda seen: 100 * seen.server_cpu_s / seen.window_s / seen.calls, ".3f"),
    "CPU % of a core": (lambda seen: 100 * seen.server_cpu_s / seen.window_s, ".1f"),
    "loss %": (lambda seen: 100 * (1 - seen.forwarded / max(1, seen.sent)), ".3f"),
    "p50 ms": (lambda seen: seen.latency_p50_ms, ".2f"),
    "p99 ms": (lambda seen: seen.latency_p99_ms, ".2f"),
    "RSS MB": (lambda seen: seen.rss_bytes / 1e6, ".1f"),
    "load late p99 ms": (lambda seen: seen.late_p99_ms, ".2f"),
}

RATIO_LIMITS = {20: 0.8, 100: 0.5}
OUR_LIMITS = {20: ("p99 ms", 5.0), 100: ("loss %", 0.5)}


class Report(BaseModel):
    model_config = ConfigDict(frozen=True)

    machine: str
    libraries: dict[str, str]
    runs: list[Seen]


def machine() -> str:
    models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    name = models[0].split(":")[1].strip() if models else platform.machine()
    return f"{len(models)} x {name}, Linux {platform.release()}, Python {platform.python_version()}"


def line(seen: Seen) -> str:
    """One run in one line."""
    figures = ", ".join(f"{name} {_format(name, get(seen))}" for name, (get, _) in FIGURES.items())
    return f"{seen.server} {seen.calls} calls: {figures}{' LOAD LATE' if is_late(seen) else ''}"


def is_late(seen: Seen) -> bool:
    return seen.late_p99_ms > LATE_MS


def table(runs: list[Seen]) -> str:
    """A markdown table of medians: one row per number of calls and server, with the ratio ours / Janus."""
    rows = ["| calls | server | runs (late) | " + " | ".join(FIGURES) + " | ratio |"]
    rows.append("| ---: | --- | ---: |" + " ---: |" * (len(FIGURES) + 1))
    for calls in sorted({seen.calls for seen in runs}):
        rows += [
            _row(runs, calls, server) for server in dict.fromkeys(seen.server for seen in runs if seen.calls == calls)
        ]
    return "\n".join(rows)


def verdicts(runs: list[Seen]) -> str:
    """The targets that these runs can tell of, and whether they are met."""
    told = []
    for calls, limit in RATIO_LIMITS.items():
        ours, janus = (_cpu(_of(runs, calls, server)) for server in ("hilo", "janus"))
        if ours and janus:
            told.append(_verdict(f"CPU ratio at {calls} calls", ours / janus, limit))
    for calls, (figure, limit) in OUR_LIMITS.items():
        chosen = _of(runs, calls, "hilo")
        if chosen:
            told.append(_verdict(f"{figure} at {calls} calls", _median(figure, chosen), limit))
    return "\n".join(told)


def _verdict(name: str, value: float, limit: float) -> str:
    return f"- {name}: {value:.2f}, at most {limit:.2f}: {'met' if value <= limit else 'MISSED'}"


def _row(runs: list[Seen], calls: int, server: str) -> str:
    chosen = _of(runs, calls, server)
    figures = [_format(name, _median(name, chosen)) for name in FIGURES]
    ours, janus = (_cpu(_of(runs, calls, name)) for name in ("hilo", "janus"))
    ratio = f"{ours / janus:.2f}" if server == "hilo" and ours and janus else ""
    return f"| {calls} | {server} | {len(chosen)} ({sum(map(is_late, chosen))}) | {' | '.join(figures)} | {ratio} |"


def _of(runs: list[Seen], calls: int, server: str) -> list[Seen]:
    return [seen for seen in runs if (seen.calls, seen.server) == (calls, server)]


def _cpu(runs: list[Seen]) -> float:
    return _median("CPU us/packet", runs) if runs else 0.0


def _median(figure: str, runs: list[Seen]) -> float:
    return statistics.median(map(FIGURES[figure][0], runs))


def _format(name: str, value: float) -> str:
    return format(value, FIGURES[name][1])
