"""The CSV file to fill in: headings that the import knows, and a line that shows how."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Final

from clinic.booking.csv_columns import Column
from signaling.api.words import words
from signaling.texts import Lang

EXAMPLE: Final[Mapping[Column, str]] = {
    "date": "31/12/2025", "time": "14:30", "minutes": "20", "physician": "Dra. Inés Paz", "name": "Ana Núñez",
    "cedula": "V-12.345.678", "passport_country": "", "passport_number": "", "birth_date": "31/03/1980",
    "phone": "0412-1234567", "guardian_name": "", "guardian_cedula": "", "guardian_phone": "", "child": "",
    "reason": "Control",
}  # fmt: skip
"""Of a day that has passed, so that nobody books it by mistake."""


def template(lang: Lang) -> str:
    """Separated as Excel has it in the language, with a byte order mark, without which it takes it for Windows-1252."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if lang == "es" else ",")
    writer.writerow([words(lang, f"column-{column}") for column in EXAMPLE])
    writer.writerow(EXAMPLE.values())
    return "\ufeff" + text.getvalue()
