"""The waiting room over HTTP and on pages: who waits where, what is said to them, and who comes and goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from api_under_test import Api, Person, signed_in
from clinic_under_test import consent
from record_under_test import Visit, booked
from socket_page import Page

from signaling import protocol as p

GUEST = {"name": "Eva Paz", "kind": "interpreter", "language": "wba"}


async def queue(api: Api, **query: Any) -> Any:
    text = "&".join(f"{name}={value}" for name, value in query.items())
    return await api.staff["physician"].ask("GET", f"/api/v1/queue?{text}")


async def page(api: Api, token: str, name: str = "page-0001") -> Page:
    made = Page(await api.clinic.socket(), token, name)
    await made.hello()
    return made


async def waiting(api: Api, visit: Visit) -> Page:
    """The patient's page, in the waiting room."""
    patient = await page(api, visit.token)
    await consent(patient)
    await patient.do(lambda id: p.Arrive(id=id))
    return patient


@asynccontextmanager
async def colleague(api: Api) -> AsyncIterator[Person]:
    """Another physician, signed in."""
    gil = await signed_in(api, "physician", name="gil")
    try:
        yield gil
    finally:
        await gil.http.close()


async def own_page(visit: Visit) -> Page:
    """The physician's, by the seat that the console gets."""
    seat = await visit.physician.ask("POST", f"/api/v1/consultations/{visit.id}/seat", status=201)
    return await page(visit.api, seat["token"], "console-1")


async def test_who_arrives_is_in_the_queue_at_once_and_knows_the_place(api: Api) -> None:
    visit = await booked(api, minutes=0)
    before = await queue(api)
    assert [(each["stage"], each["place"]) for each in before["visits"]] == [("expected", None)]
    news = asyncio.create_task(queue(api, after=before["mark"], wait_s=20))
    patient = await waiting(api, visit)
    after = await news
    [row] = after["visits"]
    assert (row["stage"], row["place"], row["urgent"]) == ("waiting", 1, False)
    assert row["wait"] == {"at_least_min": 0, "at_most_min": 5}
    told = await patient.get(p.Waiting)
    assert (told.place, told.late, told.messages) == (1, None, ())


async def test_the_diary_follows_the_consultation(api: Api) -> None:
    visit = await booked(api, minutes=0)
    await waiting(api, visit)
    physician = await own_page(visit)
    seat = physician.welcome.consultation.seats[0].id

    async def becomes(status: str) -> None:
        async with asyncio.timeout(20):
            while (await api.office.diary.agenda.load(visit.id)).status != status:  # noqa: ASYNC110 (it has no event)
                await asyncio.sleep(0.02)

    await becomes("arrived")
    await physician.do(lambda id: p.Admit(id=id, seat=seat))
    await physician.do(lambda id: p.End(id=id))
    await becomes("fulfilled")
    assert (await queue(api))["visits"][0]["stage"] == "done"


async def test_what_is_said_to_all_is_shown_to_who_waits_until_it_is_taken_back(api: Api) -> None:
    visit = await booked(api, minutes=0)
    patient = await waiting(api, visit)
    await patient.get(p.Waiting)
    said = await visit.physician.ask(
        "POST", "/api/v1/queue/messages", {"text": " Vuelvo  en 10 min ", "minutes": 15}, status=201
    )
    assert (await patient.get(p.Waiting)).messages == ("Vuelvo en 10 min",)
    assert [(each["id"], each["own"]) for each in (await queue(api))["messages"]] == [(said["id"], True)]
    async with colleague(api) as other:
        fault = await other.ask("POST", "/api/v1/queue/messages/take-back", {"id": said["id"]}, status=403)
    assert fault["code"] == "queue-not-yours"
    await visit.physician.ask("POST", "/api/v1/queue/messages/take-back", {"id": said["id"]}, status=204)
    assert (await patient.get(p.Waiting)).messages == ()


async def test_who_is_away_says_until_when(api: Api) -> None:
    visit = await booked(api, minutes=0)
    patient = await waiting(api, visit)
    await patient.get(p.Waiting)
    await visit.physician.ask("PUT", "/api/v1/queue/away", {"minutes": 30}, status=204)
    told = await patient.get(p.Waiting)
    assert told.wait is not None
    assert told.wait.at_least_min >= 25
    assert (await queue(api))["back_at"] is not None
    await visit.physician.ask("PUT", "/api/v1/queue/away", {"minutes": 0}, status=204)
    assert (await queue(api))["back_at"] is None


async def test_a_coordinator_sees_the_line_and_nothing_clinical(api: Api) -> None:
    visit = await booked(api, minutes=0)
    await waiting(api, visit)
    member = visit.physician.member
    assert member is not None
    seen = await api.staff["coordinator"].ask("GET", f"/api/v1/queue?physician={member.id}")
    [row] = seen["visits"]
    assert (row["stage"], row["urgent"]) == ("waiting", None)
    assert await api.staff["coordinator"].ask("POST", f"/api/v1/consultations/{visit.id}/seat", status=403)


