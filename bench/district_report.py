"""Runs of `bench.district` into a table of medians, and whether the targets are met."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict

from bench.disturbance import Disturbance

LAST_S = 10.0
AUDIBLE_MS = 100.0
"""A packet that is later makes a hole in the sound that the usual jitter buffer does not hide."""


class Percentiles(BaseModel):
    """Seconds."""

    model_config = ConfigDict(frozen=True)

    p50: float
    p95: float
    worst: float


class Seen(BaseModel):
    """One run. Times of clients are from their own first try, `last_s` from the power's return; CPU in % of a core."""

    model_config = ConfigDict(frozen=True)

    served: int
    never: int
    last_s: float
    tries: float
    welcome: Percentiles
    answer: Percentiles
    media: Percentiles
    heard: Percentiles
    quiet: Disturbance
    storm: Disturbance
    quiet_cpu: dict[str, float]
    storm_cpu: dict[str, float]
    load_cpu: float
    kb_per_idle_seat: float
    signaling_mb: float


class Report(BaseModel):
    model_config = ConfigDict(frozen=True)

    machine: str
    plan: dict[str, Any]
    runs: list[Seen]


_CLIENTS: dict[str, Callable[[Seen], Percentiles]] = {
    "welcome": lambda seen: seen.welcome,
    "answer": lambda seen: seen.answer,
    "media path": lambda seen: seen.media,
    "hears the other": lambda seen: seen.heard,
}
_SOUND: dict[str, Callable[[Disturbance], float]] = {
    "longest gap between packets, ms": lambda sound: sound.longest_gap_ms,
    "of it the load's own, ms": lambda sound: sound.longest_sent_gap_ms,
    "latency p99, ms": lambda sound: sound.p99_ms,
    "latency worst, ms": lambda sound: sound.worst_ms,
    "packets lost": lambda sound: sound.lost,
    "of packets": lambda sound: sound.sent,
}


def percentiles(values: Iterable[float]) -> Percentiles:
    ranked = sorted(values) or [float("nan")]
    return Percentiles(p50=ranked[len(ranked) // 2], p95=ranked[int(0.95 * len(ranked))], worst=ranked[-1])


def line(seen: Seen) -> str:
    """One run in one line."""
    return (
        f"last served after {seen.last_s:.2f} s, {seen.never} never; hears p50 {seen.heard.p50:.2f} s, "
        f"p95 {seen.heard.p95:.2f} s; {seen.tries:.2f} tries; sound at worst {seen.quiet.worst_ms:.0f} -> "
        f"{seen.storm.worst_ms:.0f} ms late, {seen.storm.lost} lost; "
        f"{seen.kb_per_idle_seat:.0f} kB a seat; CPU {_shares(seen.storm_cpu)}, load {seen.load_cpu:.0f} %"
    )


def table(runs: list[Seen]) -> str:
    """Markdown: medians over the runs."""

    def median(get: Callable[[Seen], float]) -> float:
        return statistics.median(map(get, runs))

    rows = ["| clients that return | p50 s | p95 s | last s |", "| --- | ---: | ---: | ---: |"]
    for name, of in _CLIENTS.items():
        p50, p95, worst = (median(lambda seen, of=of, at=at: getattr(of(seen), at)) for at in ("p50", "p95", "worst"))  # type: ignore[misc]
        rows.append(f"| {name} | {p50:.2f} | {p95:.2f} | {worst:.2f} |")
    rows.append(f"| all served, from the power's return | | | {median(lambda seen: seen.last_s):.2f} |")
    rows += ["", "| sound of running calls | before | meanwhile |", "| --- | ---: | ---: |"]
    for name, figure in _SOUND.items():
        before = median(lambda seen, figure=figure: figure(seen.quiet))  # type: ignore[misc]
        meanwhile = median(lambda seen, figure=figure: figure(seen.storm))  # type: ignore[misc]
        rows.append(f"| {name} | {before:.1f} | {meanwhile:.1f} |")
    rows += ["", "| CPU, % of a core | before | meanwhile |", "| --- | ---: | ---: |"]
    for role in runs[0].storm_cpu:
        before = median(lambda seen, role=role: seen.quiet_cpu[role])  # type: ignore[misc]
        meanwhile = median(lambda seen, role=role: seen.storm_cpu[role])  # type: ignore[misc]
        rows.append(f"| {role} | {before:.1f} | {meanwhile:.1f} |")
    rows.append(f"| the load itself | | {median(lambda seen: seen.load_cpu):.1f} |")
    rows.append(f"\nAn idle seat takes {median(lambda seen: seen.kb_per_idle_seat):.0f} kB of signaling's memory, ")
    return "\n".join(rows) + f"which is {median(lambda seen: seen.signaling_mb):.0f} MB in all. {len(runs)} runs."


def verdicts(runs: list[Seen]) -> str:
    """The targets."""
    last, never = statistics.median(seen.last_s for seen in runs), sum(seen.never for seen in runs)
    late = statistics.median(seen.storm.worst_ms for seen in runs)
    lost = statistics.median(seen.storm.lost for seen in runs)
    return "\n".join(
        (
            f"- all served within {LAST_S:.0f} s: {last:.2f} s, {never} never: {_met(last <= LAST_S and not never)}",
            f"- no voice packet of running calls {AUDIBLE_MS:.0f} ms late or lost: {late:.0f} ms, {lost:.0f} packets: "
            f"{_met(late < AUDIBLE_MS and not lost)}",
        )
    )


def _shares(cpu: dict[str, float]) -> str:
    return ", ".join(f"{role} {share:.0f} %" for role, share in cpu.items())


def _met(is_met: bool) -> str:
    return "met" if is_met else "MISSED"
