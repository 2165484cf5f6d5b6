"""CSV files as clinics send them, and every kind of bad line with its code and column."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from csv_files import COLUMNS, DESK, HEADER, file, line
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.booking.appointment import Slot
from clinic.booking.csv_problem import Problem
from clinic.booking.csv_sheet import Sheet, against_diary, read_sheet
from clinic.people.identifiers import Cedula

HALF_PAST_NINE = datetime(2026, 11, 25, 13, 30, tzinfo=UTC)


def read(*lines: str, header: str = HEADER) -> Sheet:
    return read_sheet(file(*lines, header=header), DESK)


def problems(sheet: Sheet) -> list[tuple[int, str, str | None]]:
    return [(problem.line, problem.code, problem.column) for problem in sheet.problems]


def test_good_line() -> None:
    sheet = read(line(Hora="09:30 a. m."))
    assert sheet.problems == ()
    [good] = sheet.good
    assert (good.line, good.physician, good.starts_at) == (2, "paz", HALF_PAST_NINE)
    assert good.ends_at == HALF_PAST_NINE + timedelta(minutes=20)
    assert good.person.identifiers == (Cedula("V", 12_345_678),)
    assert [phone.e164 for phone in good.person.phones] == ["+584121234567"]
    assert (good.person.name, good.reason) == ("Ana Núñez", "Control")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
def test_encodings_separators_and_line_ends(encoding: str, separator: str, ending: str) -> None:
    text = ending.join([HEADER, line(Motivo="Año nuevo, vida nueva") if separator == ";" else line(), line(1)])
    data = text.replace(";", separator).encode(encoding)
    sheet = read_sheet(data, DESK)
    assert sheet.problems == ()
    assert [good.person.name for good in sheet.good] == ["Ana Núñez", "Ana Núñez"]


def test_english_header_in_another_order_iso_dates_end_times_and_quoted_line_breaks() -> None:
    header = "Reason,Physician,DATE,Start time,End time,Given name,Family name,National ID,Date of birth,Phone"
    sheet = read(
        '"Cough,\nfever ""high""",rey,2026-11-25,09:30,9:50 AM,Ana,Núñez,v12345678,1980-03-31,+57 310 5551234',
        "Cough,rey,2026-11-25,10:30,10:50,Eva,Díaz,e84123456,1980-03-31,",
        header=header,
    )
    assert sheet.problems == ()
    first, second = sheet.good
    assert (first.line, second.line) == (2, 4)
    assert first.reason == 'Cough,\nfever "high"'
    assert first.starts_at == HALF_PAST_NINE
    assert (first.person.name, second.person.name) == ("Ana Núñez", "Eva Díaz")
    assert first.person.phones[0].e164 == "+573105551234"


def test_blank_lines_and_trailing_separators_are_passed_over() -> None:
    sheet = read("", line() + ";;", ";;;;;;;;;;", line(1), "")
    assert sheet.problems == ()
    assert [good.line for good in sheet.good] == [3, 5]


