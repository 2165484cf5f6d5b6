"""Every route of the table, asked by every role, by nobody, and by a page that is not ours."""

from __future__ import annotations

import re
from typing import Any, get_args

import pytest
from api_under_test import Api, Person

from clinic.people.staff import MAY, Capability, Role
from signaling.api.gate import ApiGate
from signaling.api.route import Open, Route
from signaling.api.table import routes
from signaling.limits import Addresses


def table() -> tuple[Route, ...]:
    return routes(ApiGate(None, frozenset(), Addresses(), lambda: 0.0, secure=False))  # type: ignore[arg-type]


ROUTES = table()
ROLES: tuple[Role, ...] = get_args(Role)


def filled(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "0123456789abcdef", path)


async def code_of(person: Person, route: Route, **headers: str) -> tuple[int, str]:
    """What an empty request gets: (status, the fault's code)."""
    sent = {"Origin": person.url, "X-CSRF-Token": person.csrf, "Idempotency-Key": f"walk-{route.name}", **headers}
    body: dict[str, Any] = {"json": {}} if route.body else {}
    async with person.http.request(route.method, person.url + filled(route.path), headers=sent, **body) as answer:
        found = await answer.json() if answer.content_type == "application/json" else {}
        return answer.status, found.get("code", "") if isinstance(found, dict) else ""


def test_every_route_says_who_may_use_it() -> None:
    for route in ROUTES:
        assert route.who in (*get_args(Open), *get_args(Capability)), route.name
    assert len({route.name for route in ROUTES}) == len(ROUTES)
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
async def test_a_route_is_used_by_those_who_may_and_nobody_else(api: Api, route: Route) -> None:
    for role in ROLES:
        may = route.who in ("anyone", "staff") or route.who in MAY[role]
        status, code = await code_of(api.staff[role], route)
        assert status != 500, (role, route.name)
        if route.who in ("link", "seat"):
            assert (status, code) == (401, "link-unknown")
        elif may:
            assert code not in ("not-allowed", "sign-in-first"), (role, route.name)
        else:
            assert (status, code) == (403, "not-allowed"), (role, route.name)
        if route.name == "session.end":
            break  # the session is over


@pytest.mark.parametrize("route", [route for route in ROUTES if route.who != "anyone"], ids=lambda route: route.name)
async def test_who_has_not_signed_in_gets_nothing(api: Api, route: Route) -> None:
    status, code = await code_of(api.stranger, route)
    assert status == 401
    assert code == ("link-unknown" if route.who in ("link", "seat") else "sign-in-first")


@pytest.mark.parametrize(
    "route",
    [route for route in ROUTES if route.who not in ("anyone", "link", "seat") and route.method != "GET"],
    ids=lambda route: route.name,
)
async def test_another_page_cannot_use_the_cookie(api: Api, route: Route) -> None:
    for person in api.staff.values():
        assert await code_of(person, route, Origin="https://evil.example") == (403, "forbidden-origin")
        assert await code_of(person, route, **{"X-CSRF-Token": ""}) == (403, "stale-page")
