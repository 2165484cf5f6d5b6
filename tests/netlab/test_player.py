"""The player with a stand-in for the link: steps come when they shall, and what happened is written down."""

from __future__ import annotations

import time
from threading import Event

import pytest

from netlab.player import playing
from netlab.profile import OUTAGE, PERFECT, SATELLITE, Profile
from netlab.timeline import Step, Timeline


class FakeLink:
    """Takes profiles; `enough` is set after so many."""

    def __init__(self, wanted: int) -> None:
        self.enough = Event()
        self._left = wanted

    def set(self, profile: Profile) -> float:
        self._left -= 1
        if self._left == 0:
            self.enough.set()
        return time.monotonic()


def test_steps_come_when_they_shall() -> None:
    link = FakeLink(3)
    with playing(Timeline((Step(0, PERFECT), Step(0.05, OUTAGE), Step(0.08, SATELLITE))), link.set) as player:
        assert link.enough.wait(2)
    assert [each.profile for each in player.record] == [PERFECT, OUTAGE, SATELLITE]
    offsets = [each.at_s - player.started_at_s for each in player.record]
    assert offsets == pytest.approx([0, 0.05, 0.08], abs=0.02)
    assert all(offset >= wanted for offset, wanted in zip(offsets, (0, 0.05, 0.08), strict=True))


def test_a_timeline_that_began_earlier_is_not_late() -> None:
    link = FakeLink(2)
    began_at_s = time.monotonic() - 10
    with playing(Timeline((Step(0, PERFECT), Step(10.1, OUTAGE))), link.set, began_at_s) as player:
        assert link.enough.wait(2)
    assert player.record[1].at_s - began_at_s == pytest.approx(10.1, abs=0.02)


def test_leaving_early_leaves_the_rest_out() -> None:
    link = FakeLink(1)
    with playing(Timeline((Step(0, PERFECT), Step(600, OUTAGE))), link.set) as player:
        assert link.enough.wait(2)
    assert [each.profile for each in player.record] == [PERFECT]


def test_a_link_that_is_gone_is_told_at_the_end() -> None:
    def gone(profile: Profile) -> float:
        raise RuntimeError("the link emulator ended")

    with pytest.raises(RuntimeError, match="ended"), playing(Timeline((Step(0, PERFECT),)), gone):
        pass
