"""Every event once, at loopback and within four times what is promised: does each path back still work?

The numbers that a release has to reach are measured by `make resume`; these bounds hold on a busy machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from chaos.resume.events import EVENTS, forgotten, link_dead
from chaos.resume.scene import scene
from chaos.resume.take import perform
from e2e.chromium import CHROMIUM
from e2e.conftest import needs, needs_root

pytestmark = pytest.mark.e2e

TIMES = 4.0
SHORT_S = 5.0
SHORTER = {"dead": link_dead(SHORT_S), "dark": forgotten(SHORT_S)}
NEAR_MS = 0.0


@pytest.fixture
def short() -> Iterator[Path]:
    """pytest's own path is too long for the unix socket in it."""
    with TemporaryDirectory(prefix="resume-") as directory:
        yield Path(directory)


async def test_every_event_once(short: Path) -> None:
    needs_root()
    needs(CHROMIUM)
    missed: list[str] = []
    async with scene(short, NEAR_MS) as stage:
        for event in EVENTS.values():
            one = replace(event, act=SHORTER.get(event.name, event.act), pairs=1)
            (take,) = await perform(one, stage, NEAR_MS, run=1, reload=event.name == "all")
            missed += [f"{event.name}: {each}" for each in take.lost]
            over = [target for target in event.targets if take.over(target, TIMES)]
            missed += [f"{event.name}: {each.measure} after {take.value_s(each.measure):.1f} s" for each in over]
    assert missed == []
