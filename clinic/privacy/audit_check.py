"""Is the audit whole? Reads entries in order and names the damaged ones. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from clinic.privacy.anchor import Stretch, order
from clinic.privacy.audit_entry import ANCHOR_SCOPE, AuditKeys, Head

FindingKind = Literal["changed", "unknown-key", "missing", "repeated", "moved", "forked", "rearranged", "head"]


@dataclass(frozen=True)
class Finding:
    """One damage. `entry`: the stream id of the damaged entry, or of the one that shows it; empty: a head shows it.

    changed: not what was written, in whichever field. unknown-key: sealed by a key that is not the clinic's.
    missing: entries `first` to `last` of the scope are gone. repeated: a second entry with this number: a copy, or what
    was written on an older backup. moved: to a later place than it had. forked: follows another entry than the one
    before it. rearranged: stream ids, or the order of different scopes, changed in the stretch that this anchor seals.
    head: the stored head is not the hash of the last entry.
    """

    kind: FindingKind
    entry: str
    scope: str
    first: int = 0
    last: int = 0

    def __str__(self) -> str:
        numbers = f" {self.first}" if self.first == self.last else f" {self.first} to {self.last}"
        where = f"entry {self.entry}" if self.entry else "the stored head"
        return f"{self.kind}: {self.scope}{numbers if self.first else ''}, at {where}"


@dataclass(frozen=True)
class _Gap:
    shown_by: str
    digest: str
    """The missing entry's hash or its first digits, where the next entry or an anchor tells; else empty."""


class AuditCheck:
    """Feed it all entries in order; then ask for the findings."""

    def __init__(self, keys: AuditKeys) -> None:
        self._keys = keys
        self._tops: dict[str, Head] = {}
        self._gaps: dict[tuple[str, int], _Gap] = {}
        self._damaged: list[Mapping[str, str]] = []
        self._findings: list[Finding] = []
        self._unsealed: list[tuple[str, Mapping[str, str]]] = []
        self._anchors: dict[int, str] = {}
        self._found_before = 0

    def feed(self, entry: str, fields: Mapping[str, str]) -> None:
        """The next entry: stream id and all its fields, decoded by `stored_fields`."""
        self._unsealed.append((entry, fields))
        kind = self._keys.damage(fields)
        if kind:
            self._damaged.append(fields)
            self._findings.append(Finding(kind, entry, fields.get("scope", ""), *[_number(fields.get("n", ""))] * 2))
        elif self._follows(entry, fields) and fields["scope"] == ANCHOR_SCOPE:
            self._anchors[int(fields["n"])] = fields["hash"]
            self._compare(entry, Stretch.read(fields))

    def findings(self, heads: Mapping[str, str], kept: Iterable[Head] = ()) -> tuple[Finding, ...]:
        """All damage. `heads`: as stored, before the first entry was read. `kept`: heads of the scope "anchor" that
        were noted outside this Redis; without one, a cut that takes the newest anchors with it is not found."""
        for scope, stored in heads.items():
            self._compare_head(scope, stored)
        for head in kept:
            if head.n and self._anchors.get(head.n) != head.hash:
                self._gaps.setdefault((ANCHOR_SCOPE, head.n), _Gap("", head.hash))
        return (*self._findings, *self._missing())

    def _follows(self, entry: str, fields: Mapping[str, str]) -> bool:
        """Put a genuine entry into its chain; False when its place is taken."""
        scope, n, top = fields["scope"], int(fields["n"]), self._tops.get(fields["scope"], Head())
        if n <= top.n:
            late = self._gaps.pop((scope, n), None)
            self._findings.append(Finding("moved" if late else "repeated", entry, scope, n, n))
            return late is not None
        self._gap(scope, top.n + 1, Head(n - 1, fields["prev"]), entry)
        if n == top.n + 1 and not fields["prev"].startswith(top.hash):
            self._findings.append(Finding("forked", entry, scope, n, n))
        self._tops[scope] = Head(n, fields["hash"])
        return True

    def _compare(self, entry: str, sealed: Stretch) -> None:
        """Against what the anchor says of the entries that it seals."""
        after, upto = order(sealed.after), order(sealed.upto)
        inside = [each for each in self._unsealed if after < order(each[0]) <= upto]
        self._unsealed = [each for each in self._unsealed if order(each[0]) > upto]
        for scope, top in sealed.tops.items():
            self._expect(scope, Head.read(top) if top.partition(" ")[0].isdecimal() else Head(), entry)
        found = len(self._findings) + len(self._gaps)
        if found == self._found_before and Stretch.of(sealed.after, inside) != sealed:
            self._findings.append(Finding("rearranged", entry, ANCHOR_SCOPE, *[self._tops[ANCHOR_SCOPE].n] * 2))
        self._found_before = len(self._findings) + len(self._gaps)

    def _compare_head(self, scope: str, stored: str) -> None:
        try:
            head = Head.read(stored)
        except ValueError:
            self._findings.append(Finding("head", "", scope))
            return
        self._expect(scope, head, "")
        top = self._tops.get(scope, Head())
        if head.n == top.n and not head.hash.startswith(top.hash):
            self._findings.append(Finding("head", "", scope, head.n, head.n))

    def _expect(self, scope: str, head: Head, shown_by: str) -> None:
        """The scope must have been as far as this head."""
        top = self._tops.get(scope, Head())
        never_genuine = not top.n and self._explained(scope, head.n, head.hash)
        if head.n > top.n and not never_genuine:
            self._gap(scope, top.n + 1, head, shown_by)
            self._tops[scope] = head

    def _gap(self, scope: str, first: int, last: Head, shown_by: str) -> None:
        for n in range(first, last.n + 1):
            self._gaps[(scope, n)] = _Gap(shown_by, last.hash if n == last.n else "")

    def _missing(self) -> list[Finding]:
        """Gaps that no damaged entry explains; neighbours in one."""
        found: list[Finding] = []
        for (scope, n), gap in sorted(self._gaps.items()):
            if self._explained(scope, n, gap.digest):
                continue
            before = found[-1] if found else None
            if before and (before.scope, before.last, before.entry) == (scope, n - 1, gap.shown_by):
                found[-1] = Finding("missing", gap.shown_by, scope, before.first, n)
            else:
                found.append(Finding("missing", gap.shown_by, scope, n, n))
        return found

    def _explained(self, scope: str, n: int, digest: str) -> bool:
        """Is it there, but damaged? Then at least one of its place and its hash is as it was, unless both were hit."""
        return any(
            (fields.get("scope"), fields.get("n")) == (scope, str(n))
            or (digest and fields.get("hash", "").startswith(digest))
            for fields in self._damaged
        )


def verify(
    entries: Iterable[tuple[str, Mapping[str, str]]],
    keys: AuditKeys,
    heads: Mapping[str, str] | None = None,
    kept: Iterable[Head] = (),
) -> tuple[Finding, ...]:
    """All damage in a whole audit; nothing when it is as it was written."""
    check = AuditCheck(keys)
    for entry, fields in entries:
        check.feed(entry, fields)
    return check.findings(heads or {}, kept)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0
