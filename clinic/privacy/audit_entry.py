"""One entry of the audit: who did what to whose data, and how it is chained to the entry before. Pure."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Final, Literal, Self

from clinic.privacy.master_key import MasterKey

CLINIC_SCOPE: Final = "clinic"
ANCHOR_SCOPE: Final = "anchor"
CONSULTATION: Final = "consultation:"
PATIENT: Final = "patient:"
STAFF: Final = "staff:"

Purpose = Literal["TREAT", "ETREAT", "PATADMIN", "PATRQT", "HSYSADMIN"]
"""FHIR v3-PurposeOfUse: treatment, emergency, patient administration, patient's request, system administration."""

_ID: Final = re.compile(r"[A-Za-z0-9._:/@+-]{0,100}")
_FACTS: Final = re.compile(r"[A-Za-z0-9._:/@+ -]{0,2000}")


@dataclass(frozen=True)
class Entry:
    """What happened. Ids and codes only: no name, no text that somebody typed. Raises ValueError for anything else."""

    scope: str
    """The chain it belongs to: "clinic", or `consultation:`, `patient:` or `staff:` and an id."""
    action: str
    actor: str
    """A staff member's, patient's or seat's id; "clinic" or "clock" for our own processes."""
    role: str
    purpose: Purpose
    at: datetime
    """By the clock of the process that wrote it. Aware."""
    patient: str = ""
    consultation: str = ""
    outcome: str = "ok"
    """Or the refusal's code."""
    request: str = ""
    """The command's or request's id."""
    facts: str = ""
    """What it was about, as codes with spaces between: event types, classes of data that were read."""

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            allowed = _FACTS if each.name == "facts" else _ID
            if isinstance(value, str) and not allowed.fullmatch(value):
                raise ValueError(f"an audit entry's {each.name} is ids and codes only")


@dataclass(frozen=True)
class Head:
    """The last entry of a scope: its number, from 1, and its hash. As text `<n> <hash>`, or nothing for none."""

    n: int = 0
    hash: str = ""

    @classmethod
    def read(cls, text: str) -> Self:
        n, _, digest = text.partition(" ")
        return cls(int(n), digest) if text else cls()

    def __str__(self) -> str:
        return f"{self.n} {self.hash}" if self.n else ""


@dataclass(frozen=True)
class Sealed:
    """An entry with its place in the chain, ready for a Lua step: see `audit_write` in audit_scripts.py."""

    before: Head
    after: Head
    fields: Mapping[str, str]

    def argument(self, head_field: str) -> str:
        """The one ARGV that the step takes; `head_field`: where in the hash of heads this scope's head is."""
        pairs = [part for pair in self.fields.items() for part in pair]
        return json.dumps({"head": head_field, "before": str(self.before), "after": str(self.after), "fields": pairs})


@dataclass(frozen=True)
class AuditKeys:
    """The keys of the chain by the id of their master key; the newest seals."""

    newest: str
    by_id: Mapping[str, bytes] = field(repr=False)

    @classmethod
    def of(cls, master: MasterKey) -> Self:
        return cls(master.newest, master.audit_keys())

    def seal(self, entry: Entry, before: Head, **more: str) -> Sealed:
        """The entry as the next one of its scope. `more`: fields of an entry that has its own, as an anchor."""
        values = {each.name: str(getattr(entry, each.name)) for each in fields(entry)}
        values |= {"at": entry.at.isoformat(), "n": str(before.n + 1), "key": self.newest, **more, "prev": before.hash}
        digest = self._hash(self.newest, values)
        return Sealed(before, Head(before.n + 1, digest), {**values, "hash": digest})

    def damage(self, values: Mapping[str, str]) -> Literal["changed", "unknown-key"] | None:
        """Is this entry, by itself, not as it was sealed?"""
        key_id = values.get("key", "")
        if key_id not in self.by_id:
            return "unknown-key"
        stored = values.get("hash", "").encode(errors="surrogateescape")
        return None if hmac.compare_digest(self._hash(key_id, values).encode(), stored) else "changed"

    def _hash(self, key_id: str, values: Mapping[str, str]) -> str:
        """HMAC-SHA256(key, prev || canonical JSON of the other fields), hex."""
        prev = values.get("prev", "").encode(errors="surrogateescape")
        return hmac.digest(self.by_id[key_id], prev + canonical(values), "sha256").hex()


UNKEYED: Final = AuditKeys("unkeyed", {"unkeyed": b""})
"""For a store without a master key: finds accidents, not forgers. A check with the clinic's keys names its entries."""


def canonical(values: Mapping[str, str]) -> bytes:
    """JSON (as RFC 8785 for ASCII strings) of all fields but `prev` and `hash`."""
    content = {name: value for name, value in values.items() if name not in ("prev", "hash")}
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def stored_fields(raw: Mapping[Any, Any]) -> dict[str, str]:
    """An entry's fields as they are in the stream; bytes that are not UTF-8 stay told apart."""
    return {_text(name): _text(value) for name, value in raw.items()}


def one_line(names: Iterable[str]) -> str:
    """Codes as `facts` takes them."""
    return " ".join(names)


def _text(raw: Any) -> str:
    return raw.decode(errors="surrogateescape") if isinstance(raw, bytes) else str(raw)
