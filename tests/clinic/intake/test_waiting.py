"""What each role sees of the waiting room; absences, invitations, hand-overs and messages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from intake_desk import Desk, asked
from redis.asyncio import Redis

from clinic import events as e
from clinic.booking.day import Span
from clinic.consultation import Consultation, Seat
from clinic.intake import hand_over as h
from clinic.intake import invitation as i
from clinic.intake import queue_message as q
from clinic.intake.absence import Seen, Suggestion, seen, suggest
from clinic.intake.estimate import Attendance, Expected, Wait
from clinic.intake.line import Visitor, line_of
from clinic.intake.pace import pace_of
from clinic.intake.queue_messages import QueueMessages
from clinic.intake.waiting import Room, patient_view, staff_view
from clinic.people.staff import Member, Profile

NINE = datetime(2037, 11, 24, 13, 0, tzinfo=UTC)
END = NINE + timedelta(minutes=20)
MESSAGE = q.QueueMessage("paz/1", "paz", "Vuelvo en 10 minutos", "paz", NINE, END)


def after(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def room() -> Room:
    visitors = (
        Visitor("v1", "paz", NINE, END, after(-20)),
        Visitor("v2", "paz", after(20), after(40), after(-10), urgent=True),
    )
    line = line_of("paz", visitors, urgent_first=False)
    expected = (Expected("v9", after(80), after(90)), Expected("v3", after(40), after(60)))
    return Room(line, Attendance(here=True), expected, pace_of(()), (MESSAGE,))


def test_a_patient_sees_the_own_place_and_nobody_else() -> None:
    view = patient_view(room(), "v2", NINE)
    assert view is not None
    assert (view.place, view.wait, view.late) == (2, Wait(10, 30), None)
    assert view.messages == ("Vuelvo en 10 minutos",)
    assert "v1" not in repr(view)
    assert patient_view(room(), "v3", NINE) is None


@pytest.mark.parametrize(
    ("role", "urgent"), [("physician", [False, True]), ("coordinator", [None, None]), ("administrator", [None, None])]
)
def test_staff_see_the_line_and_only_who_treats_sees_urgency(role: str, urgent: list[bool | None]) -> None:
    view = staff_view(room(), role, NINE)
    assert view is not None
    assert [row.appointment for row in view.rows] == ["v1", "v2"]
    assert [row.urgent for row in view.rows] == urgent
    assert [row.waited for row in view.rows] == [timedelta(minutes=20), timedelta(minutes=10)]
    assert view.expected == ("v3", "v9")


@pytest.mark.parametrize("role", ["patient", "companion", ""])
def test_nobody_else_sees_the_line(role: str) -> None:
    assert staff_view(room(), role, NINE) is None


VISIT = Seen(NINE, END)
DOWN = (Span(after(0), after(10)),)


@pytest.mark.parametrize(
    ("changes", "now", "expected"),
    [
        ({}, 14, None),
        ({}, 15, None),
        ({}, 20, Suggestion("physician", "neither-came")),
        ({"physician_came": True}, 14, None),
        ({"physician_came": True}, 15, Suggestion("patient", "never-came")),
        ({"physician_came": True, "tried": True}, 15, Suggestion("technical", "tried-and-failed")),
        ({"tried": True, "arrived": True}, 19, None),
        ({"tried": True, "arrived": True}, 20, Suggestion("physician", "physician-never-came")),
        ({"tried": True, "arrived": True, "physician_came": True}, 30, None),
        ({"joined_both": True}, 30, None),
        ({"joined_both": True, "lost": True}, 19, None),
        ({"joined_both": True, "lost": True}, 20, Suggestion("technical", "link-never-held")),
        ({"physician_came": True, "outages": DOWN}, 15, Suggestion("technical", "service-was-down")),
        ({"joined_both": True, "outages": DOWN}, 30, None),
        ({"physician_came": True, "outages": (Span(after(-60), after(4)),)}, 15, Suggestion("patient", "never-came")),
    ],
)
def test_whose_absence_it_seems_to_be(changes: dict[str, Any], now: float, expected: Suggestion | None) -> None:
    assert suggest(replace(VISIT, **changes), after(now)) == expected


def consented(seat: str) -> e.Consented:
    return e.Consented(seat=seat, text_version="1", text_sha256="0", lang="es")


@pytest.mark.parametrize(
    ("timeline", "expected"),
    [
        ((), VISIT),
        ((consented("pat"),), replace(VISIT, tried=True)),
        ((e.Arrived(seat="pat"),), replace(VISIT, tried=True, arrived=True)),
        ((e.Arrived(seat="mother"),), VISIT),
        ((e.Admitted(seat="pat", by="doc"),), replace(VISIT, physician_came=True)),
        ((e.Rescheduled(starts_at="", ends_at=""),), VISIT),
        (
            (e.Joined(seat="doc", generation=1), e.Joined(seat="pat", generation=1), e.PathLost(seat="pat")),
            Seen(NINE, END, True, True, True, True, lost=True),
        ),
        (
            (e.Joined(seat="pat", generation=1), e.PathLost(seat="pat"), e.PathBack(seat="pat")),
            Seen(NINE, END, True, True),
        ),
    ],
)
def test_what_the_timeline_knows(timeline: tuple[e.Event, ...], expected: Seen) -> None:
    assert seen(VISIT, timeline, "pat", "doc") == expected


def consultation(guests: int = 0, status: Any = "scheduled") -> Consultation:
    seats = (Seat("pat", "patient", ""), Seat("doc", "physician", ""))
    companions = tuple(Seat(f"g{n}", "companion", "") for n in range(guests))
    return Consultation("v1", NINE, END, "", (*seats, *companions), status)


PHYSICIAN = asked("i", "paz", "physician")
AUNT = i.Guest("new", "companion", " Eva  Paz ", "")


def test_a_guest_is_seated_under_a_proper_name() -> None:
    assert i.invite(consultation(), AUNT, (), PHYSICIAN) == i.Guest("new", "companion", "Eva Paz", "paz")


@pytest.mark.parametrize(
    ("visit", "guest", "revoked", "role", "code"),
    [
        (consultation(3), AUNT, (), "physician", None),
        (consultation(3), AUNT, (), "coordinator", None),
        (consultation(4), AUNT, (), "physician", "full"),
        (consultation(4), AUNT, ("g1",), "physician", None),
        (consultation(4), replace(AUNT, seat="g1"), (), "physician", None),
        (consultation(), AUNT, (), "patient", "not-allowed"),
        (consultation(), AUNT, (), "administrator", "not-allowed"),
        (consultation(status="ended"), AUNT, (), "physician", "ended"),
        (consultation(), replace(AUNT, name="..."), (), "physician", "name-missing"),
        (consultation(), replace(AUNT, kind="interpreter"), (), "physician", "language-missing"),
        (consultation(), replace(AUNT, kind="interpreter", language="wba"), (), "physician", None),
    ],
)
def test_who_may_be_invited(visit: Consultation, guest: i.Guest, revoked: Any, role: str, code: str | None) -> None:
    found = i.invite(visit, guest, revoked, asked("i", "paz", role))
    assert (found.code if isinstance(found, i.Refusal) else None) == code


def test_only_a_companions_link_is_taken_back_this_way() -> None:
    assert i.revoke(consultation(1), "g0", PHYSICIAN) == "g0"
    assert i.revoke(consultation(1), "pat", PHYSICIAN) == i.Refusal("unknown-guest")
    assert i.revoke(consultation(1), "g0", asked("i", "pat", "patient")) == i.Refusal("not-allowed")


GIL = Member("gil", 1, Profile("Gil", "gil", ("physician",)))


@pytest.mark.parametrize(
    ("status", "taker", "actor", "role", "code"),
    [
        ("scheduled", GIL, "paz", "physician", None),
        ("in-progress", GIL, "paz", "physician", None),
        ("scheduled", GIL, "co", "coordinator", None),
        ("in-progress", GIL, "co", "coordinator", "in-call"),
        ("ended", GIL, "paz", "physician", "ended"),
        ("scheduled", GIL, "gil", "physician", "not-allowed"),
        ("scheduled", GIL, "pat", "patient", "not-allowed"),
        ("scheduled", replace(GIL, active=False), "paz", "physician", "not-a-physician"),
        (
            "scheduled",
            replace(GIL, profile=replace(GIL.profile, roles=("coordinator",))),
            "paz",
            "physician",
            "not-a-physician",
        ),
        ("scheduled", replace(GIL, id="paz"), "paz", "physician", "same-physician"),
    ],
)
def test_who_may_hand_over_to_whom(status: Any, taker: Member, actor: str, role: str, code: str | None) -> None:
    found = h.hand_over("v1", status, "paz", taker, "late", asked("h", actor, role))
    assert (found.code if isinstance(found, h.Refusal) else None) == code


def test_who_is_handed_over_keeps_the_time_of_arrival() -> None:
    handed = h.hand_over("v1", "scheduled", "paz", GIL, "late", PHYSICIAN)
    assert isinstance(handed, h.HandedOver)
    after_it = h.moved(room().line.visitors, handed)
    own = room().line.visitors[0]
    assert line_of("gil", after_it, urgent_first=False).visitors == (replace(own, physician="gil"),)
    assert line_of("paz", after_it, urgent_first=False).place("v2") == 1


@pytest.mark.parametrize(
    ("physician", "text", "until", "actor", "role", "code"),
    [
        ("paz", "Ya voy", 10, "paz", "physician", None),
        ("", "Ya voy", 10, "co", "coordinator", None),
        ("", "Ya voy", 10, "paz", "physician", "not-allowed"),
        ("gil", "Ya voy", 10, "paz", "physician", "not-allowed"),
        ("paz", "Ya voy", 10, "pat", "patient", "not-allowed"),
        ("paz", " \n", 10, "paz", "physician", "empty"),
        ("paz", "x" * 301, 10, "paz", "physician", "too-long"),
        ("paz", "Ya voy", 0, "paz", "physician", "not-a-span"),
        ("paz", "Ya voy", 241, "paz", "physician", "not-a-span"),
    ],
)
def test_what_may_be_said(physician: str, text: str, until: float, actor: str, role: str, code: str | None) -> None:
    found = q.post(physician, text, after(until), asked("m", actor, role, NINE))
    assert (found.code if isinstance(found, q.Refusal) else None) == code


def test_a_line_is_shown_its_own_messages_while_they_hold() -> None:
    for_all = replace(MESSAGE, id="co/1", physician="", at=after(1), by="co")
    other = replace(MESSAGE, id="gil/1", physician="gil")
    assert q.shown((MESSAGE, for_all, other), "paz", after(2)) == (for_all, MESSAGE)
    assert q.shown((MESSAGE,), "paz", END) == ()
    many = [replace(MESSAGE, id=f"{n}", at=after(n)) for n in range(9)]
    assert [each.id for each in q.shown(many, "paz", after(9))] == ["8", "7", "6"]


async def test_messages_are_kept_once_and_sealed(redis: Redis) -> None:
    desk = Desk(redis)
    messages = QueueMessages(redis, desk.vault, desk.audit)
    said = asked("m", "paz", "physician", NINE)
    first = await messages.post("paz", "Ya voy", END, said)
    assert isinstance(first, q.QueueMessage)
    assert await messages.post("paz", "Ya voy", END, said) == first
    assert await messages.shown("paz", NINE) == (first,)
    assert await messages.shown("gil", NINE) == ()
    assert b"voy" not in b"".join(await redis.hvals("{clinic}:queue-messages"))
    assert await messages.take_back(first.id, asked("t", "gil", "physician", NINE)) == q.Refusal("not-allowed")
    for _ in range(2):
        assert await messages.take_back(first.id, asked("t", "co", "coordinator", NINE)) is None
    await messages.post("paz", "Ya voy", END, said)
    assert await messages.shown("paz", NINE) == ()
    actions = [entry.fields["action"] for entry in (await desk.audit.page()).entries]
    assert actions == ["take_back_queue_message", "post_queue_message"]
    assert await redis.ttl("{clinic}:queue-messages") > 0
