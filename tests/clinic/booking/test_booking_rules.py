"""The rules of the diary as tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.booking import appointment as a
from clinic.booking.rules import Changed, Refusal, Rules, Surroundings, decide

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
CARACAS = ZoneInfo("America/Caracas")


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def appointment(start: float = 60, end: float = 80, **changes: object) -> a.Appointment:
    made = a.Appointment("x", "ana", "paz", at(start), at(end), a.Reason("control"), "s1", "s2", "luz")
    return replace(made, **changes)  # type: ignore[arg-type]


def slot(start: float, end: float, physician: str = "paz", patient: str = "eva", id: str = "other") -> a.Slot:
    return a.Slot(id, physician, patient, at(start), at(end))


PLACES = [
    ("free", [], None),
    ("one ends as it begins", [slot(40, 60)], None),
    ("one begins as it ends", [slot(80, 100)], None),
    ("one begins a moment before it ends", [slot(79.99, 100)], ("slot-taken", "other")),
    ("one ends a moment after it begins", [slot(40, 60.01)], ("slot-taken", "other")),
    ("one inside", [slot(65, 70)], ("slot-taken", "other")),
    ("one around", [slot(0, 240)], ("slot-taken", "other")),
    ("the same time", [slot(60, 80)], ("slot-taken", "other")),
    ("another physician's", [slot(60, 80, "rey")], None),
    ("the patient is with another physician", [slot(60, 80, "rey", "ana")], ("patient-busy", "other")),
    ("both: the physician's is named", [slot(60, 61, "rey", "ana", "p"), slot(62, 63, id="q")], ("slot-taken", "q")),
    ("two of the physician: the first is named", [slot(70, 75, id="b"), slot(60, 65, id="a")], ("slot-taken", "a")),
]  # fmt: skip


@pytest.mark.parametrize(("slots", "refused"), [row[1:] for row in PLACES], ids=[row[0] for row in PLACES])
def test_place(slots: list[a.Slot], refused: tuple[str, str] | None) -> None:
    decision = decide(Surroundings(None, tuple(slots)), a.Book(appointment()), NOW)
    if refused:
        assert decision == Refusal(*refused)  # type: ignore[arg-type]
        forced = decide(Surroundings(None, tuple(slots)), a.Book(appointment(), may_overbook=True), NOW)
        assert forced == Changed(appointment(overbooked=True), "booked")
    else:
        assert decision == Changed(appointment(), "booked")


TIMES = [
    ("the shortest", 60, 65, None),
    ("too short", 60, 64.9, "bad-length"),
    ("the longest", 60, 300, None),
    ("too long", 60, 300.1, "bad-length"),
    ("end before start", 60, 40, "bad-length"),
    ("a quarter of an hour ago", -15, 20, None),
    ("longer ago", -15.1, 20, "in-past"),
    ("as far as it goes", 400 * 1440, 400 * 1440 + 20, None),
    ("a mistyped year", 4000 * 1440, 4000 * 1440 + 20, "too-far"),
]


@pytest.mark.parametrize(("start", "end", "refused"), [row[1:] for row in TIMES], ids=[row[0] for row in TIMES])
@pytest.mark.parametrize("may_overbook", [False, True])
def test_time(start: float, end: float, refused: str | None, may_overbook: bool) -> None:
    booked = decide(Surroundings(None), a.Book(appointment(start, end), may_overbook), NOW)
    moved = decide(Surroundings(appointment(500, 520)), a.Reschedule(at(start), at(end), may_overbook), NOW)
    assert [getattr(decision, "code", None) for decision in (booked, moved)] == [refused, refused]


def test_words_and_companions_have_limits() -> None:
    for reason in (a.Reason("x" * 201), a.Reason("x", "y" * 65)):
        assert decide(Surroundings(None), a.Book(appointment(reason=reason)), NOW) == Refusal("bad-reason")
    crowd = tuple(a.Companion(str(n), "Luz") for n in range(5))
    assert decide(Surroundings(None), a.Book(appointment(companions=crowd)), NOW) == Refusal("too-many-companions")
    assert decide(Surroundings(appointment()), a.Cancel("patient", "x" * 501), NOW) == Refusal("bad-reason")


def test_day_is_full_by_the_clinics_calendar() -> None:
    rules = Rules(CARACAS, max_per_day=2)
    midnight = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # 00:00 in Caracas
    evening = tuple(
        a.Slot(str(n), "paz", str(n), midnight - timedelta(hours=n + 1), midnight - timedelta(hours=n, minutes=30))
        for n in range(2)
    )
    before = appointment(starts_at=midnight - timedelta(minutes=10), ends_at=midnight + timedelta(minutes=10))
    after = appointment(starts_at=midnight, ends_at=midnight + timedelta(minutes=10))
    assert decide(Surroundings(None, evening, rules), a.Book(before), NOW) == Refusal("day-full")
    assert isinstance(decide(Surroundings(None, evening, rules), a.Book(after), NOW), Changed)
    assert isinstance(decide(Surroundings(None, evening, rules), a.Book(before, may_overbook=True), NOW), Changed)
    assert isinstance(
        decide(Surroundings(None, evening, rules), a.Book(replace(before, physician="rey")), NOW), Changed
    )


BOOKED = appointment(-10, 10)
ARRIVED = replace(BOOKED, status="arrived")
MISSED = replace(BOOKED, status="noshow", absence="patient")
OVER = replace(BOOKED, status="fulfilled")
GONE = replace(BOOKED, status="cancelled", cancellation=a.Cancellation("patient"))
LATER = a.Reschedule(at(60), at(80))
CANCEL = a.Cancel("clinic", "sin luz")

CHANGES = [
    (BOOKED, a.Arrive(), "arrived"),
    (ARRIVED, a.Arrive(), None),
    (MISSED, a.Arrive(), "closed"),
    (OVER, a.Arrive(), "closed"),
    (GONE, a.Arrive(), "closed"),
    (BOOKED, LATER, "rescheduled"),
    (ARRIVED, LATER, "rescheduled"),
    (MISSED, LATER, "closed"),
    (OVER, LATER, "closed"),
    (GONE, LATER, "closed"),
    (BOOKED, a.Reschedule(at(-10), at(10)), None),
    (BOOKED, CANCEL, "cancelled"),
    (ARRIVED, CANCEL, "cancelled"),
    (MISSED, CANCEL, "closed"),
    (OVER, CANCEL, "closed"),
    (GONE, CANCEL, None),
    (BOOKED, a.MarkNoShow("patient"), "noshow"),
    (ARRIVED, a.MarkNoShow("physician"), "noshow"),
    (MISSED, a.MarkNoShow("technical"), "noshow"),
    (MISSED, a.MarkNoShow("patient"), None),
    (OVER, a.MarkNoShow("patient"), "closed"),
    (GONE, a.MarkNoShow("patient"), "closed"),
    (BOOKED, a.Fulfil(), "fulfilled"),
    (ARRIVED, a.Fulfil(), "fulfilled"),
    (MISSED, a.Fulfil(), "fulfilled"),
    (OVER, a.Fulfil(), None),
    (GONE, a.Fulfil(), "closed"),
]


@pytest.mark.parametrize(
    ("before", "command", "expected"),
    CHANGES,
    ids=[f"{before.status} {type(command).__name__}" for before, command, _ in CHANGES],
)
def test_change(before: a.Appointment, command: a.Change, expected: str | None) -> None:
    decision = decide(Surroundings(before), command, NOW)
    if isinstance(decision, Refusal):
        assert decision.code == expected
    else:
        assert decision.fact == expected
        assert (decision.appointment == before) == (expected is None)
        assert (decision.appointment.absence is not None) == (decision.appointment.status == "noshow")
        assert (decision.appointment.cancellation is not None) == (decision.appointment.status == "cancelled")


def test_no_show_before_the_time() -> None:
    assert decide(Surroundings(appointment()), a.MarkNoShow("patient"), NOW) == Refusal("not-started")


def test_rescheduled_after_arriving_is_booked_again() -> None:
    decision = decide(Surroundings(ARRIVED), LATER, NOW)
    assert isinstance(decision, Changed)
    assert decision.appointment == replace(BOOKED, starts_at=at(60), ends_at=at(80))


def test_rescheduling_over_itself_is_no_clash() -> None:
    state = Surroundings(appointment(), (appointment().slot,))
    assert isinstance(decide(state, a.Reschedule(at(70), at(90)), NOW), Changed)


def test_nobody_and_no_zone() -> None:
    assert decide(Surroundings(None), a.Arrive(), NOW) == Refusal("unknown-appointment")
    naive = appointment(starts_at=datetime(2026, 11, 23, 15, 0), ends_at=datetime(2026, 11, 23, 15, 20))  # noqa: DTZ001
    with pytest.raises(ValueError, match="aware"):
        decide(Surroundings(None), a.Book(naive), NOW)


def test_times_are_kept_in_utc() -> None:
    local = appointment(starts_at=at(60).astimezone(CARACAS), ends_at=at(80).astimezone(CARACAS))
    decision = decide(Surroundings(None), a.Book(local), NOW)
    assert isinstance(decision, Changed)
    assert decision.appointment.starts_at.tzinfo is UTC
