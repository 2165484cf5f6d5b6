"""The patients' store against a real Valkey: sealed, found by blind indexes, one of each."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from person import ANA, LUIS, MOTHER, ana, luis
from redis.asyncio import Redis

from clinic import keys as clinic_keys
from clinic.people import keys
from clinic.people.identifiers import Cedula, Minor, Passport
from clinic.people.patients import Changed, ErasedPatient, Exists, Patients, Saved, UnknownPatient
from clinic.people.phones import Phone
from clinic.people.request import Request
from clinic.privacy.audit import Audit
from clinic.privacy.audit_entry import AuditKeys
from clinic.privacy.master_key import MasterKey
from clinic.privacy.vault import Vault
from valkey_process import ValkeyProcess

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


@pytest.fixture
def patients(redis: Redis, vault: Vault, audit: Audit) -> Patients:
    return Patients(redis, vault, audit)


def asked(request: str, actor: str = "staff-1") -> Request:
    return Request(request, actor, "coordinator", NOW)


async def created(patients: Patients, person: Any = ANA, command: str = "create") -> Any:
    saved = await patients.create(person, asked(command))
    assert isinstance(saved, Saved)
    return saved.patient


async def test_a_patient_is_found_by_all_that_leads_to_them(patients: Patients) -> None:
    person = ana(identifiers=(Cedula("V", 12345678), Passport("VEN", "A1234567")))
    patient = await created(patients, person)
    assert await patients.load(patient.id) == patient
    assert patient.demographics == person
    for identifier in person.identifiers:
        assert await patients.with_identifier(identifier) == patient
    assert await patients.with_phone(Phone("+584121234567")) == (patient,)
    assert await patients.with_phone(Phone("+584121234560")) == ()
    assert await patients.with_identifier(Cedula("E", 12345678)) is None


async def test_a_child_is_found_through_the_guardian(patients: Patients) -> None:
    mother, child = await created(patients), await created(patients, LUIS, "child")
    assert await patients.in_care_of(MOTHER.identifier) == (child,)
    assert set(await patients.with_phone(Phone("+584121234567"))) == {mother, child}
    assert await patients.with_identifier(Minor(Cedula("V", 12345678), 1)) == child


async def test_the_same_cedula_twice_is_the_one_that_is_there(patients: Patients) -> None:
    patient = await created(patients)
    again = await patients.create(ana(name="Ana Paz"), asked("other"))
    assert again == Exists(patient)
    assert await patients.page(None, 10) == (patient,)


async def test_two_coordinators_at_once_make_one_patient(patients: Patients) -> None:
    made = await asyncio.gather(*(patients.create(ANA, asked(f"command-{n}", f"staff-{n}")) for n in range(8)))
    assert len({outcome.patient.id for outcome in made}) == 1
    assert sum(isinstance(outcome, Saved) for outcome in made) == 1


async def test_a_command_sent_again_is_not_done_again(patients: Patients, redis: Redis) -> None:
    patient = await created(patients)
    assert await patients.create(ANA, asked("create")) == Saved(patient, repeated=True)
    moved = ana(phones=(Phone("+573001234567"),))
    first = await patients.correct(patient.id, 1, moved, asked("move"))
    again = await patients.correct(patient.id, 1, moved, asked("move"))
    assert isinstance(first, Saved)
    assert again == Saved(first.patient, repeated=True)
    assert await redis.xlen(clinic_keys.AUDIT) == 2


async def test_a_correction_moves_the_indexes(patients: Patients) -> None:
    patient = await created(patients)
    right = ana(identifiers=(Cedula("V", 12345679),), phones=(Phone("+573001234567"),))
    saved = await patients.correct(patient.id, 1, right, asked("correct"))
    assert isinstance(saved, Saved)
    assert saved.patient.version == 2
    assert await patients.with_identifier(Cedula("V", 12345678)) is None
    assert await patients.with_identifier(Cedula("V", 12345679)) == saved.patient
    assert await patients.with_phone(Phone("+584121234567")) == ()
    assert await patients.with_phone(Phone("+573001234567")) == (saved.patient,)


async def test_of_two_corrections_at_once_one_is_told_what_changed(patients: Patients) -> None:
    patient = await created(patients)
    first, second = await asyncio.gather(
        patients.correct(patient.id, 1, ana(name="Ana Pas"), asked("a")),
        patients.correct(patient.id, 1, ana(name="Ana Paz Gil"), asked("b", "staff-2")),
    )
    outcomes = {type(first): first, type(second): second}
    assert set(outcomes) == {Saved, Changed}
    assert outcomes[Changed].patient == outcomes[Saved].patient


async def test_a_correction_cannot_take_anothers_identifier(patients: Patients) -> None:
    patient = await created(patients)
    other = await created(patients, ana(identifiers=(Cedula("V", 7654321),)), "other")
    stolen = await patients.correct(patient.id, 1, other.demographics, asked("steal"))
    assert stolen == Exists(other)
    assert await patients.load(patient.id) == patient


async def test_likely_duplicates_are_shown(patients: Patients) -> None:
    patient = await created(patients)
    newcomer = ana(identifiers=(Passport("VEN", "A1234567"),), phones=(), name="Ana Paz")
    assert [(found.patient, found.reason) for found in await patients.like(newcomer)] == [
        (patient.id, "name-and-birth-date")
    ]
    assert await patients.like(luis(birth_date=date(2021, 1, 1))) == ()


async def test_patients_are_listed_in_pages(patients: Patients) -> None:
    made = [await created(patients, ana(identifiers=(Cedula("V", 1000000 + n),)), f"c{n}") for n in range(5)]
    in_order = sorted(made, key=lambda patient: patient.id)
    first = await patients.page(None, 3)
    assert list(first + await patients.page(first[-1].id, 3)) == in_order


async def test_nothing_of_an_erased_patient_is_left(patients: Patients, vault: Vault, redis: Redis) -> None:
    patient, child = await created(patients), await created(patients, LUIS, "child")
    await vault.destroy(patient.id, NOW)
    assert await patients.erase(patient.id, asked("erase"))
    assert not await patients.erase(patient.id, asked("erase"))
    with pytest.raises(ErasedPatient):
        await patients.load(patient.id)
    with pytest.raises(ErasedPatient):
        await patients.correct(patient.id, 1, ANA, asked("late"))
    assert await patients.with_identifier(Cedula("V", 12345678)) is None
    assert await patients.with_phone(Phone("+584121234567")) == (child,)
    assert await patients.page(None, 10) == (child,)
    assert await redis.hkeys(keys.patient(patient.id)) == [b"erased"]


async def test_a_destroyed_key_hides_its_patient_from_nobody_else(patients: Patients, vault: Vault) -> None:
    patient, child = await created(patients), await created(patients, LUIS, "child")
    await vault.destroy(patient.id, NOW)
    assert await patients.page(None, 10) == (child,)
    assert await patients.with_phone(Phone("+584121234567")) == (child,)
    assert await patients.with_identifier(Cedula("V", 12345678)) is None
    with pytest.raises(ErasedPatient):
        await patients.load(patient.id)
    with pytest.raises(ErasedPatient):
        await patients.create(ANA, asked("again"))


async def test_who_was_erased_may_come_again_as_somebody_new(patients: Patients, vault: Vault) -> None:
    patient = await created(patients)
    await vault.destroy(patient.id, NOW)
    await patients.erase(patient.id, asked("erase"))
    again = await created(patients, ANA, "again")
    assert again.id != patient.id


async def test_an_unknown_patient_is_said_to_be_one(patients: Patients) -> None:
    with pytest.raises(UnknownPatient):
        await patients.load("nobody")
    assert not await patients.erase("nobody", asked("erase"))


async def test_the_file_holds_nothing_in_clear(own_valkey: ValkeyProcess) -> None:
    master = MasterKey((b"k" * 32,))
    client = Redis.from_url(own_valkey.url, socket_timeout=None)
    patients = Patients(client, Vault(client, master), Audit(client, AuditKeys.of(master)))
    await created(patients, LUIS)
    await created(patients, ANA, "second")
    directory = Path((await client.config_get("dir"))["dir"])
    await client.aclose()
    written = b"".join(path.read_bytes() for path in directory.glob("appendonlydir/*.aof"))  # noqa: ASYNC240
    assert b"create_patient" in written
    for plain in (b"Ana", b"Luis", b"12345678", b"4121234567", b"1980-05-17", b"2020-02-29"):
        assert plain not in written
