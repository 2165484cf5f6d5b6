"""A clinic over HTTP, with staff of every role signed in, and requests as a page of the clinic sends them."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from argon2 import Parameters
from argon2.low_level import Type
from clinic_under_test import Clinic, clinic

from clinic.people.hashing import Hasher
from clinic.people.request import Request
from clinic.people.staff import Member, Profile, Role
from signaling.api.gate import CSRF_HEADER
from signaling.office import Office

PASSWORD = "cuatro palabras bien largas"
CHEAP = Parameters(Type.ID, 19, 16, 32, 1, 8, 1)


@dataclass
class Person:
    """Somebody at a page: their browser's cookies, their session's CSRF token, their account."""

    http: aiohttp.ClientSession
    url: str
    csrf: str = ""
    member: Member | None = None
    keys: Any = field(default_factory=itertools.count)

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> Any:
        """The answer's JSON (or text) after its status was checked."""
        sent = {"Origin": self.url, CSRF_HEADER: self.csrf, **(headers or {})}
        if method == "POST":
            sent.setdefault("Idempotency-Key", f"test-{id(self)}-{next(self.keys)}")
        if body is not None:
            more["json"] = body
        async with self.http.request(method, f"{self.url}{path}", headers=sent, **more) as answer:
            text = await answer.text()
            assert answer.status == status, f"{method} {path}: {answer.status} {text}"
            return await answer.json() if answer.content_type == "application/json" else text


@dataclass
class Api:
    clinic: Clinic
    office: Office
    stranger: Person
    staff: dict[Role, Person]
    others: list[Person] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.clinic.urls[0]


@asynccontextmanager
async def api(redis_url: str, **overrides: Any) -> AsyncIterator[Api]:
    """One signaling process, one member of each role, signed in."""
    Hasher.__init__.__defaults__ = (CHEAP,)  # argon2id at its real cost would be most of a test's time
    async with clinic(redis_url, **overrides) as made:
        office = made.services[0].office
        people = Api(made, office, _person(made), {})
        try:
            for role in ("administrator", "physician", "coordinator"):
                people.staff[role] = await signed_in(people, role)
            yield people
        finally:
            for person in (people.stranger, *people.others):
                await person.http.close()


async def signed_in(people: Api, *roles: Role, name: str = "") -> Person:
    """A new member with these roles, at a browser of their own."""
    sign_in = name or roles[0]
    profile = Profile(f"Name of {sign_in}", sign_in, roles, licence="MPPS 1234")
    request = Request(f"add-{sign_in}", "clinic", "administrator", people.office.now())
    member = await people.office.roster.add(profile, request)
    assert isinstance(member, Member)
    secrets = await people.office.credentials.load(member.id)
    phc = await people.office.hasher.hash(PASSWORD)
    assert await people.office.credentials.set_password(member.id, secrets, phc, request)
    person = _person(people.clinic)
    people.others.append(person)
    answer = await person.ask("POST", "/api/v1/session", {"sign_in": sign_in, "password": PASSWORD})
    person.csrf, person.member = answer["csrf"], member
    return person


def _person(made: Clinic) -> Person:
    return Person(aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)), made.urls[0])
