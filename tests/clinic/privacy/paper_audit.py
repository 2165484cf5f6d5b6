"""An audit without Redis: a list of entries and their heads, to damage at will."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from clinic.privacy.anchor import NOTHING, Stretch, anchor_entry
from clinic.privacy.audit_check import Finding, verify
from clinic.privacy.audit_entry import ANCHOR_SCOPE, AuditKeys, Entry, Head
from clinic.privacy.master_key import MasterKey

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
KEYS = AuditKeys.of(MasterKey((b"m" * 32,)))


@dataclass
class PaperAudit:
    """`entries`: stream id and fields. Ids count up from 1-0."""

    entries: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    heads: dict[str, str] = field(default_factory=dict)
    keys: AuditKeys = KEYS

    def write(self, *scopes: str) -> PaperAudit:
        for scope in scopes:
            entry = Entry(scope, "read", "paz", "physician", "TREAT", NOW, patient="ana", request="r-1", facts="a b")
            self.add(entry)
        return self

    def anchor(self) -> PaperAudit:
        anchors = [fields for _, fields in self.entries if fields["scope"] == ANCHOR_SCOPE]
        after = anchors[-1]["upto"] if anchors else NOTHING
        rest = [each for each in self.entries if int(each[0][:-2]) > int(after[:-2])]
        self.add(anchor_entry(NOW), **Stretch.of(after, rest).fields())
        return self

    def findings(self, *kept: Head) -> tuple[Finding, ...]:
        return verify(self.entries, KEYS, self.heads, kept)

    def named(self) -> list[tuple[str, str, str, int, int]]:
        return [(each.kind, each.entry, each.scope, each.first, each.last) for each in self.findings()]

    def add(self, entry: Entry, **more: str) -> None:
        sealed = self.keys.seal(entry, Head.read(self.heads.get(entry.scope, "")), **more)
        self.heads[entry.scope] = str(sealed.after)
        self.entries.append((f"{len(self.entries) + 1}-0", dict(sealed.fields)))
