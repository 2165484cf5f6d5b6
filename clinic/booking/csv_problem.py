"""What can be wrong in a CSV file of appointments, as codes: the words for people are the page's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

FileCode = Literal["not-text", "too-many-lines", "missing-column", "repeated-column", "unknown-column"]

LineCode = Literal[
    "line-too-long", "bad-quoting", "wrong-field-count", "control-characters", "formula",
    "missing-value", "empty-name", "bad-name", "bad-cedula", "bad-passport", "phone-without-country", "bad-phone",
    "bad-birth-date", "minor-without-guardian", "bad-guardian", "unknown-physician", "bad-reason",
    "bad-date", "bad-time", "end-before-start", "bad-length", "in-past", "too-far",
    "duplicate-line", "clash-in-file", "clash-in-diary", "other-person",
]  # fmt: skip

BY_THE_HOUR: Final = frozenset[LineCode]({"in-past", "too-far", "clash-in-diary", "other-person"})
"""What depends on when the file is looked at, and on what stands in the clinic's books. An import asks again, line by
line."""


@dataclass(frozen=True)
class Problem:
    """It never holds what was typed."""

    line: int
    """In the file, from 1, as an editor numbers them: of a record with line breaks the first."""
    code: FileCode | LineCode
    column: str | None = None
    """One of csv_columns.py; of an unknown one, its number from 1; None for the whole line."""
    detail: str | None = None
    """A people.faults.FaultCode, the number of the other line, or the id of the appointment in the way."""

    @property
    def spoils_the_file(self) -> bool:
        """Nothing of the file can be imported. An unknown column is only left out."""
        return self.code in ("not-text", "too-many-lines", "missing-column", "repeated-column")
