"""Accounts of the staff, as an administrator's page handles them."""

from __future__ import annotations

from typing import Any

from api_under_test import PASSWORD, Api, Person, signed_in

EVA = {"name": "Eva Díaz", "sign_in": "Eva", "roles": ["physician"], "licence": "MPPS 99", "specialty": "Pediatría"}


async def added(api: Api, **changes: Any) -> Any:
    return await api.staff["administrator"].ask("POST", "/api/v1/staff", {**EVA, **changes}, status=201)


def kept(member: Any, **changes: Any) -> dict[str, Any]:
    """What a page sends back of a member that it was given."""
    shown = ("name", "sign_in", "roles", "licence", "specialty", "language", "version", "active")
    return {name: member[name] for name in shown} | changes


async def test_who_is_added_sets_a_password_by_the_link_and_is_in(api: Api) -> None:
    answer = await added(api)
    assert (answer["member"]["sign_in"], answer["member"]["has_password"]) == ("eva", False)
    body = {"link": answer["password"]["link"], "password": PASSWORD}
    assert (await api.stranger.ask("POST", "/api/v1/password", body))["member"]["roles"] == ["physician"]
    listed = await api.staff["administrator"].ask("GET", "/api/v1/staff")
    assert {each["sign_in"]: each["has_password"] for each in listed["staff"]}["eva"]


async def test_the_same_request_adds_one_account(api: Api) -> None:
    admin, once = api.staff["administrator"], {"Idempotency-Key": "k"}
    one, two = [await admin.ask("POST", "/api/v1/staff", EVA, status=201, headers=once) for _ in range(2)]
    assert one["member"]["id"] == two["member"]["id"]


async def test_all_that_is_wrong_with_a_profile_is_told_at_once(api: Api) -> None:
    told = await api.staff["administrator"].ask("POST", "/api/v1/staff", {"name": " ", "sign_in": "a"}, status=422)
    assert {(each["field"], each["code"]) for each in told["fields"]} == {
        ("name", "missing"), ("sign_in", "too-short"), ("roles", "missing"),
    }  # fmt: skip


async def test_a_name_to_sign_in_with_is_one_persons(api: Api) -> None:
    await added(api)
    told = await api.staff["administrator"].ask("POST", "/api/v1/staff", {**EVA, "sign_in": "EVA "}, status=409)
    assert told["code"] == "taken"


async def test_of_two_administrators_who_change_one_account_the_slower_is_told(api: Api) -> None:
    member = (await added(api))["member"]
    path, admin = f"/api/v1/staff/{member['id']}", api.staff["administrator"]
    changed = await admin.ask("PUT", path, kept(member, specialty="Cardiología"))
    assert (changed["specialty"], changed["version"]) == ("Cardiología", member["version"] + 1)
    assert (await admin.ask("PUT", path, kept(member, specialty="Otra"), status=409))["code"] == "changed"


async def test_a_closed_account_is_out_at_once_and_gets_no_link(api: Api) -> None:
    physician, admin = api.staff["physician"], api.staff["administrator"]
    assert physician.member is not None
    listed = (await admin.ask("GET", "/api/v1/staff"))["staff"]
    member = next(each for each in listed if each["id"] == physician.member.id)
    await admin.ask("PUT", f"/api/v1/staff/{member['id']}", kept(member, active=False))
    await physician.ask("GET", "/api/v1/session", status=401)
    told = await admin.ask("POST", f"/api/v1/staff/{member['id']}/password-link", status=409)
    assert told["code"] == "closed-account"


async def test_the_last_administrator_stays(api: Api) -> None:
    admin = api.staff["administrator"]
    listed = (await admin.ask("GET", "/api/v1/staff"))["staff"]
    member = next(each for each in listed if "administrator" in each["roles"])
    told = await admin.ask("PUT", f"/api/v1/staff/{member['id']}", kept(member, roles=["physician"]), status=409)
    assert told["code"] == "last-administrator"


async def test_a_new_link_makes_the_one_before_worthless(api: Api) -> None:
    answer, admin = await added(api), api.staff["administrator"]
    again = await admin.ask("POST", f"/api/v1/staff/{answer['member']['id']}/password-link", status=201)
    await api.stranger.ask("POST", "/api/v1/password/look", {"link": answer["password"]["link"]}, status=410)
    await api.stranger.ask("POST", "/api/v1/password/look", {"link": again["link"]}, status=204)


async def test_somebody_is_signed_out_everywhere(api: Api) -> None:
    other: Person = await signed_in(api, "coordinator", name="otra")
    try:
        assert other.member is not None
        path = f"/api/v1/staff/{other.member.id}/sessions"
        await api.staff["administrator"].ask("DELETE", path, status=204)
        await other.ask("GET", "/api/v1/session", status=401)
    finally:
        await other.http.close()


async def test_nobody_has_this_id(api: Api) -> None:
    await api.staff["administrator"].ask("DELETE", "/api/v1/staff/0000/second-factor", status=404)
