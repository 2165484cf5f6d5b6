"""From the bytes of a CSV file to its records: encoding, separator, quotes (RFC 4180). It knows no appointments."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from clinic.booking.csv_problem import Problem

MAX_BYTES: Final = 2_000_000
MAX_RECORDS: Final = 2000
MAX_RECORD_CHARS: Final = 4000
MAX_RECORD_LINES: Final = 20
"""A quote that is never closed would swallow the rest of the file."""

SEPARATORS: Final = (";", ",", "\t")

_BROKEN_BY: Final = "\n\r\t"
"""Control characters that a spreadsheet writes into a quoted field."""


@dataclass(frozen=True)
class CsvRecord:
    """`line`: of the file, from 1, where it begins."""

    line: int
    fields: tuple[str, ...]


def decoded(data: bytes) -> str | Problem:
    """UTF-8 with or without a byte order mark, else Windows-1252, as Excel writes it in Spanish."""
    if len(data) > MAX_BYTES:
        return Problem(1, "too-many-lines")
    if b"\0" in data:  # a spreadsheet file, a picture, UTF-16
        return Problem(1, "not-text")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text if text.strip() else Problem(1, "not-text")
    return Problem(1, "not-text")


def separator_of(text: str) -> str:
    """The one that splits the first line with anything on it into the most fields."""
    header = next(line for line in text.splitlines() if line.strip())
    return max(SEPARATORS, key=header.count)


def records(text: str, separator: str) -> Iterator[CsvRecord | Problem]:
    """Each record, or what is wrong with it, in the order of the file. Blank lines are passed over.

    After a record that cannot be read, reading goes on at the line after the one where it began.
    """
    lines = _lines(text)
    at = 0
    while at < len(lines):
        if not lines[at].strip(separator + " \r\n"):
            at += 1
            continue
        record, used = _record(lines, at, separator)
        yield record
        at += used


def has_controls(field: str) -> bool:
    """Characters that nobody types: they hide something, or the file is damaged."""
    return any(unicodedata.category(character) == "Cc" and character not in _BROKEN_BY for character in field)


def is_formula(field: str) -> bool:
    """A spreadsheet that opens an export of ours would run it (CWE-1236)."""
    return field.lstrip().startswith(("=", "+", "-", "@"))


def _lines(text: str) -> list[str]:
    """Split at LF, CR LF and CR only: `splitlines` knows line breaks that CSV does not."""
    return [line + "\n" for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]


def _record(lines: Sequence[str], at: int, separator: str) -> tuple[CsvRecord | Problem, int]:
    """The record that begins there, and how many lines it takes."""
    if len(lines[at]) > MAX_RECORD_CHARS:
        return Problem(at + 1, "line-too-long"), 1
    reader = csv.reader(islice(lines, at, at + MAX_RECORD_LINES), delimiter=separator, strict=True)
    try:
        fields = next(reader)
    except csv.Error:
        return Problem(at + 1, "bad-quoting"), 1
    if sum(map(len, fields)) > MAX_RECORD_CHARS:
        return Problem(at + 1, "line-too-long"), reader.line_num
    return CsvRecord(at + 1, tuple(fields)), reader.line_num
