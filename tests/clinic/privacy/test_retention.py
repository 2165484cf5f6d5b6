"""What goes when: a table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from clinic.privacy.erasure import Erase, Holdings, Refusal, decide
from clinic.privacy.retention import DEFAULT, DataClass, Held, Policy, Span, due, kept_until

MADE = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
ENDED = MADE + timedelta(minutes=20)
EXPORTED = MADE + timedelta(days=2)


@pytest.mark.parametrize(
    ("data_class", "until"),
    [
        ("clinical", EXPORTED.replace(year=2036)),
        ("chat", EXPORTED + timedelta(days=90)),
        ("message", MADE + timedelta(days=30)),
        ("join-link", ENDED + timedelta(days=30)),
        ("consent", MADE.replace(year=2036)),
    ],
)
def test_each_class_goes_at_its_end_and_not_before(data_class: DataClass, until: datetime) -> None:
    held = Held("c1", data_class, MADE, ENDED, EXPORTED)
    assert kept_until(held, DEFAULT) == until
    assert due([held], DEFAULT, until - timedelta(microseconds=1)) == ()
    assert due([held], DEFAULT, until) == (held,)


@pytest.mark.parametrize("data_class", ["clinical", "chat"])
def test_what_the_clinics_system_has_not_acknowledged_stays(data_class: DataClass) -> None:
    held = Held("c1", data_class, MADE, ENDED)
    assert kept_until(held, DEFAULT) is None
    assert due([held], DEFAULT, MADE.replace(year=2126)) == ()


def test_the_longest_due_goes_first() -> None:
    held = [Held(str(n), "message", MADE - timedelta(days=n)) for n in range(40)]
    assert [each.id for each in due(held, DEFAULT, MADE)] == [str(n) for n in range(39, 29, -1)]


def test_a_leap_day_is_kept_to_its_full_years() -> None:
    leap = datetime(2028, 2, 29, tzinfo=UTC)
    assert kept_until(Held("c1", "consent", leap), DEFAULT) == datetime(2038, 3, 1, tzinfo=UTC)


def test_the_clinic_chooses() -> None:
    policy = Policy(chat=Span("ended", days=7))
    assert kept_until(Held("c1", "chat", MADE, ENDED), policy) == ENDED + timedelta(days=7)


@pytest.mark.parametrize(
    ("holdings", "decision"),
    [
        (Holdings(True, True, True), Refusal("consultation-open")),
        (Holdings(False, True, True), Refusal("appointment-open")),
        (Holdings(False, False, True), Refusal("not-exported")),
        (Holdings(False, False, False), Erase(None)),
        (Holdings(False, False, False, MADE), Erase(None)),
        (Holdings(False, False, False, ENDED), Erase(ENDED)),
    ],
)
def test_when_a_patient_may_be_erased(holdings: Holdings, decision: Erase | Refusal) -> None:
    assert decide(holdings, MADE) == decision
