"""CSV files over HTTP: the preview says what is wrong and what to do, the import books the rest and can be resumed."""

from __future__ import annotations

import io
import json
import re
from typing import Any, get_args

import pytest
from api_under_test import Api, Person
from booking_desk import ana
from import_files import COLUMNS, file, line

from clinic.booking.csv_columns import header_of
from clinic.booking.csv_problem import FileCode, LineCode
from clinic.booking.rules import RefusalCode
from clinic.people.request import Request
from clinic.people.staff import Member, Profile
from signaling.api.csv_template import EXAMPLE, template
from signaling.api.words import TEXTS
from signaling.texts import Lang


async def preview(person: Person, data: bytes, **headers: str) -> Any:
    return await person.ask(
        "POST", "/api/v1/imports/preview", data=data, headers={"Content-Type": "text/csv", **headers}
    )


async def run(person: Person, data: bytes, key: str, status: int = 200) -> list[dict[str, Any]]:
    headers = {"Content-Type": "text/csv", "Idempotency-Key": key}
    text = await person.ask("POST", "/api/v1/imports", data=data, headers=headers, status=status)
    return [json.loads(each) for each in text.splitlines()] if status == 200 else [text]


async def test_a_file_with_twenty_three_kinds_of_bad_lines(api: Api) -> None:
    person = api.staff["coordinator"]
    await ana(person)
    bad = [
        (line(api, 1, Cédula="V-12"), "bad-cedula"),
        (line(api, 1, Cédula="", País_del_pasaporte="XX", Pasaporte="AB12345"), "bad-passport"),
        (line(api, 1, Teléfono="310 555 1234"), "phone-without-country"),
        (line(api, 1, Teléfono="0499-1234567"), "bad-phone"),
        (line(api, 1, Fecha="01/01/2020"), "in-past"),
        (line(api, 1, Fecha="01/01/2062"), "too-far"),
        (line(api, 1, Fecha="13/13/2026"), "bad-date"),
        (line(api, 1, Hora="9"), "bad-time"),
        (line(api, 1, Hora=""), "missing-value"),
        (line(api, 1, Minutos="3"), "bad-length"),
        (line(api, 1, Médico="Dr. House"), "unknown-physician"),
        (line(api, 1, Nombre_y_apellido=" "), "empty-name"),
        (line(api, 1, Nombre_y_apellido="123"), "bad-name"),
        (line(api, 1, Nombre_y_apellido="Ana\x07Núñez"), "control-characters"),
        (line(api, 1, Fecha_de_nacimiento="31/02/1980"), "bad-birth-date"),
        (line(api, 1, Fecha_de_nacimiento="31/03/2019"), "minor-without-guardian"),
        (line(api, 1, Representante="Luz", Cédula_del_representante="V1"), "bad-guardian"),
        (line(api, 1, Motivo="x" * 201), "bad-reason"),
        (line(api, 1, Motivo="=1+1"), "formula"),
        (line(api, 1, Motivo='"Control" urgente'), "bad-quoting"),
        (line(api, 1).rpartition(";")[0], "wrong-field-count"),
        (line(api, 1, Motivo="x" * 5000), "line-too-long"),
        (line(api, 0), "duplicate-line"),
        (line(api, 3, Cédula="V-12.345.678"), "other-person"),
    ]
    found = await preview(person, file(line(api, 0), *(text for text, _ in bad), line(api, 2)))
    assert [(each["line"], each["code"]) for each in found["problems"]] == [
        (at, code) for at, (_, code) in enumerate(bad, start=3)
    ]
    assert [each["line"] for each in found["good"]] == [2, len(bad) + 3]
    assert found["usable"]
    assert len({code for _, code in bad}) >= 20
    for each in found["problems"]:
        assert len(re.findall(r"\w+", each["message"])) >= 3, each
    words = {each["code"]: (each["column"], each["message"]) for each in found["problems"]}
    assert words["bad-phone"][0] == "Teléfono"
    assert words["bad-phone"][1].startswith("Ese código no existe.")
    assert words["phone-without-country"][1].startswith("No se sabe de qué país es el teléfono.")
    assert found["problems"][22]["other_line"] == 2


async def test_the_preview_speaks_the_reader_s_language_and_writes_nothing(api: Api) -> None:
    person = api.staff["coordinator"]
    data = file(line(api, 0, Cédula="V-12"), line(api, 1))
    english = await preview(person, data, **{"Accept-Language": "en"})
    assert english["problems"][0]["column"] == "Cédula"
    assert "Write it like V-12.345.678" in english["problems"][0]["message"]
    assert [each["name"] for each in english["good"]] == ["Eva Díaz"]
    listed = await person.ask("GET", f"/api/v1/appointments?day={english['good'][0]['starts_at'][:10]}")
    assert listed["appointments"] == []


