"""The printed document: the same bytes for the same arguments, and no sign left out."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from clinic.record.content import Content, NextAction, Prescription
from clinic.record.document import UNPRINTABLE, _moment, _Paper, render
from clinic.record.events import Version
from clinic.record.paper import Document, Letterhead, PatientOnPaper, Signer
from clinic.record.printed_words import WORDS, day

NOW = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
CONTENT = Content(
    prescriptions=(
        Prescription("p1", "Paracetamol 500 mg", "≤ 1 tableta", "oral", "cada 8 h", "3 días", "Con alimentos"),
    ),
    instructions="Reposo.\n\nSi hay fiebre → vuelva.",
    next_action=NextAction("lab", "Hematología", date(2026, 12, 1)),
)
DOCUMENT = Document(
    Letterhead("Clínica San Rafael", ("RIF J-12345678-4",)),
    Signer("Dra. Luz Paz", "98.765"),
    PatientOnPaper("Ana Peña", "V-12.345.678", date(1984, 3, 7)),
    Version(1, CONTENT, "paz", NOW, "", (), "", "ab" * 32),
    NOW,
    ZoneInfo("America/Caracas"),
)


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))


def with_content(**changes: object) -> Document:
    return replace(DOCUMENT, version=replace(DOCUMENT.version, content=replace(CONTENT, **changes)))  # type: ignore[arg-type]


def test_same_arguments_same_bytes() -> None:
    first = render(DOCUMENT)
    assert first == render(DOCUMENT)
    assert first.startswith(b"%PDF-")
    assert first != render(replace(DOCUMENT, lang="en"))


def test_short_documents_have_one_page_and_are_small() -> None:
    pdf = render(DOCUMENT)
    assert pages(pdf) == 1
    assert len(pdf) < 60_000


@pytest.mark.parametrize(
    "name", ["Ana 🌸 Peña", "محمد علي", "יוסף", "Nguyễn", "中文", "\x00\x1b{nb}", "a" * 500, "\ud83d"]
)
def test_any_name_is_printed(name: str) -> None:
    assert render(replace(DOCUMENT, patient=PatientOnPaper(name, "P-1"))).startswith(b"%PDF-")


def test_no_sign_is_left_out() -> None:
    paper = _Paper(DOCUMENT, pages=1)
    paper.close_fonts()
    assert paper._printable("≥ 2 µg/½ • ≤ → √") == "≥ 2 µg/½ • ≤ → √"
    assert paper._printable("中\tx\x00") == f"{UNPRINTABLE} x{UNPRINTABLE}"
    assert paper._printable("n\u0303 x\u200d") == "ñ x"


def test_the_longest_record_is_printed() -> None:
    many = tuple(replace(CONTENT.prescriptions[0], id=f"p{n}", note="x " * 250) for n in range(40))
    assert pages(render(with_content(prescriptions=many, instructions="palabra " * 2500))) > 10


def test_a_record_with_instructions_only() -> None:
    assert pages(render(with_content(prescriptions=(), next_action=None))) == 1


def test_dates_are_as_people_write_them() -> None:
    at = NOW.astimezone(ZoneInfo("America/Caracas"))
    assert _moment("es", at) == "23/11/2026, 10:05 a. m."
    assert _moment("en", at.replace(hour=0)) == "23 November 2026, 12:05 a. m."
    assert day("es", date(2026, 3, 7)) == "07/03/2026"


def test_both_languages_have_all_words() -> None:
    assert WORDS["es"].keys() == WORDS["en"].keys()
