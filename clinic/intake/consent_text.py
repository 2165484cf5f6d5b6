"""The clinic's consent text: items in Spanish and English, what can be wrong with them, and the hash that proves which.

Editions of it are immutable (editions.py); what a new clinic starts with is in consent_default.py. Pure.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from clinic.intake.editions import Edition
from clinic.intake.words import Words
from clinic.people.patient import Language

MAX_ITEMS: Final = 30
MAX_CHARS: Final = 4000
"""Of one item in one language."""

Topic = Literal[
    "telecare", "no-exam", "technical-failure", "in-person", "emergencies", "confidentiality", "data", "whatsapp",
    "recording", "ehr-sharing", "withdrawal",
]  # fmt: skip

TOPICS: Final[tuple[Topic, ...]] = get_args(Topic)
"""What every text says something about; the clinic words it, and may add items of its own."""

SEPARATE: Final[frozenset[str]] = frozenset({"recording"})
"""Must be answerable by yes or no: refusing it never keeps anyone from care."""

FaultCode = Literal["missing-topic", "repeated", "empty", "too-long", "too-many", "must-be-optional", "all-optional"]


class Item(BaseModel):
    """One point. `optional`: answered by yes or no of its own; all others are accepted together or not at all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")
    text: Words
    optional: bool = False


class Wording(BaseModel):
    """All items, as an administrator edits them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    items: tuple[Item, ...]


@dataclass(frozen=True)
class Fault:
    """Why the wording cannot be published. `item`: its id or the missing topic; empty for the whole."""

    item: str
    code: FaultCode


@dataclass(frozen=True)
class ConsentText:
    """A published edition."""

    version: int
    published_at: datetime
    wording: Wording

    @property
    def optional(self) -> frozenset[str]:
        return frozenset(item.id for item in self.wording.items if item.optional)

    def sha256(self, language: Language) -> str:
        """Of the canonical form of what is shown in this language, 64 hex digits."""
        return hashlib.sha256(canonical(self, language)).hexdigest()


def canonical(text: ConsentText, language: Language) -> bytes:
    """JSON in UTF-8 with sorted names, no spaces and NFC texts: version, language, and the items in their order."""
    items = [
        {"id": item.id, "optional": item.optional, "text": _nfc(item.text.in_language(language))}
        for item in text.wording.items
    ]
    content = {"items": items, "language": language, "version": text.version}
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def of_edition(edition: Edition) -> ConsentText:
    return ConsentText(edition.number, edition.published_at, Wording.model_validate_json(edition.content))


def faults(wording: Wording) -> tuple[Fault, ...]:
    """All that keeps it from being published."""
    return tuple(_whole(wording)) + tuple(fault for item in wording.items for fault in _one(item))


def _whole(wording: Wording) -> Iterator[Fault]:
    ids = [item.id for item in wording.items]
    yield from (Fault(topic, "missing-topic") for topic in TOPICS if topic not in ids)
    yield from (Fault(item, "repeated") for item in dict.fromkeys(ids) if ids.count(item) > 1)
    if len(ids) > MAX_ITEMS:
        yield Fault("", "too-many")
    if all(item.optional for item in wording.items):
        yield Fault("", "all-optional")


def _one(item: Item) -> Iterator[Fault]:
    texts = (item.text.es, item.text.en)
    if not all(text.strip() for text in texts):
        yield Fault(item.id, "empty")
    if any(len(text) > MAX_CHARS for text in texts):
        yield Fault(item.id, "too-long")
    if item.id in SEPARATE and not item.optional:
        yield Fault(item.id, "must-be-optional")


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)
