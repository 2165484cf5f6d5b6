"""Searching diagnoses, and reading a clinic's own list."""

from __future__ import annotations

import pytest

from clinic.record.icd10 import Diagnosis, Fault, Icd10, read_csv, write_csv

SHIPPED = Icd10.shipped()


def codes(query: str) -> list[str]:
    return [each.code for each in SHIPPED.search(query)]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("I10", "I10"),
        ("i 10", "I10"),
        ("g44.2", "G44.2"),
        ("g442", "G44.2"),
        ("migrana", "G43.9"),
        ("MIGRAÑA con aura", "G43.1"),
        ("aura migraña", "G43.1"),
        ("hipert arter", "I10"),
        ("lechina", "B01.9"),
        ("dolor de cabeza", "R51"),
        ("tipo 2 diabetes", "E11.9"),
        ("depre mod", "F32.1"),
    ],
)
def test_search(query: str, first: str) -> None:
    assert first in codes(query)[:4], codes(query)


def test_a_code_prefix_lists_its_codes_in_order() -> None:
    assert codes("J45") == ["J45.0", "J45.9"]
    assert codes("q")[:2] == ["Q21.0", "Q53.9"]


def test_nothing_is_found_by_nothing() -> None:
    assert codes("") == codes(" .,-") == codes("xyzzy") == codes("🙂") == []


def test_a_query_of_a_megabyte_is_cut() -> None:
    assert len(codes("a " * 500_000)) <= 20


def test_find() -> None:
    found = SHIPPED.find("g442")
    assert found is not None
    assert found == SHIPPED.find("G44.2")
    assert SHIPPED.find("G44.") is None


def test_the_shipped_list_is_whole() -> None:
    text = "\n".join(f"{each.code};{each.name}" for each in SHIPPED)
    diagnoses, faults = read_csv(text)
    assert (len(diagnoses), faults) == (len(SHIPPED), ())
    assert len(SHIPPED) > 550


@pytest.mark.parametrize("between", [";", ",", "\t"])
def test_a_clinics_own_list(between: str) -> None:
    lines = ["codigo;nombre", "a000;Cólera", "G44.2;Cefalea", "", "zz;x", "G442;Otra", "B01;"]
    diagnoses, faults = read_csv("\ufeff" + "\r\n".join(lines).replace(";", between))
    assert diagnoses == (Diagnosis("A00.0", "Cólera"), Diagnosis("G44.2", "Cefalea"))
    assert faults == (Fault(5, "bad-code"), Fault(6, "repeated-code"), Fault(7, "no-name"))


def test_what_is_written_is_read() -> None:
    diagnoses = (Diagnosis("A00.0", 'Cólera "asiático"; grave', "x"), Diagnosis("I10", "Hipertensión, esencial"))
    assert read_csv(write_csv(diagnoses)) == (diagnoses, ())
