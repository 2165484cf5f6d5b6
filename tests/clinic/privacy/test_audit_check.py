"""Every kind of damage is found, and the damaged entry is named. What was written whole has no findings."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paper_audit import KEYS, NOW, PaperAudit

from clinic.privacy.audit_entry import UNKEYED, AuditKeys, Entry, Head
from clinic.privacy.master_key import MasterKey

A, B = "consultation:a", "consultation:b"


def whole() -> PaperAudit:
    """Ids: a 1 2 5 8 12, b 3 6 9, ana 4 7 11; anchors 10 (seals 1 to 9) and 13 (10 to 12); a and b after it: 14, 15."""
    audit = PaperAudit().write(A, A, B, "patient:ana", A, B, "patient:ana", A, B).anchor()
    return audit.write("patient:ana", A).anchor().write(A, B)


@given(st.lists(st.sampled_from([A, B, "clinic", "patient:ana", "anchor"]), max_size=40))
def test_what_was_written_whole_has_no_findings(scopes: list[str]) -> None:
    audit = PaperAudit()
    for scope in scopes:
        audit = audit.anchor() if scope == "anchor" else audit.write(scope)
    assert audit.findings() == ()
    assert audit.findings(Head.read(audit.heads.get("anchor", ""))) == ()


def flips(fields: dict[str, str]) -> Iterator[dict[str, str]]:
    """The entry with each single character of its names and values changed."""
    for name, value in fields.items():
        for at in range(len(value)):
            yield {**fields, name: value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :]}
        for at in range(len(name)):
            renamed = name[:at] + chr(ord(name[at]) ^ 1) + name[at + 1 :]
            yield {renamed if each == name else each: text for each, text in fields.items()}


@pytest.mark.parametrize("at", [0, 4, 8, 9, 10, 13])
def test_each_changed_byte_of_an_entry_is_found_and_the_entry_named(at: int) -> None:
    audit = whole()
    entry, fields = audit.entries[at]
    for changed in flips(fields):
        audit.entries[at] = (entry, changed)
        [finding] = audit.findings()
        assert (finding.kind in ("changed", "unknown-key"), finding.entry) == (True, entry), changed


def test_bytes_that_are_not_utf8_are_found() -> None:
    audit = whole()
    audit.entries[2][1]["prev"] += "\udcff"
    audit.entries[4][1]["hash"] = "\udcff"
    assert [(each.kind, each.entry) for each in audit.findings()] == [("changed", "3-0"), ("changed", "5-0")]


@pytest.mark.parametrize(
    ("at", "named"),
    [
        (0, ("missing", "2-0", A, 1, 1)),
        (4, ("missing", "8-0", A, 3, 3)),
        (8, ("missing", "10-0", B, 3, 3)),
        (9, ("missing", "13-0", "anchor", 1, 1)),
        (14, ("missing", "", B, 4, 4)),
    ],
    ids=["first", "inner", "tail before an anchor", "anchor", "tail after the last anchor"],
)
def test_a_removed_entry_is_named(at: int, named: tuple[str, str, str, int, int]) -> None:
    audit = whole()
    del audit.entries[at]
    assert audit.named() == [named]


def test_a_tail_cut_with_its_head_set_back_is_found_by_the_anchor() -> None:
    audit = PaperAudit().write(A, B, A, A)
    audit.anchor()
    audit.heads[A] = f"1 {audit.entries[0][1]['hash']}"
    del audit.entries[2:4]
    assert audit.named() == [("missing", "5-0", A, 2, 3)]


def test_a_dropped_scope_is_found_by_the_anchor() -> None:
    audit = PaperAudit().write(A, B, A, B).anchor()
    audit.entries = [each for each in audit.entries if each[1]["scope"] != B]
    del audit.heads[B]
    assert audit.named() == [("missing", "5-0", B, 1, 2)]


def test_an_audit_cut_back_to_before_its_anchors_is_found_by_a_head_kept_elsewhere() -> None:
    audit = PaperAudit().write(A, B).anchor()
    kept = Head.read(audit.heads["anchor"])
    before = PaperAudit(audit.entries[:1], {A: audit.heads[A]})
    assert before.findings() == ()
    [finding] = before.findings(kept)
    assert (finding.kind, finding.scope, finding.first) == ("missing", "anchor", 1)


def test_an_inserted_copy_is_named() -> None:
    audit = whole()
    audit.entries.insert(6, ("6-1", dict(audit.entries[2][1])))
    assert ("repeated", "6-1", B, 1, 1) in audit.named()


def test_an_entry_made_without_the_key_is_named() -> None:
    for keys in (UNKEYED, AuditKeys.of(MasterKey((b"x" * 32,)))):
        audit = whole()
        audit.keys = keys
        audit.write(B)
        assert [(each.kind, each.entry) for each in audit.findings()] == [("unknown-key", "16-0")]


def test_two_that_changed_places_in_a_scope_are_named() -> None:
    audit = whole()
    (one, early), (other, late) = audit.entries[1], audit.entries[4]
    audit.entries[1], audit.entries[4] = (one, late), (other, early)
    assert ("moved", "5-0", A, 2, 2) in audit.named()


def test_two_of_different_scopes_that_changed_places_show_at_the_anchor() -> None:
    audit = whole()
    (one, early), (other, late) = audit.entries[1], audit.entries[2]
    audit.entries[1], audit.entries[2] = (one, late), (other, early)
    assert audit.named() == [("rearranged", "10-0", "anchor", 1, 1)]


def test_a_changed_stream_id_shows_at_the_anchor() -> None:
    audit = whole()
    audit.entries[1] = ("2-1", audit.entries[1][1])
    assert audit.named() == [("rearranged", "10-0", "anchor", 1, 1)]


def test_two_histories_of_one_scope_are_told() -> None:
    """As when a backup is written on, and what came after it is brought back as well."""
    audit = PaperAudit().write(A, A)
    backup = PaperAudit(audit.entries[:1], {A: f"1 {audit.entries[0][1]['hash']}"})
    backup.write("clinic", "clinic").add(Entry(A, "write", "paz", "physician", "TREAT", NOW))
    audit.entries.append(backup.entries[-1])
    assert audit.named() == [("repeated", "4-0", A, 2, 2)]
    backup.write(A)
    audit.entries[2:] = [backup.entries[-1]]
    audit.heads = {A: backup.heads[A]}
    assert audit.named() == [("forked", "5-0", A, 3, 3)]


@pytest.mark.parametrize("head", ["4 " + "0" * 64, "junk", "\udcff"])
def test_a_damaged_head_is_named(head: str) -> None:
    audit = whole()
    audit.heads[B] = head
    assert [(each.kind, each.scope) for each in audit.findings()] == [("head", B)]


def test_several_damages_are_all_named() -> None:
    audit = whole()
    audit.entries[2][1]["actor"] = "eva"
    audit.entries[6][1]["hash"] = "0" * 64
    del audit.entries[13], audit.entries[4]
    assert audit.named() == [
        ("changed", "3-0", B, 1, 1),
        ("changed", "7-0", "patient:ana", 2, 2),
        ("missing", "8-0", A, 3, 3),
        ("missing", "", A, 6, 6),
    ]


def test_old_entries_stay_whole_after_a_rotation() -> None:
    audit = PaperAudit().write(A, B).anchor()
    rotated = AuditKeys.of(MasterKey((b"m" * 32, b"n" * 32)))
    audit.keys = rotated
    audit.write(A)
    assert {each[1]["key"] for each in audit.entries} == {KEYS.newest, rotated.newest}
    assert [each.kind for each in audit.findings()] == ["unknown-key"]


@pytest.mark.parametrize("field", ["actor", "patient", "consultation", "outcome", "request", "action", "scope"])
@pytest.mark.parametrize("text", ["María", "tiene fiebre", "x" * 101, "a\nb"])
def test_text_that_somebody_wrote_cannot_be_an_entry(field: str, text: str) -> None:
    ids = {"scope": A, "action": "read", "actor": "paz"}
    with pytest.raises(ValueError, match=field):
        Entry(**{**ids, field: text}, role="physician", purpose="TREAT", at=NOW)  # type: ignore[arg-type]


def test_findings_read_as_a_line() -> None:
    audit = whole()
    audit.entries[4][1]["actor"] = "eva"
    del audit.entries[5]
    assert [str(each) for each in audit.findings()] == [
        "changed: consultation:a 3, at entry 5-0",
        "missing: consultation:b 2, at entry 9-0",
    ]
