"""A run can be repeated from its seed, and troubles that overlap are one."""

from __future__ import annotations

from chaos.bounds import BOUNDS, spells
from chaos.history import Happened
from chaos.plan import LASTS_S, WEIGHTS, plan, short


def test_the_same_seed_gives_the_same_faults() -> None:
    assert plan(7, 50) == plan(7, 50)


def test_another_seed_gives_others() -> None:
    assert plan(7, 50) != plan(8, 50)


def test_every_kind_comes_once_before_any_comes_twice() -> None:
    assert {fault.kind for fault in plan(1, len(WEIGHTS))} == set(WEIGHTS)


def test_a_run_of_some_kinds_has_no_others() -> None:
    assert {fault.kind for fault in plan(1, 9, ("kill-media", "reload"))} == {"kill-media", "reload"}


def test_every_kind_has_a_bound() -> None:
    assert set(BOUNDS) == set(WEIGHTS) >= set(LASTS_S)


def test_nothing_lasts_longer_in_a_short_run() -> None:
    assert max(fault.lasts_s for fault in short(plan(1, 50), 2.0)) <= 2.0


def test_a_fault_in_the_recovery_of_another_belongs_to_it() -> None:
    first, second, third = (Happened(n, "kill-media", "", at, at) for n, at in ((1, 10), (2, 15), (3, 40)))
    assert [spell.faults for spell in spells([third, first, second], "room")] == [(first, second), (third,)]


def test_a_fault_of_one_consultation_troubles_no_other() -> None:
    fault = Happened(1, "block-page", "", 10, 12, "room")
    assert spells([fault], "other") == []
    assert len(spells([fault], "room")) == 1
