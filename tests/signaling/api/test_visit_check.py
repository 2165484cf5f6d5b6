"""The second check of a join link: nothing is shown before it, few tries, once a device, reset by a new link."""

from __future__ import annotations

from typing import Any

from api_under_test import Api
from visit import ADULT, book

from signaling import protocol as p

PATH = "/api/v1/visit/check"


async def checked(api: Api, question: Any = "birth-year") -> str:
    """A patient's link that asks."""
    await book(api.clinic)
    token = api.clinic.tokens["patient"]
    link = await api.office.store.seat_of_token(token)
    assert link is not None
    await api.office.join_checks.demand(token, question, link.expires_at)
    return token


async def ask(api: Api, token: str, answer: str, status: int = 200) -> Any:
    return await api.stranger.ask("POST", PATH, {"answer": answer}, status=status, headers=join(token))


def join(token: str) -> dict[str, str]:
    return {"Authorization": f"Join {token}"}


async def test_nothing_is_shown_before_the_answer(api: Api) -> None:
    token = await checked(api)
    page = await api.clinic.open("patient")
    await page.raw({"type": "hello", "v": p.VERSION, "token": token, "client_id": "client-check", "lang": "es"})
    assert (await page.get(p.Error)).code == "check-needed"
    fault = await api.stranger.ask("GET", "/api/v1/visit/triage", status=403, headers=join(token))
    assert fault["code"] == "check-needed"
    shown = await api.stranger.ask("GET", PATH, headers=join(token))
    assert shown == {"question": "birth-year", "left": 5}


async def test_the_right_answer_opens_it_on_this_device_only(api: Api) -> None:
    token = await checked(api)
    proof = (await ask(api, token, " 1980 "))["proof"]
    api.clinic.tokens["patient"] = f"{token}.{proof}"
    assert (await api.clinic.page("patient")).welcome.seat == api.clinic.seats["patient"]
    assert (await api.stranger.ask("GET", PATH, headers=join(f"{token}.{proof}")))["question"] == ""
    for other in (token, f"{token}.{'x' * 22}"):
        assert (await api.stranger.ask("GET", PATH, headers=join(other)))["question"] == "birth-year"


async def test_a_forwarded_link_takes_the_seat_from_nobody(api: Api) -> None:
    token = await checked(api)
    api.clinic.tokens["patient"] = f"{token}.{(await ask(api, token, '1980'))['proof']}"
    patient = await api.clinic.page("patient")
    api.clinic.tokens["patient"] = token
    stranger = await api.clinic.open("patient")
    await stranger.raw({"type": "hello", "v": p.VERSION, "token": token, "client_id": "client-other", "lang": "es"})
    assert (await stranger.get(p.Error)).code == "check-needed"
    await patient.send(p.Ping(n=1))
    assert (await patient.get(p.Pong)).n == 1
    assert not [message for message in patient.inbox if isinstance(message, p.TakenOver)]


async def test_a_wrong_answer_costs_a_try_and_a_slip_none(api: Api) -> None:
    token = await checked(api, "last-digits")
    assert (await ask(api, token, "67-", 422))["code"] == "check-malformed"
    fault = await ask(api, token, "111", 403)
    assert (fault["code"], fault["more"]["left"]) == ("check-wrong", "4")
    assert await ask(api, token, str(ADULT.identifiers[0])[-3:])


async def test_after_five_wrong_answers_none_is_right_until_the_clinic_sends_a_new_link(api: Api) -> None:
    token = await checked(api)
    codes = [(await ask(api, token, "1981", 403))["code"] for _ in range(5)]
    assert codes == ["check-wrong"] * 4 + ["check-exhausted"]
    assert (await ask(api, token, "1980", 403))["code"] == "check-exhausted"
    fresh = await api.office.store.issue_link(api.clinic.consultation, api.clinic.seats["patient"])
    link = await api.office.store.seat_of_token(fresh)
    assert link is not None
    await api.office.join_checks.demand(fresh, "birth-year", link.expires_at)
    assert (await ask(api, fresh, "1980"))["proof"]


async def test_every_try_is_in_the_audit_and_no_answer_is(api: Api) -> None:
    token = await checked(api)
    await ask(api, token, "1981", 403)
    await ask(api, token, "1980")
    entries = (await api.office.audit.page(action="second_check")).entries
    assert sorted(logged.fields["outcome"] for logged in entries) == ["passed", "wrong"]
    assert not any("198" in value for logged in entries for value in (logged.fields["facts"], logged.fields["request"]))


async def test_a_link_without_a_check_asks_nothing(api: Api) -> None:
    await book(api.clinic)
    shown = await api.stranger.ask("GET", PATH, headers=join(api.clinic.tokens["patient"]))
    assert shown["question"] == ""
    assert (await ask(api, api.clinic.tokens["patient"], "1980", 404))["code"] == "not-found"
