"""The sentences of the API, by language and code: each says what to do next. An area's are in a file of its own."""

from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType
from typing import Final

from signaling.api.texts import booking, common, console, erasure, imports, people, published, record, visit
from signaling.texts import Lang

AREAS: Final[tuple[ModuleType, ...]] = (booking, common, console, erasure, imports, people, published, record, visit)


def _merged(areas: Iterable[ModuleType], name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for area in areas:
        if twice := found.keys() & getattr(area, name).keys():
            raise ValueError(f"two areas have words for {sorted(twice)}")
        found |= getattr(area, name)
    return found


TEXTS: Final[dict[Lang, dict[str, str]]] = {"es": _merged(AREAS, "ES"), "en": _merged(AREAS, "EN")}


def words(lang: Lang, code: str) -> str:
    """The sentence for a code. KeyError: it has none, which tests rule out."""
    return TEXTS[lang][code]
