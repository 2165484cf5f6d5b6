"""Which passwords are refused: short ones, what everybody uses, the owner's own name (NIST SP 800-63B). Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import reduce
from typing import Final

from clinic.people.common_passwords import WORDS
from clinic.people.faults import Fault, FaultCode

MIN_LENGTH: Final = 10
MAX_LENGTH: Final = 200
MIN_DISTINCT: Final = 5
OWN: Final = 4
"""Characters that must be left when names and common words are taken away: somebody's own contribution."""

_LOOK_ALIKES: Final = tuple(str.maketrans("013457@$!€", f"o{one}eastasie") for one in "il")
_ROWS: Final = (
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qazwsxedcrfvtgbyhnujm",
)


def normalised(password: str) -> str:
    """The form that is hashed: the same on every keyboard and system."""
    return unicodedata.normalize("NFKC", password)


def password_fault(password: str, name: str, sign_in: str) -> Fault | None:
    """Why this password is refused to the owner of this name; None when it is taken."""
    code = _code(normalised(password), name, sign_in)
    return Fault("password", code) if code else None


def _code(password: str, name: str, sign_in: str) -> FaultCode | None:
    if len(password) < MIN_LENGTH:
        return "too-short" if password else "missing"
    if len(password) > MAX_LENGTH:
        return "too-long"
    lowered = _plain(password)
    if len(set(lowered)) < MIN_DISTINCT or len(_without_runs(lowered)) < OWN:
        return "too-simple"
    if _own(lowered, _words_of(name, sign_in)) < OWN:
        return "like-the-name"
    return "too-common" if _own(lowered, WORDS) < OWN else None


def _plain(text: str) -> str:
    """Lower case without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _words_of(name: str, sign_in: str) -> frozenset[str]:
    words = re.findall(r"\w+", _plain(f"{name} {sign_in}"))
    return frozenset({word for word in words if len(word) > 2} | {"".join(words)})


def _own(password: str, words: Iterable[str]) -> int:
    """What is left of a password without these words, however they are spelled."""
    spelled = (password, *(password.translate(look_alikes) for look_alikes in _LOOK_ALIKES))
    longest_first = sorted({_plain(word) for word in words}, key=len, reverse=True)
    return min(_left(text, longest_first) for text in spelled)


def _left(text: str, words: Iterable[str]) -> int:
    """All characters where no word was found; else the letters alone, for digits and signs add little to a word."""
    rest = reduce(lambda rest, word: rest.replace(word, ""), words, text)
    return len(text) if rest == text else len(re.sub(r"[\W\d_]", "", _without_runs(rest)))


def _without_runs(text: str) -> str:
    """Without stretches of three or more that repeat a character or follow a row of keys."""
    kept, start = "", 0
    for end in range(1, len(text) + 1):
        if end == len(text) or not _follows(text[end - 1 : end + 1], text[start:end]):
            kept += text[start:end] if end - start < 3 else ""
            start = end
    return kept


def _follows(pair: str, so_far: str) -> bool:
    """Whether the pair goes on as the stretch before it began."""
    kinds = _kinds(pair)
    return bool(kinds if len(so_far) < 2 else kinds & _kinds(so_far[-2:]))


def _kinds(pair: str) -> set[str]:
    rows = {f"{row}+" for row in _ROWS if pair in row} | {f"{row}-" for row in _ROWS if pair[::-1] in row}
    return rows | ({"same"} if pair[0] == pair[1] else set())
