"""Seats that come and go by the diary: guests, and another physician, in one step with the consultation."""

from __future__ import annotations

from datetime import timedelta

import pytest
from diary_office import NOW, Office, wanted
from redis.asyncio import Redis

from clinic.booking import appointment as a
from clinic.booking.agenda import Query
from clinic.booking.rules import Refusal
from clinic.booking.step import Done
from clinic.commands import Join
from clinic.consultation import MAX_SEATS, Seat

GUEST = a.Companion("guest", "Eva Paz")


@pytest.fixture
async def office(redis: Redis) -> Office:
    made = Office(redis)
    await made.register("ana")
    return made


async def change(office: Office, visit: str, command: a.Change, key: str = "") -> Done | Refusal:
    return await office.diary.change(visit, command, office.author(key), NOW)


async def seats(office: Office, visit: str) -> dict[str, Seat]:
    return {seat.id: seat for seat in (await office.store.load(visit)).consultation.seats}


async def test_a_guest_has_a_seat_and_a_name_that_only_the_diary_knows(office: Office) -> None:
    visit = await office.book(wanted())
    assert await change(office, visit, a.Invite(GUEST, "wba"), "k") == Done(visit)
    assert await change(office, visit, a.Invite(GUEST, "wba"), "k") == Done(visit, repeated=True)
    assert (await seats(office, visit))["guest"] == Seat("guest", "companion", "", language="wba")
    assert (await office.diary.agenda.load(visit)).companions == (GUEST,)
    dump = [await office.redis.dump(key) async for key in office.redis.scan_iter("*")]
    assert not any(b"Eva" in (value or b"") for value in dump)


async def test_who_was_sent_away_keeps_the_name(office: Office) -> None:
    visit = await office.book(wanted())
    await change(office, visit, a.Invite(GUEST))
    assert await change(office, visit, a.SendAway("guest")) == Done(visit)
    assert (await seats(office, visit))["guest"].revoked
    assert (await office.diary.agenda.load(visit)).companions == (GUEST,)
    assert await change(office, visit, a.SendAway("nobody")) == Refusal("unknown-guest")


async def test_six_sit_in_a_consultation(office: Office) -> None:
    visit = await office.book(wanted())
    for n in range(MAX_SEATS - 2):
        assert await change(office, visit, a.Invite(a.Companion(f"g{n}", "Eva"))) == Done(visit)
    assert await change(office, visit, a.Invite(GUEST)) == Refusal("call-full")
    assert len((await office.diary.agenda.load(visit)).companions) == MAX_SEATS - 2
    await change(office, visit, a.SendAway("g0"))
    assert await change(office, visit, a.Invite(GUEST)) == Done(visit)


async def test_a_visit_that_is_handed_over_stands_in_the_takers_diary(office: Office) -> None:
    visit = await office.book(wanted())
    before = await office.diary.agenda.load(visit)
    assert await change(office, visit, a.HandOver("gil", "taker")) == Done(visit)
    after = await office.diary.agenda.load(visit)
    assert (after.physician, after.physician_seat) == ("gil", "taker")
    assert after.handed == (a.Handed(before.physician_seat, "paz"),)
    assert (await office.diary.agenda.page(Query(None, "paz"))).appointments == ()
    assert [each.id for each in (await office.diary.agenda.page(Query(None, "gil"))).appointments] == [visit]
    assert (await seats(office, visit))[before.physician_seat].revoked
    assert await change(office, visit, a.HandOver("gil", "again")) == Refusal("same-physician")


async def test_a_giver_who_is_in_the_call_stays(office: Office) -> None:
    visit = await office.book(wanted())
    seat = (await office.diary.agenda.load(visit)).physician_seat
    await office.store.execute(visit, Join("join-1", seat), NOW)
    await change(office, visit, a.HandOver("gil", "taker"))
    giver = (await seats(office, visit))[seat]
    assert (giver.present, giver.handed, giver.revoked) == (True, True, False)


async def test_what_is_handed_over_can_be_moved_and_cancelled(office: Office) -> None:
    visit = await office.book(wanted())
    await change(office, visit, a.HandOver("gil", "taker"))
    later = NOW + timedelta(hours=3)
    assert await change(office, visit, a.Reschedule(later, later + timedelta(minutes=20))) == Done(visit)
    assert (await office.diary.agenda.page(Query(None, "paz"))).appointments == ()
    assert await change(office, visit, a.Cancel("patient")) == Done(visit)
    assert await change(office, visit, a.Invite(GUEST)) == Refusal("closed")
