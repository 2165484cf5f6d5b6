"""What was once decided is decided again, byte for byte.

`python -m tests.adaptation.record` writes the traces anew; do that only with rules that were changed on purpose.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from adaptation.decision import Decision, Protection
from adaptation.rungs import V1
from adaptation.sample import ClientReport, Demand, Sample
from adaptation.trace import Recorded, decode, decode_start, encode, encode_start, replay, rewrite
from tests.adaptation.stories import RECORDED

TRACES = Path(__file__).parent / "traces"
RECORDINGS = sorted(TRACES.glob("*.jsonl"))


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_a_trace_replays_to_the_same_bytes(path: Path) -> None:
    lines = path.read_text().splitlines()
    assert rewrite(lines) == lines


def test_every_story_that_should_be_recorded_is() -> None:
    assert {path.stem for path in RECORDINGS} >= set(RECORDED)


@pytest.mark.parametrize("name", ["broadband-down", "edge-up"])
def test_the_simulation_is_deterministic(name: str) -> None:
    assert RECORDED[name]().lines == (TRACES / f"{name}.jsonl").read_text().splitlines()


def test_a_tick_survives_writing_and_reading() -> None:
    report = ClientReport(1000, 5000, 16, 1, 1000, 60, 80, 0, None)
    sample = Sample(12.1, ((1.0, 2.5, 100), (1.1, 2.6, 90)), 300, None, 3, 1, 0.2, 0.05, report)
    demand = Demand(ceiling=1, carried=2, voices=2)
    decision = Decision(V1, "lossy", True, 120_000, 80_000, 12.5, 0.25, protection=Protection(duplicate=True))
    assert decode(encode(sample, demand, decision)) == (sample, demand, decision)


def test_a_recorded_direction_replays_to_its_own_decisions() -> None:
    lines: list[str] = []
    recorded = Recorded("up", V1, 1 / 3, lines.append)
    made = [
        recorded.step(
            Sample(1 / 3 + i / 10, ((i / 30, i / 30 + 1 / 7, 200),), received_bytes=200, expected=1), Demand()
        )
        for i in range(1, 100)
    ]
    assert [d.rung for d in replay(lines)] == [d.rung for d in made]
    assert rewrite(lines) == lines


def test_floats_have_six_digits() -> None:
    line = encode(Sample(1 / 3), Demand(), Decision(0, "start", False, 1, 1, 1 / 3, 2 / 3))
    assert '"at_s":0.333333}' in line
    assert '"loss":0.666667' in line
    assert encode_start("down", 3, 1 / 3) == '{"way":"down","start":3,"at_s":0.333333}'


@pytest.mark.parametrize("line", ["", "{", "[]", "{}", '{"sample":{"nobody":1},"demand":{},"decision":{}}'])
def test_lines_that_are_no_trace_are_refused(line: str) -> None:
    with pytest.raises(ValueError):
        decode(line)
    with pytest.raises(ValueError):
        decode_start(line)


def test_blank_lines_are_skipped() -> None:
    lines = (TRACES / "edge-up.jsonl").read_text().splitlines()[:5]
    assert len(replay([*lines, "", "\n"])) == 4
