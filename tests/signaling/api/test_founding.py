"""The first administrator of a clinic that has nobody."""

from __future__ import annotations

import aiohttp
from api_under_test import PASSWORD, Person
from clinic_under_test import clinic


async def test_the_set_up_link_founds_the_clinic_once(redis_url: str) -> None:
    async with clinic(redis_url) as made, aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        office = made.services[0].office
        link = await office.roster.issue_setup_link(office.now())
        person = Person(http, made.urls[0])
        await person.ask("POST", "/api/v1/setup/look", {"link": link}, status=204)
        body = {"link": link, "name": "Ana Pérez", "sign_in": "ana", "password": PASSWORD, "roles": ["physician"]}
        wrong = await person.ask("POST", "/api/v1/setup", {**body, "name": "", "sign_in": "a"}, status=422)
        assert {each["field"] for each in wrong["fields"]} == {"name", "sign_in"}
        answer = await person.ask("POST", "/api/v1/setup", body, status=201)
        assert answer["member"]["roles"] == ["physician", "administrator"]
        assert (await person.ask("GET", "/api/v1/session"))["member"]["name"] == "Ana Pérez"
        await person.ask("POST", "/api/v1/setup", {**body, "sign_in": "otra"}, status=410)
        assert await office.roster.issue_setup_link(office.now()) is None