async def test_a_guest_comes_by_a_link_and_is_sent_away(api: Api) -> None:
    visit = await booked(api, minutes=0)
    physician = await own_page(visit)
    path = f"/api/v1/consultations/{visit.id}/guests"
    guest = await visit.physician.ask("POST", path, GUEST, status=201)
    invited = await physician.event("invited")
    assert (invited.seat, invited.name, invited.language) == (guest["seat"], "Eva Paz", "wba")
    inside = await page(api, guest["token"], "guest-001")
    assert {seat.role for seat in inside.welcome.consultation.seats} == {"patient", "physician", "companion"}
    await consent(inside)
    await inside.do(lambda id: p.SendChat(id=id, text="Buenos días"))
    await visit.physician.ask("DELETE", f"{path}/{guest['seat']}", status=204)
    assert (await inside.get(p.Error)).code == "seat-revoked"
    assert await inside.closed() == p.CLOSE_UNKNOWN_TOKEN
    assert (await physician.event("revoked")).seat == guest["seat"]
    again = Page(await api.clinic.socket(), guest["token"], "guest-002")
    await again.raw({"type": "hello", "v": p.VERSION, "token": guest["token"], "client_id": "guest-002"})
    assert (await again.get(p.Error)).code in ("unknown-token", "seat-revoked")


async def test_a_retried_invitation_is_one_guest(api: Api) -> None:
    visit = await booked(api, minutes=0)
    path, key = f"/api/v1/consultations/{visit.id}/guests", {"Idempotency-Key": "invite-eva"}
    first = await visit.physician.ask("POST", path, GUEST, status=201, headers=key)
    second = await visit.physician.ask("POST", path, GUEST, status=201, headers=key)
    assert first["seat"] == second["seat"]
    assert len((await api.office.store.load(visit.id)).consultation.seats) == 4


async def test_a_call_holds_six(api: Api) -> None:
    visit = await booked(api, minutes=0)
    path = f"/api/v1/consultations/{visit.id}/guests"
    for _ in range(3):
        await visit.physician.ask("POST", path, GUEST, status=201)
    assert (await visit.physician.ask("POST", path, GUEST, status=409))["code"] == "call-full"
    nameless = {"name": "...", "kind": "companion"}
    assert (await visit.physician.ask("POST", path, nameless, status=422))["fields"][0]["field"] == "name"


async def test_a_visit_is_handed_over_to_a_colleague_who_has_it_from_then_on(api: Api) -> None:
    visit = await booked(api, minutes=0)
    patient = await waiting(api, visit)
    giver = await own_page(visit)
    async with colleague(api) as gil:
        assert gil.member is not None
        path = f"/api/v1/consultations/{visit.id}"
        assert (await gil.ask("POST", f"{path}/seat", status=403))["code"] == "visit-not-yours"
        await visit.physician.ask("POST", f"{path}/hand-over", {"physician": gil.member.id}, status=204)
        assert (await patient.event("handed_over")).name == "Name of gil"
        assert (await giver.get(p.Error)).code == "seat-revoked"
        assert (await queue(api))["visits"] == []
        [row] = (await gil.ask("GET", "/api/v1/queue"))["visits"]
        assert (row["stage"], row["place"]) == ("waiting", 1)
        seat = await gil.ask("POST", f"{path}/seat", status=201)
        taker = await page(api, seat["token"], "console-2")
        target = next(each.id for each in taker.welcome.consultation.seats if each.role == "patient")
        assert isinstance(await taker.do(lambda id: p.Admit(id=id, seat=target)), p.Ack)
        again = await visit.physician.ask("POST", f"{path}/hand-over", {"physician": gil.member.id}, status=403)
        assert again["code"] == "visit-not-yours"


async def test_who_waits_for_news_is_answered_when_the_process_drains(api: Api) -> None:
    visit = await booked(api, minutes=0)
    before = await queue(api)
    news = asyncio.create_task(queue(api, after=before["mark"], wait_s=25))
    await asyncio.sleep(0.2)
    api.clinic.services[0].hub.close()
    async with asyncio.timeout(5):
        assert [each["id"] for each in (await news)["visits"]] == [visit.id]


async def test_a_polling_page_is_told_its_place_once(api: Api) -> None:
    visit = await booked(api, minutes=0)
    await waiting(api, visit)
    hello = {"type": "hello", "v": p.VERSION, "token": visit.token, "client_id": "poll-0001"}

    async def turn(**more: Any) -> list[dict[str, Any]]:
        body = {"hello": {**hello, **more.pop("hello", {})}, **more}
        async with api.clinic.http.post(f"{api.url}/poll", json=body) as answer:
            return list((await answer.json())["messages"])

    welcome = (await turn())[0]
    seen = welcome["events"][-1]["id"]
    told = await turn(hello={"after": seen}, wait_s=15)
    assert [(message["type"], message["place"]) for message in told] == [("waiting", 1)]
    assert await turn(hello={"after": seen}, wait_s=2) == []