async def test_an_import_books_the_good_lines_and_tells_of_each(api: Api) -> None:
    person = api.staff["coordinator"]
    told = await run(person, file(line(api, 0), line(api, 1, Cédula="x"), line(api, 2)), "monday")
    assert [(each["line"], each["outcome"]) for each in told[:-1]] == [(2, "booked"), (4, "booked")]
    assert told[-1] == {"booked": 2, "repeated": 0, "refused": 0}
    sheet = await person.ask("GET", f"/api/v1/appointments/{told[0]['appointment']}")
    assert (sheet["source"], sheet["patient"]["document"]) == ("import", "V-9.000.000")
    assert "herida" not in str(sheet)


async def test_an_import_that_was_cut_off_goes_on_where_it_stopped(api: Api) -> None:
    person = api.staff["coordinator"]
    data = file(*(line(api, number) for number in range(6)))
    first = await run(person, data, "monday")
    again = await run(person, data, "monday")
    assert again[-1] == {"booked": 0, "repeated": 6, "refused": 0}
    assert [each["appointment"] for each in again[:-1]] == [each["appointment"] for each in first[:-1]]
    [told] = await run(person, file(line(api, 7)), "monday", status=422)
    assert told["code"] == "idempotency-key-reused"


async def test_a_line_whose_time_was_taken_meanwhile_is_told_and_the_others_are_booked(api: Api) -> None:
    person = api.staff["coordinator"]
    data = file(line(api, 0), line(api, 1))
    assert (await preview(person, data))["problems"] == []
    first = await run(person, file(line(api, 0, Cédula="V-8.000.000")), "other")
    told = await run(person, data, "monday")
    assert [(each["line"], each["outcome"], each["appointment"]) for each in told[:1]] == [
        (2, "slot-taken", first[0]["appointment"])
    ]
    assert told[0]["message"] == "El médico ya tiene una cita a esa hora. Elija otra."
    assert told[-1] == {"booked": 1, "repeated": 0, "refused": 1}
    clash = (await preview(person, file(line(api, 0, Cédula="V-7.000.000"))))["problems"]
    assert [(each["code"], each["appointment"]) for each in clash] == [("clash-in-diary", first[0]["appointment"])]


async def test_nobody_is_booked_under_somebody_else_s_document(api: Api) -> None:
    person = api.staff["coordinator"]
    await ana(person)
    told = await run(person, file(line(api, 0, Cédula="V-12.345.678")), "monday")
    assert (told[0]["outcome"], told[-1]["booked"]) == ("other-person", 0)


@pytest.mark.parametrize(
    ("data", "code", "column"),
    [
        (b"PK\x03\x04\x00\x00", "not-text", None),
        (b"Hora;Fecha\r\n", "missing-column", "Hasta"),
        ("\r\n".join([";".join(COLUMNS), *["x"] * 2001]).encode(), "too-many-lines", None),
    ],
)
async def test_a_file_that_cannot_be_used_says_what_to_do(api: Api, data: bytes, code: str, column: str | None) -> None:
    found = await preview(api.staff["coordinator"], data)
    assert not found["usable"]
    assert found["good"] == []
    assert (found["problems"][0]["code"], found["problems"][0]["column"]) == (code, column)


async def test_too_many_bytes_are_not_read(api: Api) -> None:
    person = api.staff["coordinator"]
    headers = {"Content-Type": "text/csv"}
    told = await person.ask(
        "POST", "/api/v1/imports/preview", data=io.BytesIO(b"x" * 2_000_001), headers=headers, status=413
    )
    assert told["more"] == {"limit_bytes": "2000000"}


async def test_two_physicians_of_one_name_are_told_apart_by_their_ids(api: Api) -> None:
    person = api.staff["coordinator"]
    request = Request("add", "clinic", "administrator", api.office.now())
    twin = await api.office.roster.add(Profile("Name of Physician", "twin", ("physician",)), request)
    assert isinstance(twin, Member)
    found = await preview(person, file(line(api, 0), line(api, 1, Médico=twin.id)))
    assert [(each["line"], each["code"]) for each in found["problems"]] == [(2, "unknown-physician")]


@pytest.mark.parametrize("lang", ["es", "en"])
async def test_the_template_is_a_file_that_the_import_takes(api: Api, lang: Lang) -> None:
    person = api.staff["coordinator"]
    headers = {"Accept-Language": lang}
    text = await person.ask("GET", "/api/v1/imports/template", headers=headers)
    assert text.lstrip("\ufeff") == template(lang).lstrip("\ufeff")
    found = await preview(person, template(lang).encode())
    assert {each["code"] for each in found["problems"]} == {"unknown-physician", "in-past"}


def test_the_names_of_all_columns_are_understood() -> None:
    for lang in TEXTS:
        names = {column: text for column, text in TEXTS[lang].items() if column.startswith("column-")}
        for key, name in names.items():
            if key not in ("column-given",):  # a given name alone is the whole name
                assert header_of(1, [name]).columns == (key.removeprefix("column-"),), name
    assert EXAMPLE.keys() <= {key.removeprefix("column-") for key in names}


def test_every_problem_and_refusal_has_words() -> None:
    codes = {f"csv-{code}" for code in (*get_args(FileCode), *get_args(LineCode))}
    own = {"unknown-appointment", "call-full", "unknown-guest", "same-physician"}  # told otherwise, or of the call
    assert codes | set(get_args(RefusalCode)) - own <= TEXTS["es"].keys()
