"""The line and its estimates: stories first, then what holds for every line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.intake.estimate import Attendance, Expected, InCall, Lateness, Wait, lateness, waits
from clinic.intake.line import Line, Visitor, line_of
from clinic.intake.pace import Finished, Pace, pace_of

NINE = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
PLANNED = timedelta(minutes=20)
AS_PLANNED = pace_of(())
HERE = Attendance(here=True)
AWAY = Attendance(here=False)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def visitor(name: str, starts: float = 0, arrived: float = -10, **more: Any) -> Visitor:
    """Minutes after nine."""
    begins = NINE + minutes(starts)
    return Visitor(name, more.pop("physician", "paz"), begins, begins + PLANNED, NINE + minutes(arrived), **more)


def line(*visitors: Visitor, urgent_first: bool = False) -> Line:
    return line_of("paz", visitors, urgent_first=urgent_first)


def names(of: Line) -> str:
    return "".join(each.appointment for each in of.visitors)


def finished(*took: float) -> list[Finished]:
    ends = [NINE + minutes(60 * n) for n in range(len(took))]
    return [Finished(PLANNED, end - minutes(each), end) for end, each in zip(ends, took, strict=True)]


def test_the_line_goes_by_appointment_then_arrival() -> None:
    early, late, same = visitor("a", 0, 40), visitor("b", 20, -5), visitor("c", 20, -9)
    other = visitor("x", -60, physician="gil")
    assert names(line(late, early, other, same)) == "acb"
    assert line(early, same).place("c") == 2
    assert line(early).place("x") is None


def test_who_is_urgent_goes_first_only_if_the_physician_wants_it() -> None:
    waiting = visitor("a"), visitor("b", 20, urgent=True), visitor("c", 40, urgent=True)
    assert names(line(*waiting)) == "abc"
    assert names(line(*waiting, urgent_first=True)) == "bca"


@pytest.mark.parametrize(
    ("took", "typical"),
    [
        ((), 1.0),
        ((20, 20, 20), 1.0),
        ((40,), 1.25),
        ((40, 40, 40), 1.5),
        ((20, 20, 20, 20, 180), 1.0),
        ((10,) * 5 + (30,) * 7, 1.35),
        ((1, 1, 1), 0.625),
    ],
)
def test_the_pace_of_today(took: tuple[float, ...], typical: float) -> None:
    assert pace_of(finished(*took)).typical == pytest.approx(typical)


def test_the_next_one_and_who_comes_after() -> None:
    waiting = line(visitor("a"), visitor("b", 20), visitor("c", 40))
    assert waits(waiting, HERE, (), AS_PLANNED, NINE) == (Wait(0, 5), Wait(10, 30), Wait(25, 55))


def test_a_call_that_goes_on_is_waited_for() -> None:
    waiting = line(visitor("a"))
    for began, wait in ((0, Wait(10, 30)), (-10, Wait(0, 20)), (-60, Wait(0, 5))):
        in_call = Attendance(here=True, in_call=InCall(NINE + minutes(began), PLANNED))
        assert waits(waiting, in_call, (), AS_PLANNED, NINE) == (wait,)


def test_who_comes_early_may_be_called_early_or_at_the_time() -> None:
    assert waits(line(visitor("a", 30)), HERE, (), AS_PLANNED, NINE) == (Wait(0, 30),)


def test_who_has_not_come_yet_may_still_come_before() -> None:
    missing = [Expected("x", NINE - minutes(5), NINE + minutes(15)), Expected("y", NINE + minutes(60), NINE)]
    assert waits(line(visitor("a")), HERE, missing, AS_PLANNED, NINE) == (Wait(0, 30),)


def test_who_is_put_first_is_not_held_to_a_later_time() -> None:
    waiting = line(visitor("a"), visitor("b", 60, urgent=True), urgent_first=True)
    assert waits(waiting, HERE, (), AS_PLANNED, NINE) == (Wait(0, 5), Wait(10, 30))


def test_nobody_knows_while_the_physician_is_away_and_says_nothing() -> None:
    waiting = line(visitor("a"), visitor("b", 20))
    assert waits(waiting, AWAY, (), AS_PLANNED, NINE + minutes(10)) == (None, None)
    back = replace(AWAY, back_at=NINE + minutes(30))
    assert waits(waiting, back, (), AS_PLANNED, NINE + minutes(10))[0] == Wait(20, 25)
    assert waits(waiting, AWAY, (), AS_PLANNED, NINE - minutes(10))[0] == Wait(10, 15)


@pytest.mark.parametrize(
    ("attendance", "now", "late"),
    [
        (HERE, 0, None),
        (HERE, 4, None),
        (HERE, 7, Lateness(10, physician_here=True)),
        (AWAY, 21, Lateness(25, physician_here=False)),
        (replace(AWAY, back_at=NINE + minutes(30)), 21, Lateness(25, False, NINE + minutes(30))),
        (replace(AWAY, back_at=NINE + minutes(20)), 21, Lateness(25, physician_here=False)),
    ],
)
def test_a_late_physician_is_said_to_be_late(attendance: Attendance, now: float, late: Lateness | None) -> None:
    assert lateness(line(visitor("a"), visitor("b", 20)), attendance, NINE + minutes(now)) == late


def test_who_comes_late_makes_nobody_late() -> None:
    assert lateness(line(visitor("a", 0, 40)), HERE, NINE + minutes(44)) is None
    assert lateness(line(visitor("a", 0, 40)), HERE, NINE + minutes(50)) == Lateness(10, physician_here=True)


def test_nobody_is_late_for_nobody() -> None:
    assert lateness(line(), AWAY, NINE) is None
    assert waits(line(), HERE, (), AS_PLANNED, NINE) == ()


spans = st.integers(-180, 300)
visitors = st.lists(
    st.builds(
        lambda name, starts, length, arrived, urgent: Visitor(
            name, "paz", NINE + minutes(starts), NINE + minutes(starts + length), NINE + minutes(arrived), urgent
        ),
        st.uuids().map(str), spans, st.integers(0, 120), spans, st.booleans(),
    ),
    max_size=12,
)  # fmt: skip
missing_ones = st.lists(
    st.builds(lambda n, at: Expected(str(n), NINE + minutes(at), NINE + minutes(at + 20)), st.integers(), spans)
)
paces = st.lists(st.floats(0, 600), max_size=12).map(lambda took: pace_of(finished(*took)))
calls = st.none() | st.builds(lambda at, long: InCall(NINE + minutes(at), minutes(long)), spans, st.integers(0, 120))
backs = st.none() | spans.map(lambda at: NINE + minutes(at))
attendances = st.builds(Attendance, here=st.booleans(), in_call=calls, back_at=backs)


@given(visitors, st.booleans(), st.randoms())
def test_places_are_a_permutation_however_people_are_listed(all_: list[Visitor], first: bool, random: Any) -> None:
    ordered = line_of("paz", all_, urgent_first=first)
    assert sorted(each.appointment for each in ordered.visitors) == sorted(each.appointment for each in all_)
    assert [ordered.place(each.appointment) for each in ordered.visitors] == list(range(1, len(all_) + 1))
    random.shuffle(all_)
    assert line_of("paz", all_, urgent_first=first) == ordered


@given(visitors, st.booleans())
def test_nobody_is_overtaken_but_by_the_rules(all_: list[Visitor], first: bool) -> None:
    ordered = line_of("paz", all_, urgent_first=first).visitors
    for place, behind in enumerate(ordered):
        for ahead in ordered[:place]:
            if ahead.arrived_at > behind.arrived_at:
                urgency = first and ahead.urgent and not behind.urgent
                assert urgency or ahead.starts_at < behind.starts_at


@given(visitors, visitors, st.booleans())
def test_who_comes_changes_nothing_between_the_others(all_: list[Visitor], new: list[Visitor], first: bool) -> None:
    before = line_of("paz", all_, urgent_first=first).visitors
    after = line_of("paz", [*all_, *new], urgent_first=first).visitors
    assert [each for each in after if each in before] == list(before)


@given(visitors, st.booleans(), attendances, missing_ones, paces, spans)
def test_estimates_are_ranges_in_steps_that_never_fall_with_the_place(
    all_: list[Visitor], first: bool, attendance: Attendance, expected: list[Expected], pace: Pace, now: int
) -> None:
    found = waits(line_of("paz", all_, urgent_first=first), attendance, expected, pace, NINE + minutes(now))
    assert len(found) == len(all_)
    known = [each for each in found if each]
    assert len(known) in (0, len(all_))
    for each in known:
        assert each.at_least >= 0
        assert each.at_most >= each.at_least + 5
        assert each.at_least % 5 == each.at_most % 5 == 0
    for ahead, behind in pairwise(known):
        assert ahead.at_least <= behind.at_least
        assert ahead.at_most <= behind.at_most


@given(st.lists(st.floats(5, 60), min_size=2, max_size=6), st.floats(0, 10_000))
def test_one_odd_consultation_moves_the_pace_no_further_than_the_others(took: list[float], odd: float) -> None:
    typical = pace_of(finished(*took, odd)).typical
    ratios = (*(each / 20 for each in took), 1.0)
    assert min(ratios) - 1e-9 <= typical <= max(ratios) + 1e-9
