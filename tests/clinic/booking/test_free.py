"""Free times about one that is taken."""

from __future__ import annotations

from datetime import timedelta

from diary_office import NOW

from clinic.booking.appointment import Slot
from clinic.booking.day import CARACAS, day_of, day_span
from clinic.booking.free import free_about

DAY = day_span(day_of(NOW, CARACAS), CARACAS)


def slot(minutes: int, length: int = 20, name: str = "", physician: str = "paz") -> Slot:
    starts_at = NOW + timedelta(minutes=minutes)
    return Slot(name, physician, "ana", starts_at, starts_at + timedelta(minutes=length))


def offered(wanted: Slot, *taken: Slot) -> list[int]:
    return [round((start - NOW).total_seconds() / 60) for start in free_about(wanted, taken, DAY, NOW)]


def test_the_nearest_on_both_sides_that_do_not_meet() -> None:
    assert offered(slot(60), slot(60, name="x")) == [20, 40, 80, 100]


def test_between_two_there_is_room_only_if_it_is_long_enough() -> None:
    assert offered(slot(60), slot(60, name="x"), slot(95, 60, "y"), slot(0, 55, "z")) == [155, 175, 195, 215]
    assert 80 in offered(slot(60, 15), slot(60, name="x"), slot(95, 60, "y"), slot(0, 55, "z"))


def test_nothing_that_has_begun_or_goes_over_midnight() -> None:
    assert offered(slot(5), slot(5, name="x")) == [25, 45, 65, 85]
    late = round((DAY.ends_at - NOW).total_seconds() / 60) - 20
    assert offered(slot(late), slot(late, name="x")) == [late - 80, late - 60, late - 40, late - 20]


def test_an_appointment_that_is_moved_is_not_in_its_own_way() -> None:
    assert 40 in offered(slot(60, name="mine"), slot(40, name="mine"), slot(60, name="x"))


def test_a_full_day_offers_nothing() -> None:
    whole = Slot("x", "paz", "eva", DAY.starts_at, DAY.ends_at)
    assert offered(slot(60), whole) == []
