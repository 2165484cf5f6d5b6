"""One's own account: password, second factor, devices."""

from __future__ import annotations

from base64 import b32decode
from datetime import timedelta

from aiohttp import ClientSession, CookieJar
from api_under_test import PASSWORD, Api, Person

from clinic.people.totp import code_at, step_of

NEW = "otras palabras muy distintas"


async def second_factor(api: Api, person: Person) -> tuple[bytes, list[str]]:
    """Begun and confirmed: the secret, and the recovery codes."""
    begun = await person.ask("POST", "/api/v1/account/second-factor", {"password": PASSWORD})
    assert begun["picture"].startswith("data:image/svg+xml")
    secret = b32decode(begun["secret"].replace(" ", ""))
    code = code_at(secret, step_of(api.office.now()) - 1)
    answer = await person.ask("POST", "/api/v1/account/second-factor/confirm", {"code": code})
    return secret, answer["codes"]


def sign_in(**more: str) -> dict[str, str]:
    return {"sign_in": "physician", "password": PASSWORD, **more}


async def test_a_second_factor_is_asked_for_from_its_confirmation_on(api: Api) -> None:
    person = api.staff["physician"]
    begun = await person.ask("POST", "/api/v1/account/second-factor", {"password": PASSWORD})
    told = await person.ask("POST", "/api/v1/account/second-factor/confirm", {"code": "000000"}, status=422)
    assert told["code"] == "wrong-code"
    assert (await api.stranger.ask("POST", "/api/v1/session", sign_in()))["member"]
    secret, codes = await second_factor(api, person)
    assert secret != b32decode(begun["secret"].replace(" ", ""))
    assert (await api.stranger.ask("POST", "/api/v1/session", sign_in(), status=401))["code"] == "code-needed"
    code = code_at(secret, step_of(api.office.now()))
    await api.stranger.ask("POST", "/api/v1/session", sign_in(code=code))
    account = await person.ask("GET", "/api/v1/account")
    assert (account["second_factor"], account["recovery_codes_left"]) == (True, len(codes))


async def test_a_recovery_code_opens_once(api: Api) -> None:
    _, codes = await second_factor(api, api.staff["physician"])
    await api.stranger.ask("POST", "/api/v1/session", sign_in(code=codes[0].lower().replace("-", " ")))
    await api.stranger.ask("POST", "/api/v1/session", sign_in(code=codes[0]), status=401)


async def test_dropping_it_asks_for_password_and_code(api: Api) -> None:
    person = api.staff["physician"]
    secret, _ = await second_factor(api, person)
    path = "/api/v1/account/second-factor/drop"
    assert (await person.ask("POST", path, {"password": "no es esta"}, status=403))["code"] == "wrong-proof"
    assert (await person.ask("POST", path, {"password": PASSWORD}, status=403))["code"] == "code-needed"
    code = code_at(secret, step_of(api.office.now()))
    await person.ask("POST", path, {"password": PASSWORD, "code": code}, status=204)
    await api.stranger.ask("POST", "/api/v1/session", sign_in())


async def test_an_administrator_takes_it_from_who_lost_the_phone(api: Api) -> None:
    person = api.staff["physician"]
    await second_factor(api, person)
    assert person.member is not None
    path = f"/api/v1/staff/{person.member.id}/second-factor"
    await api.staff["administrator"].ask("DELETE", path, status=204)
    await api.stranger.ask("POST", "/api/v1/session", sign_in())


async def test_a_new_password_ends_every_other_session_and_this_one_goes_on(api: Api) -> None:
    person = api.staff["physician"]
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        phone = Person(http, api.url)
        phone.csrf = (await phone.ask("POST", "/api/v1/session", sign_in()))["csrf"]
        path = "/api/v1/account/password"
        simple = {"password": PASSWORD, "new_password": "1234567890"}
        told = await person.ask("PUT", path, simple, status=422)
        assert (told["fields"][0]["field"], told["fields"][0]["code"]) == ("new_password", "too-simple")
        wrong = {"password": "no es esta", "new_password": NEW}
        assert (await person.ask("PUT", path, wrong, status=403))["code"] == "wrong-proof"
        answer = await person.ask("PUT", path, {"password": PASSWORD, "new_password": NEW})
        await phone.ask("GET", "/api/v1/session", status=401)
        person.csrf = answer["csrf"]
        await person.ask("DELETE", "/api/v1/session", status=204)
        await api.stranger.ask("POST", "/api/v1/session", sign_in(), status=401)
        await api.stranger.ask("POST", "/api/v1/session", sign_in(password=NEW))


async def test_devices_are_listed_and_signed_out(api: Api) -> None:
    person = api.staff["physician"]
    await api.stranger.ask("POST", "/api/v1/session", sign_in(), headers={"User-Agent": "Teléfono"})
    sessions = (await person.ask("GET", "/api/v1/account"))["sessions"]
    assert [each["here"] for each in sessions].count(True) == 1
    other = next(each for each in sessions if not each["here"])
    assert other["address"] == "127.0.0.1"
    await person.ask("DELETE", f"/api/v1/account/sessions/{other['id']}", status=204)
    await api.stranger.ask("GET", "/api/v1/session", status=401)
    await api.stranger.ask("POST", "/api/v1/session", sign_in())
    assert await person.ask("DELETE", "/api/v1/account/sessions") == {"sessions": 1}
    await person.ask("GET", "/api/v1/session")


async def test_wrong_proofs_are_counted(api: Api) -> None:
    person, wrong = api.staff["physician"], {"password": "no es esta"}
    for _ in range(5):
        await person.ask("POST", "/api/v1/account/second-factor", wrong, status=403)
    told = await person.ask("POST", "/api/v1/account/second-factor", wrong, status=429)
    assert timedelta(0) < timedelta(seconds=int(told["more"]["retry_s"])) < timedelta(minutes=1)
