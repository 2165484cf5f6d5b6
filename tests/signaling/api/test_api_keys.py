"""Keys of the clinic's own systems: what they open, what not, and how they end."""

from __future__ import annotations

from typing import Any

import pytest
from api_under_test import Api
from test_roles import ROUTES, filled

from signaling.limits import KEY_REQUESTS

MADE = {"label": "Sistema de citas", "capabilities": ["appointments.read", "patients.read"]}


async def made(api: Api, **changes: Any) -> Any:
    return await api.staff["administrator"].ask("POST", "/api/v1/api-keys", {**MADE, **changes}, status=201)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_a_key_is_shown_once_and_kept_as_a_hash(api: Api) -> None:
    answer = await made(api)
    token = answer["token"]
    assert token.startswith(f"hilo_{answer['key']['id']}_")
    listed = await api.staff["administrator"].ask("GET", "/api/v1/api-keys")
    assert token not in str(listed)
    [key] = listed["keys"]
    assert (key["label"], key["used_at"], key["revoked_at"]) == ("Sistema de citas", None, None)
    stored = b"".join([value async for value in _everything(api)])
    assert token.encode() not in stored
    assert b"Sistema" not in stored


async def _everything(api: Api) -> Any:
    for value in (await api.office.redis.hgetall("{clinic}:api-keys")).values():
        yield value


async def test_a_key_opens_what_it_may_and_its_use_is_noted(api: Api) -> None:
    token = (await made(api))["token"]
    await api.stranger.ask("GET", "/api/v1/openapi.json", headers=bearer(token))
    [key] = (await api.staff["administrator"].ask("GET", "/api/v1/api-keys"))["keys"]
    assert key["used_at"] is not None


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.who not in ("anyone", "link", "seat")], ids=lambda r: r.name
)
async def test_no_route_that_is_not_for_keys_opens_to_one(api: Api, route: Any) -> None:
    token = (await made(api))["token"]
    headers = bearer(token) | {"Idempotency-Key": "walk"}
    body: dict[str, Any] = {"json": {}} if route.body else {}
    async with api.stranger.http.request(route.method, api.url + filled(route.path), headers=headers, **body) as answer:
        code = (await answer.json()).get("code", "") if answer.content_type == "application/json" else ""
        if not route.keys:
            assert (answer.status, code) == (403, "not-for-keys")
        elif route.who in MADE["capabilities"] or route.who == "staff":
            assert code not in ("not-allowed", "not-for-keys")
        else:
            assert (answer.status, code) == (403, "not-allowed")


async def test_a_revoked_key_and_a_guessed_one_are_told_alike(api: Api) -> None:
    answer, admin = await made(api), api.staff["administrator"]
    await admin.ask("DELETE", f"/api/v1/api-keys/{answer['key']['id']}", status=204)
    await admin.ask("DELETE", f"/api/v1/api-keys/{answer['key']['id']}", status=404)
    guessed = answer["token"][:-3] + "xyz"
    for token in (answer["token"], guessed, "hilo_x", ""):
        told = await api.stranger.ask("GET", "/api/v1/openapi.json", headers=bearer(token), status=401)
        assert told["code"] == "key-unknown"
    [key] = (await admin.ask("GET", "/api/v1/api-keys"))["keys"]
    assert key["revoked_at"] is not None


async def test_the_same_request_makes_one_key_whose_newest_token_counts(api: Api) -> None:
    admin, once = api.staff["administrator"], {"Idempotency-Key": "once"}
    one, two = [await admin.ask("POST", "/api/v1/api-keys", MADE, status=201, headers=once) for _ in range(2)]
    assert one["key"]["id"] == two["key"]["id"]
    await api.stranger.ask("GET", "/api/v1/openapi.json", headers=bearer(one["token"]), status=401)
    await api.stranger.ask("GET", "/api/v1/openapi.json", headers=bearer(two["token"]))


async def test_nothing_clinical_can_be_granted(api: Api) -> None:
    told = await api.staff["administrator"].ask(
        "POST", "/api/v1/api-keys", {**MADE, "capabilities": ["record.read"]}, status=422
    )
    assert [(each["field"], each["code"]) for each in told["fields"]] == [("capabilities", "not-for-keys")]


async def test_a_system_that_asks_too_fast_is_told_when_to_go_on(api: Api) -> None:
    token = (await made(api))["token"]
    statuses = set()
    for _ in range(round(KEY_REQUESTS.burst) * 2):
        async with api.stranger.http.get(f"{api.url}/api/v1/session", headers=bearer(token)) as answer:
            statuses.add(answer.status)
            if answer.status == 429:
                assert int(answer.headers["Retry-After"]) >= 1
                break
    assert statuses == {403, 429}


async def test_who_guesses_keys_waits(api: Api) -> None:
    statuses = []
    for n in range(40):
        headers = bearer(f"hilo_0123456789abcdef_{n:043}")
        async with api.stranger.http.get(f"{api.url}/api/v1/session", headers=headers) as answer:
            statuses.append(answer.status)
    assert (statuses[0], statuses[-1]) == (401, 429)
