"""ICD-10 codes by code or by words, offline: the list that we ship, or one that the clinic loads from a CSV of its own.

The shipped list (icd10.csv) has the codes that primary care uses most, with names that we wrote: for WHO's own text
one needs a licence. Words are found by their beginnings, in any order, without regard to accents and case.
"""

from __future__ import annotations

import csv
import heapq
import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final, Literal

MAX_RESULTS: Final = 20
MAX_RANKED: Final = 500
"""Of what has all words, the shorter names are put into order."""

MAX_QUERY_CHARS: Final = 100
MAX_NAME_CHARS: Final = 300

_CODE: Final = re.compile(r"([A-Z][0-9][0-9A-Z])\.?([0-9A-Z]{0,4})")
_WORD: Final = re.compile(r"[0-9a-z]+")
_AFTER: Final = "\uffff"
"""Behind every letter that a word or code has."""

FaultCode = Literal["bad-code", "no-name", "name-too-long", "repeated-code"]


@dataclass(frozen=True)
class Fault:
    """A line of a CSV that is not taken, and why."""

    line: int
    """From 1."""
    code: FaultCode


@dataclass(frozen=True)
class Diagnosis:
    """One entry of a list."""

    code: str
    """With its dot."""
    name: str
    also: str = ""
    """Other words that it is looked for by; not shown."""


@dataclass(frozen=True)
class _Indexed:
    diagnosis: Diagnosis
    code: str
    """Without its dot, in lower case."""
    name: str
    """Its words, with single spaces."""


class Icd10:
    """A list, ready for search: 20 results of 14,000 codes take a millisecond or two."""

    def __init__(self, diagnoses: Iterable[Diagnosis]) -> None:
        short_first = sorted(diagnoses, key=lambda each: (len(each.name), each.code))
        self._entries = tuple(_indexed(each) for each in short_first)
        self._codes = sorted((entry.code, at) for at, entry in enumerate(self._entries))
        having: dict[str, list[int]] = defaultdict(list)
        for at, entry in enumerate(self._entries):
            for word in {*entry.name.split(), *_words(entry.diagnosis.also)}:
                having[word].append(at)
        self._having = dict(sorted(having.items()))
        self._words = list(self._having)

    @classmethod
    def shipped(cls) -> Icd10:
        """Ours."""
        diagnoses, _ = read_csv(files("clinic.record").joinpath("icd10.csv").read_text("utf-8"))
        return cls(diagnoses)

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Diagnosis]:
        return (self._entries[at].diagnosis for _, at in self._codes)

    def search(self, query: str, limit: int = MAX_RESULTS) -> tuple[Diagnosis, ...]:
        """Codes that begin so, in their order; then names that begin so, names that have all words, and the rest, the
        shorter ones first. A single letter is the beginning of a code."""
        asked = _words(query[:MAX_QUERY_CHARS])
        if not asked:
            return ()
        by_code = self._beginning("".join(asked))
        if len(by_code) < limit and len("".join(asked)) > 1:
            start = " ".join(asked)
            shortest = sorted(self._with_all(asked))[:MAX_RANKED]
            ranked = heapq.nsmallest(limit, ((self._rank(at, start, asked), at) for at in shortest))
            by_code += [at for _, at in ranked if at not in by_code]
        return tuple(self._entries[at].diagnosis for at in by_code[:limit])

    def find(self, code: str) -> Diagnosis | None:
        """By the whole code, with or without its dot."""
        bare = code.replace(".", "").lower()
        return next(
            (self._entries[at].diagnosis for at in self._beginning(bare)[:1] if self._entries[at].code == bare), None
        )

    def _beginning(self, code: str) -> list[int]:
        first = bisect_left(self._codes, (code, 0))
        return [at for _, at in self._codes[first : bisect_left(self._codes, (code + _AFTER, 0))]]

    def _with_all(self, words: Sequence[str]) -> set[int]:
        return set.intersection(*(self._with(word) for word in words))

    def _with(self, beginning: str) -> set[int]:
        words = self._words[bisect_left(self._words, beginning) : bisect_left(self._words, beginning + _AFTER)]
        return set().union(*(self._having[word] for word in words))

    def _rank(self, at: int, start: str, words: Sequence[str]) -> int:
        name = self._entries[at].name
        if name.startswith(start):
            return 0
        return 1 if all(f" {word}" in f" {name}" for word in words) else 2


def read_csv(text: str) -> tuple[tuple[Diagnosis, ...], tuple[Fault, ...]]:
    """A list out of a CSV: code, name and, if wanted, other words; a first line of headings is passed over.

    Separated by `;`, `,` or tabs, as its first line is. Good lines are taken, whatever is wrong with others.
    """
    rows = list(csv.reader(text.removeprefix("\ufeff").splitlines(), delimiter=_delimiter(text)))
    known: dict[str, Diagnosis] = {}
    faults = []
    for line, row in enumerate(rows, start=1):
        cells = [cell.strip() for cell in row] + ["", "", ""]
        code = _code(cells[0])
        if not any(cells) or (line == 1 and code is None):
            continue
        fault = _fault(code, cells[1], known)
        if fault:
            faults.append(Fault(line, fault))
        elif code:
            known[code] = Diagnosis(code, cells[1], cells[2])
    return tuple(known.values()), tuple(faults)


def write_csv(diagnoses: Iterable[Diagnosis]) -> str:
    """What `read_csv` reads."""
    rows = [("code", "name", "also"), *((each.code, each.name, each.also) for each in diagnoses)]
    return "".join(";".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) + "\n" for row in rows)


def _fault(code: str | None, name: str, known: dict[str, Diagnosis]) -> FaultCode | None:
    if code is None:
        return "bad-code"
    if code in known:
        return "repeated-code"
    if not name:
        return "no-name"
    return "name-too-long" if len(name) > MAX_NAME_CHARS else None


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(";,\t", key=first.count)


def _code(cell: str) -> str | None:
    match = _CODE.fullmatch(cell.upper())
    return None if match is None else ".".join(part for part in match.groups() if part)


def _indexed(diagnosis: Diagnosis) -> _Indexed:
    return _Indexed(diagnosis, diagnosis.code.replace(".", "").lower(), " ".join(_words(diagnosis.name)))


def _words(text: str) -> list[str]:
    bare = unicodedata.normalize("NFKD", text).casefold()
    return _WORD.findall("".join(sign for sign in bare if not unicodedata.combining(sign)))
