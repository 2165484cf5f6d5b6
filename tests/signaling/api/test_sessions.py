"""Signing in, out, and the clinic's founding, as pages do it."""

from __future__ import annotations

from datetime import timedelta

from api_under_test import PASSWORD, Api

from clinic.people.request import Request


async def test_sign_in_tells_what_the_member_may(api: Api) -> None:
    answer = await api.staff["coordinator"].ask("GET", "/api/v1/session")
    assert answer["member"]["roles"] == ["coordinator"]
    assert "appointments.write" in answer["member"]["capabilities"]
    assert "record.read" not in answer["member"]["capabilities"]


async def test_a_wrong_password_and_an_unknown_name_are_told_alike(api: Api) -> None:
    wrong = {"sign_in": "physician", "password": "no es esta palabra"}
    nobody = {"sign_in": "nadie-aqui", "password": "no es esta palabra"}
    told = [await api.stranger.ask("POST", "/api/v1/session", body, status=401) for body in (wrong, nobody)]
    assert told[0] == told[1] == {"code": "wrong", "message": told[0]["message"]}


async def test_after_five_wrong_passwords_one_waits(api: Api) -> None:
    body = {"sign_in": "physician", "password": "no es esta palabra"}
    for _ in range(5):
        await api.stranger.ask("POST", "/api/v1/session", body, status=401)
    told = await api.stranger.ask("POST", "/api/v1/session", body, status=429)
    assert told["code"] == "wait"
    assert int(told["more"]["retry_s"]) >= 1


async def test_who_signed_out_is_out(api: Api) -> None:
    person = api.staff["physician"]
    await person.ask("DELETE", "/api/v1/session", status=204)
    await person.ask("GET", "/api/v1/session", status=401)


async def test_errors_come_in_the_language_of_the_browser(api: Api) -> None:
    spanish = await api.stranger.ask("GET", "/api/v1/session", status=401)
    english = await api.stranger.ask("GET", "/api/v1/session", status=401, headers={"Accept-Language": "en-GB"})
    assert "sesión" in spanish["message"]
    assert "session" in english["message"]


async def test_a_password_is_set_by_a_link_once(api: Api) -> None:
    member = api.staff["coordinator"].member
    assert member is not None
    request = Request("link", "clinic", "administrator", api.office.now())
    link = await api.office.credentials.issue_link(member.id, timedelta(hours=24), request)
    await api.stranger.ask("POST", "/api/v1/password/look", {"link": link}, status=204)
    simple = await api.stranger.ask("POST", "/api/v1/password", {"link": link, "password": "123"}, status=422)
    assert simple["fields"][0]["field"] == "password"
    answer = await api.stranger.ask("POST", "/api/v1/password", {"link": link, "password": f"{PASSWORD} nueva"})
    assert answer["member"]["id"] == member.id
    await api.stranger.ask("POST", "/api/v1/password/look", {"link": link}, status=410)


async def test_what_is_no_json_and_what_is_unknown_is_told(api: Api) -> None:
    told = await api.stranger.ask("POST", "/api/v1/session", status=415, data=b"{")
    assert told["code"] == "not-json"
    told = await api.stranger.ask("POST", "/api/v1/session", {"sign_in": "a", "more": 1}, status=422)
    assert {(each["field"], each["code"]) for each in told["fields"]} == {
        ("password", "missing"),
        ("more", "unexpected"),
    }
