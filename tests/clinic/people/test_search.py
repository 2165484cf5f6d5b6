"""One box to find a patient by: what a text may mean, and whom it finds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import pytest
from person import ANA, LUIS, ana
from redis.asyncio import Redis

from clinic.people.faults import Fault
from clinic.people.identifiers import Cedula, Passport
from clinic.people.patients import Patients, Saved
from clinic.people.phones import Phone
from clinic.people.request import Request
from clinic.people.search import Search, read_search
from clinic.privacy.audit import Audit
from clinic.privacy.vault import Vault

NOW: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SPELLINGS: Final = (
    "V-12345678", "V-12.345.678", "v12345678", "V 12.345.678", "v-12 345 678", "V.12345678", " V12.345.678 ",
    "V–12345678", "V−12.345.678", "Ｖ１２３４５６７８", "V\u00a012.345.678",
)  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_cedula_in_eleven_spellings_is_one(spelling: str) -> None:
    search = read_search(spelling)
    assert isinstance(search, Search)
    assert Cedula("V", 12345678) in search.identifiers


def test_digits_alone_may_be_either_cedula() -> None:
    search = read_search("12.345.678")
    assert isinstance(search, Search)
    assert search.identifiers[:2] == (Cedula("V", 12345678), Cedula("E", 12345678))


def test_a_passport_is_found_without_its_country() -> None:
    search = read_search("ab 123456")
    assert isinstance(search, Search)
    assert Passport("COL", "AB123456") in search.identifiers
    assert read_search("COL AB123456") == Search((Passport("COL", "AB123456"),))


@pytest.mark.parametrize("typed", ["0412-1234567", "+58 412 1234567", "0412 123 45 67"])
def test_a_phone(typed: str) -> None:
    search = read_search(typed)
    assert isinstance(search, Search)
    assert search.phones == (Phone("+584121234567"),)


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", Fault("name", "missing")),
        ("a", Fault("name", "too-short")),
        ("x" * 101, Fault("name", "too-long")),
        ("V-12", Fault("cedula", "too-short")),
        ("X-123", Fault("cedula", "nationality-unknown")),
        ("+58 499 1234567", Fault("phone", "no-such-prefix")),
        ("12/3", Fault("name", "unreadable")),
    ],
)
def test_what_means_nothing_is_told(typed: str, fault: Fault) -> None:
    assert read_search(typed) == fault


async def test_who_is_found(redis: Redis, vault: Vault, audit: Audit) -> None:
    patients = Patients(redis, vault, audit)
    made: dict[str, str] = {}
    emoji = ana(name="Ana 🌺 مريم", identifiers=(Passport("COL", "AB123456"),), phones=())
    for name, person in {"ana": ANA, "luis": LUIS, "emoji": emoji}.items():
        saved = await patients.create(person, Request(name, "luz", "coordinator", NOW))
        assert isinstance(saved, Saved)
        made[name] = saved.patient.id

    async def found(typed: str) -> set[str]:
        search = read_search(typed)
        assert isinstance(search, Search)
        ids = {patient.id for patient in await patients.found(search)}
        return {name for name, each in made.items() if each in ids}

    assert await found("v 12.345.678") == {"ana", "luis"}
    assert await found("0412 1234567") == {"ana", "luis"}
    assert await found("ab123456") == {"emoji"}
    assert await found("lui") == {"luis"}
    assert await found("maria") == {"ana", "luis"}
    assert await found("مريم") == {"emoji"}
    assert await found("nadie") == set()
