"""The table tells medians, and neither hides a run that never came back nor one that lost a word."""

from __future__ import annotations

from dataclasses import replace

from chaos.resume.events import EVENTS
from chaos.resume.table import markdown, missed
from chaos.resume.take import Take

RELOAD = EVENTS["reload"]
GOOD = Take("reload", 0.0, 1, 0, 0.0, {"patient": 1.0, "physician": 1.5}, 1.6, 0.5, 0.1)
NEVER = replace(GOOD, back_s={"patient": 1.0, "physician": None})
FAR = replace(GOOD, rtt_ms=400.0, back_s={"patient": 4.0, "physician": 4.5})


def test_the_slower_direction_counts() -> None:
    assert "| 1.50 s |" in markdown([(RELOAD, 0.0, [GOOD])])


def test_one_run_that_never_came_back_is_seen_in_the_range() -> None:
    takes = [GOOD, GOOD, NEVER]
    assert "1.50-inf" in markdown([(RELOAD, 0.0, takes)])
    assert not missed(RELOAD, 0.0, takes)
    assert missed(RELOAD, 0.0, [GOOD, NEVER, NEVER])


def test_the_distance_decides_what_was_promised() -> None:
    assert not missed(RELOAD, 400.0, [FAR])
    assert missed(RELOAD, 0.0, [replace(FAR, rtt_ms=0.0)])


def test_a_word_lost_in_one_run_is_a_miss() -> None:
    takes = [GOOD, GOOD, replace(GOOD, lost=("'hola' is 0 times on ana's page",))]
    assert missed(RELOAD, 0.0, takes)
    assert "**in 1 runs**" in markdown([(RELOAD, 0.0, takes)])
