"""Two stories cut short, with tolerant bounds: does the ladder hold a call that a falling link would break?

The numbers that a release has to reach are in stories.py; they need a machine that does nothing else. These
hold on a busy one.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from e2e.chromium import CHROMIUM
from e2e.conftest import needs, needs_root
from netlab.judgement import Judgement
from netlab.measures import rungs, sound, words
from netlab.measures.over import Over
from netlab.outcome import outcome
from netlab.speech import ESPEAK
from netlab.stories import STORIES
from netlab.story import Story, Target, link
from netlab.take import perform
from netlab.timeline import change

pytestmark = pytest.mark.e2e

FALL_S = 18.0
STARVED_S = 12.0

FALLING = Story(
    "falling", "600 kbit/s, from 18 s on 60 kbit/s", FALL_S + 14,
    change(link(600, 600, 100, queue_ms=500), FALL_S, link(60, 60, 100, queue_ms=500)),
    (
        Target("longest gap, s", sound.longest_gap_s(Over(FALL_S)), at_most=3),
        Target("rung fits after, s", rungs.fits_s(60_000, FALL_S), at_most=6),
        Target("STOI", sound.speech(Over(FALL_S + 4)), at_least=0.7),
        Target("delay under 1 s after, s", sound.delay_back_s(1.0, FALL_S), at_most=10),
    ),
)  # fmt: skip
STARVING = Story(
    "starving", "60 kbit/s, from 12 s on 12 kbit/s", STARVED_S + 18,
    change(link(60, 60, 300, queue_ms=1000), STARVED_S, link(12, 12, 300, queue_ms=1000)),
    (
        Target("text after, s", rungs.falls_to_s("T", STARVED_S), at_most=12),
        Target("messages lost", words.messages_lost, at_most=0),
        Target("messages doubled", words.messages_doubled, at_most=0),
        Target("slowest message on text, s", words.slowest_message_on_text_s(STARVED_S), at_most=12),
    ),
    chats=True,
)  # fmt: skip


@pytest.mark.parametrize("story", [FALLING, STARVING], ids=lambda story: story.name)
async def test_short_story(story: Story, tmp_path: Path) -> None:
    needs_root()
    for program in (CHROMIUM, ESPEAK):
        needs(program)
    run = outcome(Judgement(await perform(story, tmp_path)))
    assert [check for check in run.checks if not check.reached] == []
    assert run.faults == ()


def test_every_target_has_one_bound() -> None:
    for story in STORIES.values():
        for target in story.targets:
            assert (target.at_least is None) != (target.at_most is None), f"{story.name}: {target.name}"
