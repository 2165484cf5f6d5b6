"""A person's name as one text, in any script. Show it in a `bdi` element: it may run from right to left."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from clinic.people.faults import Fault, FaultCode, Field

MAX_NAME: Final = 120
"""Code points after normalising."""

MAX_TYPED: Final = 1000
MAX_MARKS: Final = 4
"""Combining marks on one letter. Vietnamese needs 2, Hebrew with points 3; more are only there to spill over lines."""

_JOINERS: Final = "\u200c\u200d"
"""Persian and Indic names and emoji need them."""


def parse_name(text: str, field: Field = "name") -> str | Fault:
    """The name in NFC with single spaces, without what cannot be seen: controls, bidi overrides, zero-width characters.

    What is invisible comes with a paste from elsewhere; to refuse it would blame people for what they cannot see.
    """
    if len(text) > MAX_TYPED:
        return Fault(field, "too-long")
    name = _visible(text)
    fault = _fault(name)
    return Fault(field, fault) if fault else name


def comparable(name: str) -> str:
    """The name without case, accents and punctuation, its words in order: for "may be the same person" only."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(sorted(re.findall(r"\w+", letters)))


def _visible(text: str) -> str:
    kept = (_kept(character) for character in text)
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))


def _kept(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cc" or category.startswith("Z"):
        return " " if character.isspace() else ""
    return "" if category == "Cf" and character not in _JOINERS else character


def _fault(name: str) -> FaultCode | None:
    categories = [unicodedata.category(character) for character in name]
    if not name:
        return "missing"
    if "Cs" in categories or "Co" in categories:
        return "unreadable"
    if len(name) > MAX_NAME:
        return "too-long"
    if not any(category.startswith("L") for category in categories):
        return "no-letter"
    return "stacked-marks" if _most_marks(name) > MAX_MARKS else None


def _most_marks(name: str) -> int:
    """The longest run of combining marks, as the letters would have them if none were composed."""
    decomposed = unicodedata.normalize("NFD", name)
    longest = run = 0
    for character in decomposed:
        run = run + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        longest = max(longest, run)
    return longest
