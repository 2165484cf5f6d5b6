"""Anchors: entries that seal a stretch of the whole stream, so that a cut tail or a dropped scope is found. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final, Self

from clinic.privacy.audit_entry import ANCHOR_SCOPE, Entry

NOTHING: Final = "0-0"
"""The stream id before the first."""

HASH_DIGITS: Final = 16
"""Of each scope's last hash: enough to tell which entry it was. What proves it is the digest."""


@dataclass(frozen=True)
class Stretch:
    """What an anchor says of the entries after `after` up to and including `upto` (stream ids)."""

    after: str
    upto: str
    count: int
    digest: str
    """SHA-256 over the stream ids and hashes of all of them, in order."""
    tops: Mapping[str, str]
    """For each scope with an entry in the stretch: `<n> <first digits of the hash>` of its last one."""

    @classmethod
    def of(cls, after: str, entries: Iterable[tuple[str, Mapping[str, str]]]) -> Self:
        """The stretch of these entries: stream id and fields, in order."""
        rolling, tops, upto, count = sha256(), dict[str, str](), after, 0
        for upto, fields in entries:
            rolling.update(f"{upto} {fields.get('hash', '')}\n".encode(errors="surrogateescape"))
            tops[fields.get("scope", "")] = f"{fields.get('n', '')} {fields.get('hash', '')[:HASH_DIGITS]}"
            count += 1
        return cls(after, upto, count, rolling.hexdigest(), tops)

    @classmethod
    def read(cls, fields: Mapping[str, str]) -> Self:
        """That of a genuine anchor."""
        return cls(fields["after"], fields["upto"], int(fields["count"]), fields["digest"], json.loads(fields["tops"]))

    def fields(self) -> dict[str, str]:
        """What the anchor has beside other entries' fields."""
        tops = json.dumps(self.tops, sort_keys=True, separators=(",", ":"))
        return {
            "after": self.after, "upto": self.upto, "count": str(self.count), "digest": self.digest, "tops": tops,
        }  # fmt: skip


def anchor_entry(now: datetime) -> Entry:
    return Entry(ANCHOR_SCOPE, "anchor", "clinic", "system", "HSYSADMIN", now)


def order(stream_id: str) -> tuple[int, int]:
    """To compare stream ids by."""
    ms, _, n = stream_id.partition("-")
    return int(ms), int(n)
