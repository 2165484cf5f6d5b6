"""The diary against a real Valkey: one booked and one refused, whatever races; the consultation follows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from diary_office import NOW, Office, wanted
from redis.asyncio import Redis

from clinic import keys as clinic_keys
from clinic.booking import appointment as a
from clinic.booking.agenda import BadCursor, Query, UnknownAppointment
from clinic.booking.day import CARACAS, day_span, week_span
from clinic.booking.request import Author
from clinic.booking.rules import Refusal, Rules
from clinic.booking.step import Done
from clinic.commands import End, SendChat
from clinic.store import UnknownConsultation


@pytest.fixture
async def office(redis: Redis) -> Office:
    made = Office(redis)
    await made.register("ana", "eva", "leo")
    return made


@pytest.fixture
async def other(redis_url: str) -> AsyncIterator[Office]:
    """Another process'."""
    client = Redis.from_url(redis_url, socket_timeout=None)
    yield Office(client)
    await client.aclose()


async def test_booking_makes_the_consultation_under_the_same_id(office: Office, redis: Redis) -> None:
    done = await office.diary.book(replace(wanted(), companions=("Luz",)), office.author(), NOW)
    assert isinstance(done, Done)
    appointment = await office.diary.agenda.load(done.appointment)
    assert appointment.reason == a.Reason("control")
    assert (appointment.status, appointment.created_by) == ("booked", "luz")
    state = (await office.store.load(done.appointment)).consultation
    assert (state.starts_at, state.ends_at) == (appointment.starts_at, appointment.ends_at)
    seats = [(seat.id, seat.role) for seat in state.seats]
    assert seats == [
        (appointment.patient_seat, "patient"),
        (appointment.physician_seat, "physician"),
        (appointment.companions[0].seat, "companion"),
    ]
    assert await office.store.due(NOW + timedelta(minutes=140)) == (done.appointment,)
    [(_, told)] = await redis.xrange(clinic_keys.OUTBOX)
    assert told[b"kind"] == b"appointment_booked"
    assert await office.audit.verify() == ()


async def test_two_coordinators_book_the_same_slot_at_once(office: Office, other: Office) -> None:
    for hour in range(10):
        at = 60 * (hour + 1)
        answers = await asyncio.gather(
            office.diary.book(wanted(at), office.author(), NOW),
            other.diary.book(wanted(at + 10, patient="eva"), Author("rut", "coordinator", f"rut-{hour}"), NOW),
        )
        [done] = [answer for answer in answers if isinstance(answer, Done)]
        [refusal] = [answer for answer in answers if isinstance(answer, Refusal)]
        assert refusal == Refusal("slot-taken", done.appointment)
    assert await office.audit.verify() == ()


async def test_many_at_once_for_one_patient_leave_one(office: Office, other: Office) -> None:
    answers = await asyncio.gather(
        *(
            each.diary.book(wanted(physician=f"dr-{n}"), each.author(by=f"{n}"), NOW)
            for n in range(6)
            for each in (office, other)
        )
    )
    [done] = [answer for answer in answers if isinstance(answer, Done) and not answer.repeated]
    for answer in answers:
        assert isinstance(answer, Done) or answer.clash == done.appointment


async def test_same_key_and_same_body_is_one_booking(office: Office, other: Office) -> None:
    author = Author("luz", "coordinator", "clave ñ 1")
    local = replace(wanted(), starts_at=wanted().starts_at.astimezone(CARACAS))
    answers = await asyncio.gather(
        office.diary.book(wanted(), author, NOW),
        other.diary.book(local, author, NOW),
        office.diary.book(wanted(), author, NOW),
    )
    assert len({answer.appointment for answer in answers if isinstance(answer, Done)}) == 1
    assert sorted(answer.repeated for answer in answers if isinstance(answer, Done)) == [False, True, True]
    later = await other.diary.book(wanted(), author, NOW + timedelta(days=1))
    assert isinstance(later, Done)
    assert later.repeated


async def test_same_key_and_other_body_is_refused(office: Office) -> None:
    author = office.author("key-1")
    await office.diary.book(wanted(), author, NOW)
    reused = Refusal("idempotency-key-reused")
    assert await office.diary.book(wanted(title="otra cosa"), author, NOW) == reused
    assert await office.diary.book(wanted(), author, NOW, may_overbook=True) == reused
    assert isinstance(await office.diary.book(wanted(200), office.author("key-1", by="rut"), NOW), Done)


async def test_refused_key_stays_refused(office: Office) -> None:
    first = await office.book(wanted())
    author = office.author("key-1")
    refused = await office.diary.book(wanted(patient="eva"), author, NOW)
    assert refused == Refusal("slot-taken", first)
    await office.diary.change(first, a.Cancel("patient"), office.author(), NOW)
    assert await office.diary.book(wanted(patient="eva"), author, NOW) == refused
    assert isinstance(await office.diary.book(wanted(patient="eva"), office.author(), NOW), Done)


