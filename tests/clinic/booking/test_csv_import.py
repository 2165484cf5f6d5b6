"""Preview and import over a real Valkey: good lines are booked once, however often it is cut off."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from csv_files import DESK, file, line
from diary_office import NOW, Office
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from clinic.booking.agenda import Query
from clinic.booking.csv_import import CsvImport, Imported, KeyReused
from clinic.booking.request import Author
from clinic.booking.rules import Refusal
from clinic.booking.step import Done
from clinic.people.patients import Patients
from clinic.unavailable import Unavailable
from valkey_process import ValkeyProcess

DATA = file(line(0), line(1), line(2, Hora="9"), line(3))
AUTHOR = Author("luz", "coordinator", "import-1")


class Imports:
    def __init__(self, redis: Redis) -> None:
        self.office = Office(redis)
        self.patients = Patients(redis, self.office.vault, self.office.audit)
        self.csv = CsvImport(redis, self.office.vault, self.office.diary, self.patients)

    async def run(self, data: bytes = DATA, author: Author = AUTHOR, at_most: int = 100) -> list[Imported]:
        """Cut off after so many lines."""
        told: list[Imported] = []
        async for imported in self.csv.run(data, DESK, author):
            told.append(imported)
            if len(told) == at_most:
                break
        return told

    async def booked(self) -> list[str]:
        page = await self.office.diary.agenda.page(Query(None))
        return [appointment.id for appointment in page.appointments]


@pytest.fixture
def imports(redis: Redis) -> Imports:
    return Imports(redis)


async def test_preview_writes_nothing_and_import_books_what_it_showed(imports: Imports, redis: Redis) -> None:
    preview = await imports.csv.preview(DATA, DESK)
    assert [(problem.line, problem.code) for problem in preview.problems] == [(4, "bad-time")]
    assert await redis.keys("*") == []
    told = await imports.run()
    assert [imported.line for imported in told] == [line.line for line in preview.good]
    assert all(isinstance(imported.answer, Done) for imported in told)
    appointments = (await imports.office.diary.agenda.page(Query(None))).appointments
    assert [appointment.source for appointment in appointments] == ["import"] * 3
    assert appointments[0].reason.title == "Control"
    again = await imports.csv.preview(DATA, DESK)
    clashes = [problem.detail for problem in again.problems if problem.code == "clash-in-diary"]
    assert clashes == [appointment.id for appointment in appointments]


async def test_import_that_was_cut_off_goes_on_without_doubles(imports: Imports) -> None:
    assert len(await imports.run(at_most=2)) == 2
    told = await imports.run()
    assert [isinstance(each.answer, Done) and each.answer.repeated for each in told] == [True, True, False]
    assert len(await imports.booked()) == 3
    assert len(await imports.patients.page(None, 10)) == 3


async def test_import_goes_on_after_a_power_cut(own_valkey: ValkeyProcess) -> None:
    client = Redis.from_url(own_valkey.url, socket_timeout=None, retry=Retry(NoBackoff(), 0))
    imports = Imports(client)
    running = imports.csv.run(DATA, DESK, AUTHOR)
    first = (await anext(running)).answer
    own_valkey.kill()
    with pytest.raises(Unavailable):
        await anext(running)
    own_valkey.start()
    again = await imports.run()
    assert isinstance(first, Done)
    assert [again[0].answer, len(again)] == [replace(first, repeated=True), 3]
    assert len(await imports.booked()) == 3
    await client.aclose()


async def test_import_sent_again_a_day_later_still_has_its_answers(imports: Imports) -> None:
    first = await imports.run()
    later = replace(DESK, now=NOW + timedelta(days=5))
    told = [imported async for imported in imports.csv.run(DATA, later, AUTHOR)]
    assert [getattr(each.answer, "appointment", None) for each in told] == [
        getattr(each.answer, "appointment", None) for each in first
    ]


async def test_another_file_under_the_same_key(imports: Imports) -> None:
    await imports.run(at_most=1)
    with pytest.raises(KeyReused):
        await imports.run(file(line(5)))


async def test_line_that_clashes_meanwhile_is_refused_and_the_rest_booked(imports: Imports) -> None:
    [first] = await imports.run(file(line(7, Hora="8:40")), replace(AUTHOR, key="import-0"))
    assert isinstance(first.answer, Done)
    told = await imports.run()
    assert told[0].answer == Refusal("slot-taken", first.answer.appointment)
    assert all(isinstance(each.answer, Done) for each in told[1:])


async def test_past_line_takes_in_nobody(imports: Imports) -> None:
    told = await imports.run(file(line(Fecha="22/11/2026")))
    assert [each.answer for each in told] == [Refusal("in-past")]
    assert await imports.patients.page(None, 10) == ()


async def test_one_patient_of_two_lines(imports: Imports) -> None:
    await imports.run(file(line(), line(Hora="15:30", Cédula="v 12.345.678", Nombre_y_apellido="ANA NUÑEZ")))
    assert len(await imports.booked()) == 2
    assert len(await imports.patients.page(None, 10)) == 1