LINES = [
    ("bad cédula", line(Cédula="V-12"), ("bad-cedula", "cedula")),
    ("cédula without its letter", line(Cédula="12345678"), ("bad-cedula", "cedula")),
    ("no cédula", line(Cédula=""), ("bad-cedula", "cedula")),
    ("foreign phone without country", line(Teléfono="310 555 1234"), ("phone-without-country", "phone")),
    ("second phone without country", line(Teléfono="0412-1234567 / 600123456"), ("phone-without-country", "phone")),
    ("phone of nobody", line(Teléfono="0499-1234567"), ("bad-phone", "phone")),
    ("words for a phone", line(Teléfono="no tiene"), ("bad-phone", "phone")),
    ("in the past", line(Fecha="22/11/2026"), ("in-past", "date")),
    ("too far", line(Fecha="25/11/2062"), ("too-far", "date")),
    ("unknown physician", line(Médico="Dr. House"), ("unknown-physician", "physician")),
    ("no physician", line(Médico=""), ("unknown-physician", "physician")),
    ("line too long", line(Motivo="x" * 5000), ("line-too-long", None)),
    ("reason too long", line(Motivo="x" * 201), ("bad-reason", "reason")),
    ("empty name", line(Nombre_y_apellido="  "), ("empty-name", "name")),
    ("name without letters", line(Nombre_y_apellido="123"), ("bad-name", "name")),
    ("control character", line(Nombre_y_apellido="Ana\x07Núñez"), ("control-characters", "name")),
    ("no such day", line(Fecha_de_nacimiento="31/02/1980"), ("bad-birth-date", "birth_date")),
    ("born too long ago", line(Fecha_de_nacimiento="24/11/1826"), ("bad-birth-date", "birth_date")),
    ("month first", line(Fecha="11/25/2026"), ("bad-date", "date")),
    ("no date", line(Fecha=""), ("missing-value", "date")),
    ("bare hour", line(Hora="9"), ("bad-time", "time")),
    ("no hour", line(Hora=""), ("missing-value", "time")),
    ("no length", line(Minutos=""), ("missing-value", "end")),
    ("too short", line(Minutos="3"), ("bad-length", "minutes")),
    ("endless", line(Minutos="999"), ("bad-length", "minutes")),
    ("minor without guardian", line(Fecha_de_nacimiento="31/03/2019"), ("minor-without-guardian", "guardian_cedula")),
    ("guardian without a name", line(Cédula_del_representante="V9876543"), ("bad-guardian", "guardian_name")),
    ("guardian's bad cédula", line(Cédula_del_representante="V1", Representante="Luz"),
     ("bad-guardian", "guardian_cedula")),
    ("formula", line(Motivo='=HYPERLINK("http://x")'.replace('"', "'")), ("formula", "reason")),
    ("formula with plus", line(Motivo="+1+1"), ("formula", "reason")),
    ("formula with minus", line(Nombre_y_apellido="-2+3"), ("formula", "name")),
    ("formula with at", line(Nombre_y_apellido=" @SUM(A1)"), ("formula", "name")),
    ("formula for a phone", line(Teléfono="+58412*1234567"), ("formula", "phone")),
    ("inconsistent quoting", line(Motivo='"Control" urgente'), ("bad-quoting", None)),
    ("a field too few", line().rpartition(";")[0], ("wrong-field-count", None)),
    ("a field too many", line() + ";x", ("wrong-field-count", None)),
]  # fmt: skip


@pytest.mark.parametrize(("bad", "expected"), [row[1:] for row in LINES], ids=[row[0] for row in LINES])
def test_bad_line_between_good_ones(bad: str, expected: tuple[str, str | None]) -> None:
    sheet = read(line(1), bad, line(2))
    assert problems(sheet) == [(3, *expected)]
    assert [good.line for good in sheet.good] == [2, 4]


def test_end_before_start() -> None:
    sheet = read(line(Minutos="09:00").replace("8:30", "09:30"), header=HEADER.replace("Minutos", "Hasta"))
    assert problems(sheet) == [(2, "end-before-start", "end")]


def test_time_that_the_clock_jumps_over() -> None:
    desk = replace(DESK, now=datetime(2016, 4, 20, 12, 0, tzinfo=UTC))
    [problem] = read_sheet(file(line(Fecha="01/05/2016", Hora="2:45 a. m.")), desk).problems
    assert problem == Problem(2, "bad-time", "time", "no-such-time")


def test_everything_wrong_with_a_line_is_told_at_once() -> None:
    sheet = read(line(Hora="9", Cédula="x", Teléfono="y", Médico="z"))
    codes = {problem.code for problem in sheet.problems}
    assert codes == {"bad-time", "bad-cedula", "bad-phone", "unknown-physician"}


def test_unclosed_quote_costs_one_line() -> None:
    sheet = read(line(1), line(Motivo='"Control'), line(2), line(3))
    assert problems(sheet) == [(3, "bad-quoting", None)]
    assert [good.line for good in sheet.good] == [2, 4, 5]


