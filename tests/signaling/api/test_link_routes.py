"""Join links over HTTP: told once, on any device, sent again, revoked."""

from __future__ import annotations

from datetime import datetime, timedelta

from api_under_test import Api, Person
from booking_desk import booked

from signaling import protocol as p


def token_of(link: dict[str, str]) -> str:
    return link["url"].rpartition("/")[2]


async def state_of(api: Api, appointment: str) -> list[str]:
    sheet = await api.staff["coordinator"].ask("GET", f"/api/v1/appointments/{appointment}")
    return [each["state"] for each in sheet["links"]]


async def test_a_link_opens_the_seat_until_an_hour_after_the_end(api: Api) -> None:
    person, sheet = api.staff["coordinator"], await booked(api)
    [seat] = [each["seat"] for each in sheet["links"]]
    link = await person.ask("POST", f"/api/v1/appointments/{sheet['id']}/links/{seat}", status=201)
    assert datetime.fromisoformat(link["expires_at"]) == datetime.fromisoformat(sheet["ends_at"]) + timedelta(hours=1)
    assert link["url"] in link["message"]
    assert "9:00 a. m." in link["message"]
    assert link["phones"] == ["+584121234567"]
    found = await api.office.store.seat_of_token(token_of(link))
    assert found is not None
    assert (found.consultation, found.seat) == (sheet["id"], seat)
    assert await state_of(api, sheet["id"]) == ["sent"]


async def test_a_revoked_link_opens_nothing_and_a_new_one_does(api: Api) -> None:
    person, sheet = api.staff["coordinator"], await booked(api)
    path = f"/api/v1/appointments/{sheet['id']}/links/{sheet['links'][0]['seat']}"
    links = [await person.ask("POST", path, status=201) for _ in range(2)]
    assert await person.ask("DELETE", path) == {"links": 2}
    assert await state_of(api, sheet["id"]) == ["none"]
    for link in links:
        code, close = await refused(api, token_of(link))
        assert (code, close) == ("unknown-token", p.CLOSE_UNKNOWN_TOKEN)
    fresh = await person.ask("POST", path, status=201)
    assert await api.office.store.seat_of_token(token_of(fresh)) is not None
    assert await person.ask("DELETE", path) == {"links": 1}
    assert await person.ask("DELETE", path) == {"links": 0}


async def refused(api: Api, token: str) -> tuple[str, int | None]:
    """What a page with this link is told over the socket, and the code that the socket is closed with."""
    socket = await api.clinic.socket()
    await socket.send_json({"type": "hello", "v": p.VERSION, "token": token, "client_id": "client-0001"})
    error = await socket.receive_json()
    await socket.receive()
    return error["code"], socket.close_code


async def test_a_companion_has_a_link_of_their_own(api: Api) -> None:
    person, sheet = api.staff["coordinator"], await booked(api, companions=["Luz Paz"])
    seats = {each["role"]: each["seat"] for each in sheet["links"]}
    link = await person.ask("POST", f"/api/v1/appointments/{sheet['id']}/links/{seats['companion']}", status=201)
    assert link["message"].startswith("Hola, Luz Paz.")
    assert link["phones"] == []
    assert await state_of(api, sheet["id"]) == ["none", "sent"]


async def test_no_link_of_the_physicians_seat_nor_of_a_visit_that_was_called_off(api: Api) -> None:
    person, sheet = api.staff["coordinator"], await booked(api)
    found = await api.office.diary.agenda.load(sheet["id"])
    path = f"/api/v1/appointments/{sheet['id']}"
    await person.ask("POST", f"{path}/links/{found.physician_seat}", status=404)
    issued = await person.ask("POST", f"{path}/links/{found.patient_seat}", status=201)
    await person.ask("POST", f"{path}/cancel", {"party": "patient"})
    assert await api.office.store.seat_of_token(token_of(issued)) is None
    told = await person.ask("POST", f"{path}/links/{found.patient_seat}", status=409)
    assert told["code"] == "closed"


async def test_who_sent_a_link_is_in_the_audit_and_the_link_is_not(api: Api) -> None:
    person, sheet = api.staff["coordinator"], await booked(api)
    link = await issue(person, sheet)
    page = await api.office.audit.page(consultation=sheet["id"], action="issue_link")
    assert person.member is not None
    assert [(each.fields["actor"], each.fields["role"]) for each in page.entries] == [(person.member.id, "coordinator")]
    assert token_of(link) not in str(await api.office.audit.page(limit=500))


async def issue(person: Person, sheet: dict[str, object]) -> dict[str, str]:
    links = sheet["links"]
    assert isinstance(links, list)
    link: dict[str, str] = await person.ask(
        "POST", f"/api/v1/appointments/{sheet['id']}/links/{links[0]['seat']}", status=201
    )
    return link
