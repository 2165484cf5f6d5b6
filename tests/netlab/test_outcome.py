"""Medians over runs, tables and traces, on made-up runs."""

from __future__ import annotations

import json
from pathlib import Path

from netlab.outcome import Check, Outcome, median_checks
from netlab.profile import PERFECT
from netlab.report import markdown
from netlab.stories import EXCELLENT
from netlab.story import Story, Target
from netlab.timeline import steady
from netlab.trace import read_traces

STORY = Story(
    "s",
    "",
    1.0,
    steady(PERFECT),
    (Target("STOI", lambda _: None, at_least=0.9), Target("gap", lambda _: None, at_most=1)),
)


def run(stoi: float | None, gap: float | None) -> Outcome:
    return Outcome("s", tuple(Check(name, "", value, False) for name, value in (("STOI", stoi), ("gap", gap))))


def test_the_median_of_three_decides() -> None:
    stoi, gap = median_checks(STORY, [run(0.95, 0.2), run(0.5, 3), run(0.92, 0.4)])
    assert (stoi.value, stoi.reached) == (0.92, True)
    assert (gap.value, gap.reached) == (0.4, True)


def test_a_run_without_a_number_or_that_crashed_counts_as_bad() -> None:
    stoi, gap = median_checks(STORY, [run(0.95, None), run(0.96, 0.2), Outcome("s", crash="broken")])
    assert (stoi.value, stoi.reached) == (0.95, True)
    assert (gap.value, gap.reached) == (None, False)


def test_a_crash_is_in_the_table() -> None:
    table = markdown({EXCELLENT.name: [Outcome(EXCELLENT.name, crash="broken")]})
    assert "crashed" in table
    assert table.count("\n") == 3 + len(EXCELLENT.targets)


def test_traces_are_read_by_person_and_way(tmp_path: Path) -> None:
    start = {"way": "up", "start": 2, "at_s": 100.0}
    decision = {
        "rung": 1,
        "reason": "start",
        "changed": False,
        "capacity_bps": 60_000,
        "video_bps": 0,
        "queue_ms": 1.5,
        "loss": 0.1,
    }
    lines = [start, *({"sample": {"at_s": at_s}, "demand": {}, "decision": decision} for at_s in (100.1, 100.2))]
    text = "\n".join(json.dumps(line) for line in lines)
    (tmp_path / "a-b-1-up.jsonl").write_text(text + '\n{"sample": {"at')
    (tmp_path / "stranger-1-up.jsonl").write_text(text)
    traces = read_traces(tmp_path, {"a-b": "patient"}, 100.0)
    assert set(traces) == {("patient", "up")}
    assert [(round(tick.at_s, 1), tick.level) for tick in traces["patient", "up"]] == [(0.1, "V2"), (0.2, "V2")]


def test_no_traces_are_no_error(tmp_path: Path) -> None:
    assert read_traces(tmp_path / "missing", {}, 0.0) == {}