def test_duplicates_and_clashes_within_the_file() -> None:
    sheet = read(
        line(Hora="9:30"),
        line(Hora="09:30 a. m.", Cédula="v 12 345 678", Motivo="otro"),
        line(1, Hora="9:40"),
        line(Hora="9:40", Médico="José Rey"),
        line(1, Hora="9:50"),
    )
    assert [(problem.line, problem.code, problem.detail) for problem in sheet.problems] == [
        (3, "duplicate-line", "2"),
        (4, "clash-in-file", "2"),
        (5, "clash-in-file", "2"),
    ]
    assert [good.line for good in sheet.good] == [2, 6]


def test_clashes_with_the_diary_name_the_appointment() -> None:
    sheet = read(line(Hora="9:30"), line(1, Hora="11:30"), line(2, Hora="13:30"))
    at = HALF_PAST_NINE + timedelta(minutes=10)
    slots = [
        Slot("x", "paz", "eva", at, at + timedelta(hours=1)),
        Slot("y", "rey", "leo", at + timedelta(hours=2), at + timedelta(hours=3)),
    ]
    judged = against_diary(sheet, slots, {Cedula("V", 12_345_679): "leo"})
    assert [(each.line, each.code, each.column, each.detail) for each in judged.problems] == [
        (2, "clash-in-diary", "physician", "x"),
        (3, "clash-in-diary", "cedula", "y"),
    ]
    assert [good.line for good in judged.good] == [4]


FILES = [
    ("empty", b"", ("not-text", None)),
    ("a spreadsheet", b"PK\x03\x04\x00\x00", ("not-text", None)),
    ("UTF-16", HEADER.encode("utf-16"), ("not-text", None)),
    ("neither encoding", HEADER.encode() + b"\n\x81", ("not-text", None)),
    ("too many lines", file(*["x"] * 2001), ("too-many-lines", None)),
    ("too many bytes", b"x" * 2_000_001, ("too-many-lines", None)),
    ("no column for the hour", file(header=HEADER.replace("Hora;", "")), ("missing-column", "time")),
    ("a column twice", file(header=HEADER + ";CEDULA"), ("repeated-column", "cedula")),
]


@pytest.mark.parametrize(("data", "expected"), [row[1:] for row in FILES], ids=[row[0] for row in FILES])
def test_bad_file(data: bytes, expected: tuple[str, str | None]) -> None:
    sheet = read_sheet(data, DESK)
    assert sheet.lines == ()
    [problem] = sheet.problems
    assert (problem.code, problem.column) == expected
    assert problem.spoils_the_file


def test_unknown_column_is_told_and_left_out() -> None:
    sheet = read(line() + ";=1+1", header=HEADER + ";Observaciones")
    assert problems(sheet) == [(1, "unknown-column", str(len(COLUMNS) + 1))]
    assert len(sheet.good) == 1


def test_child_without_a_document_comes_through_the_guardian() -> None:
    child = line(
        Cédula="", Fecha_de_nacimiento="31/03/2019", Cédula_del_representante="V9876543", Representante="Luz Núñez"
    )
    assert problems(read(child)) == [(2, "bad-cedula", "cedula")]
    [good] = read(child + ";2", header=HEADER + ";Hijo").good
    assert [identifier.key for identifier in good.person.identifiers] == ["V-9876543/2"]


cells = st.text(st.characters(codec="utf-8"), max_size=30)


@settings(deadline=None)
@given(st.lists(st.lists(cells, min_size=9, max_size=12).map(";".join), max_size=6), st.binary(max_size=50))
def test_nothing_that_anybody_sends_breaks_it(lines: list[str], noise: bytes) -> None:
    for data in (file(*lines), noise, file(*lines) + noise):
        sheet = read_sheet(data, DESK)
        assert not {good.line for good in sheet.good} & {each.line for each in sheet.problems if each.line > 1}


@settings(deadline=None)
@given(st.sampled_from(range(len(COLUMNS))), cells)
def test_any_text_in_any_cell_is_judged(at: int, cell: str) -> None:
    fields = line().split(";")
    fields[at] = cell
    sheet = read(";".join(fields))
    assert "\0" in cell or all(problem.line >= 2 for problem in sheet.problems)