async def test_rescheduling_keeps_the_link_and_moves_its_window(office: Office) -> None:
    booked = await office.book(wanted())
    seat = (await office.diary.agenda.load(booked)).patient_seat
    token = await office.store.issue_link(booked, seat)
    await office.store.execute(
        booked, SendChat("c-1", (await office.diary.agenda.load(booked)).physician_seat, "hola"), NOW
    )
    starts_at = NOW + timedelta(days=90)
    moved = a.Reschedule(starts_at, starts_at + timedelta(minutes=30))
    assert await office.diary.change(booked, moved, office.author(), NOW) == Done(booked)
    link = await office.store.seat_of_token(token)
    assert link is not None
    assert (link.seat, link.expires_at) == (seat, starts_at + timedelta(minutes=90))
    snapshot = await office.store.load(booked)
    assert snapshot.consultation.starts_at == starts_at
    events = (await office.store.events_after(booked, None, 10)).events
    assert [stored.event.type for stored in events] == ["chat", "rescheduled"]
    assert snapshot.upto == events[-1].id
    assert await office.store.due(NOW + timedelta(days=89)) == ()
    assert await office.store.revoke(booked, seat) == 1
    assert isinstance(await office.diary.book(wanted(patient="eva"), office.author(), NOW), Done)


async def test_link_that_is_issued_while_it_moves_has_the_new_window(
    office: Office, other: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    booked = await office.book(wanted())
    seat = (await office.diary.agenda.load(booked)).patient_seat
    starts_at = NOW + timedelta(days=2)
    chained = other.store._audit.chained

    async def chained_after_the_move(*args: Any) -> Any:
        await office.diary.change(
            booked, a.Reschedule(starts_at, starts_at + timedelta(minutes=30)), office.author(), NOW
        )
        return await chained(*args)

    monkeypatch.setattr(other.store._audit, "chained", chained_after_the_move)
    link = await office.store.seat_of_token(await other.store.issue_link(booked, seat))
    assert link is not None
    assert link.expires_at == starts_at + timedelta(minutes=90)


async def test_rescheduling_onto_another_is_refused_and_changes_nothing(office: Office) -> None:
    first, second = await office.book(wanted(60)), await office.book(wanted(120, patient="eva"))
    before = await office.diary.agenda.load(second)
    onto = a.Reschedule(NOW + timedelta(minutes=70), NOW + timedelta(minutes=90))
    assert await office.diary.change(second, onto, office.author(), NOW) == Refusal("slot-taken", first)
    assert await office.diary.agenda.load(second) == before
    assert (await office.store.load(second)).upto is None


async def test_cancelling_revokes_the_links_and_ends_the_consultation(office: Office, redis: Redis) -> None:
    booked = await office.book(wanted())
    token = await office.store.issue_link(booked, (await office.diary.agenda.load(booked)).patient_seat)
    cancel = a.Cancel("clinic", "sin luz en el consultorio")
    assert await office.diary.change(booked, cancel, office.author(), NOW) == Done(booked)
    assert await office.store.seat_of_token(token) is None
    assert (await office.store.load(booked)).consultation.status == "ended"
    assert await office.store.due(NOW + timedelta(days=400)) == ()
    cancelled = await office.diary.agenda.load(booked)
    assert cancelled.cancellation == a.Cancellation("clinic", "sin luz en el consultorio")
    kinds = [entry[b"kind"] for _, entry in await redis.xrange(clinic_keys.OUTBOX)]
    assert kinds == [b"appointment_booked", b"appointment_cancelled"]
    assert await office.diary.change(booked, cancel, office.author(), NOW) == Done(booked)
    assert len(await redis.xrange(clinic_keys.OUTBOX)) == 2
    assert await office.audit.verify() == ()


async def test_ended_consultation_is_neither_moved_nor_cancelled(office: Office) -> None:
    booked = await office.book(wanted())
    appointment = await office.diary.agenda.load(booked)
    await office.store.execute(booked, End("end-1", appointment.physician_seat, "completed"), NOW)
    later = a.Reschedule(NOW + timedelta(hours=5), NOW + timedelta(hours=6))
    for command in (later, a.Cancel("patient")):
        assert await office.diary.change(booked, command, office.author(), NOW) == Refusal("consultation-ended")
    assert await office.diary.change(booked, a.Fulfil(), office.author(), NOW) == Done(booked)


async def test_chat_and_rescheduling_at_once_both_happen(office: Office, other: Office) -> None:
    booked = await office.book(wanted())
    physician = (await office.diary.agenda.load(booked)).physician_seat
    moves = [a.Reschedule(NOW + timedelta(hours=n + 2), NOW + timedelta(hours=n + 3)) for n in range(3)]
    await asyncio.gather(
        *(other.store.execute(booked, SendChat(f"c-{n}", physician, str(n)), NOW) for n in range(6)),
        *(office.diary.change(booked, move, office.author(), NOW) for move in moves),
    )
    types = [stored.event.type for stored in (await office.store.events_after(booked, None, 100)).events]
    assert sorted(types) == ["chat"] * 6 + ["rescheduled"] * 3
    appointment = await office.diary.agenda.load(booked)
    state = (await office.store.load(booked)).consultation
    assert (state.starts_at, state.ends_at) == (appointment.starts_at, appointment.ends_at)


async def test_unknown_people_and_appointments(office: Office) -> None:
    stranger = await office.diary.book(wanted(patient="nobody"), office.author(), NOW)
    assert stranger == Refusal("unknown-patient")
    assert await office.diary.change("none", a.Arrive(), office.author(), NOW) == Refusal("unknown-appointment")
    with pytest.raises(UnknownAppointment):
        await office.diary.agenda.load("none")


async def test_erased_patient_leaves_the_slot_without_words(office: Office) -> None:
    booked = await office.book(replace(wanted(), companions=("Luz",)))
    await office.vault.destroy("ana", NOW)
    erased = await office.diary.agenda.load(booked)
    assert (erased.reason, [companion.name for companion in erased.companions]) == (a.Reason(""), [""])
    again = await office.diary.book(wanted(200), office.author(), NOW)
    assert again == Refusal("patient-erased")
    assert await office.diary.change(booked, a.Cancel("clinic", "por qué"), office.author(), NOW) == Done(booked)
    assert (await office.diary.agenda.load(booked)).cancellation == a.Cancellation("clinic", "")


async def test_nothing_personal_is_in_redis_in_clear(office: Office, redis: Redis) -> None:
    booked = await office.book(replace(wanted(title="dolor precordial"), companions=("Luz Marina",)))
    await office.diary.change(booked, a.Cancel("patient", "viajó a Mérida"), office.author("clave privada"), NOW)
    stored = [key + await redis.dump(key) for key in await redis.keys("*")]
    for secret in ("precordial", "Marina", "rida", "clave privada"):
        assert not any(secret.encode() in each for each in stored)


async def test_refused_booking_leaves_no_consultation(office: Office, redis: Redis) -> None:
    await office.book(wanted())
    await office.diary.book(wanted(patient="eva"), office.author(), NOW)
    assert len(await redis.keys("{clinic}:consultation:*:state")) == 1
    assert len(await redis.keys("{clinic}:appointment:*")) == 1
    with pytest.raises(UnknownConsultation):
        await office.store.load("nothing")
    assert await office.audit.verify() == ()


async def test_day_and_week_views(office: Office) -> None:
    midnight = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)  # 00:00 in Caracas
    over = int((midnight - NOW).total_seconds() / 60)
    ids = {
        "tuesday": await office.book(wanted(over - 60)),
        "across midnight": await office.book(wanted(over - 10, patient="eva")),
        "wednesday": await office.book(wanted(over + 30, physician="rey")),
        "next week": await office.book(wanted(over + 7 * 1440)),
    }
    names = {appointment: name for name, appointment in ids.items()}

    async def shown(query: Query) -> list[str]:
        return [names[appointment.id] for appointment in (await office.diary.agenda.page(query)).appointments]

    tuesday, wednesday = (day_span(date(2026, 11, day), CARACAS) for day in (24, 25))
    assert await shown(Query(tuesday)) == ["tuesday", "across midnight"]
    assert await shown(Query(wednesday)) == ["across midnight", "wednesday"]
    assert await shown(Query(wednesday, physician="rey")) == ["wednesday"]
    assert await shown(Query(week_span(date(2026, 11, 27), CARACAS))) == ["tuesday", "across midnight", "wednesday"]
    assert await shown(Query(None, patient="ana")) == ["tuesday", "wednesday", "next week"]
    assert await shown(Query(None, patient="ana", physician="paz")) == ["tuesday", "next week"]
    await office.diary.change(ids["tuesday"], a.Cancel("patient"), office.author(), NOW)
    assert await shown(Query(tuesday, statuses=frozenset({"cancelled"}))) == ["tuesday"]
    assert await shown(Query(tuesday, statuses=frozenset({"booked"}))) == ["across midnight"]


async def test_pages(office: Office) -> None:
    booked = [await office.book(wanted(60 + 30 * n)) for n in range(5)]
    booked.append(await office.book(wanted(60, patient="eva", physician="rey")))
    seen: list[str] = []
    after: str | None = None
    for _ in range(3):
        page = await office.diary.agenda.page(Query(None, after=after, limit=2))
        seen += [appointment.id for appointment in page.appointments]
        after = page.next
    assert after is None
    assert sorted(seen) == sorted(booked)
    with pytest.raises(BadCursor):
        await office.diary.agenda.page(Query(None, after="nonsense"))


async def test_clash_across_midnight_and_the_days_limit(redis: Redis) -> None:
    office = Office(redis, Rules(max_per_day=2))
    await office.register("ana", "eva", "leo")
    midnight = int((datetime(2026, 11, 25, 4, 0, tzinfo=UTC) - NOW).total_seconds() / 60)
    across = await office.book(wanted(midnight - 120, length=240))
    after = await office.diary.book(wanted(midnight + 100, patient="eva"), office.author(), NOW)
    assert after == Refusal("slot-taken", across)
    await office.book(wanted(midnight - 300, patient="eva"))
    full = await office.diary.book(wanted(midnight - 400, patient="leo"), office.author(), NOW)
    assert full == Refusal("day-full")
    assert isinstance(await office.diary.book(wanted(midnight + 200, patient="leo"), office.author(), NOW), Done)
