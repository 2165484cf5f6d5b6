"""The rules of a record: the gate, signatures, amendments, hand-over, limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from typing import Any

import pytest

from clinic.record import commands as c
from clinic.record.content import (
    MAX_ITEMS,
    MAX_LINE_CHARS,
    MAX_TEXT_CHARS,
    FieldName,
    Impression,
    NextAction,
    Prescription,
    Timing,
    Value,
    from_json,
    parse,
    to_json,
)
from clinic.record.record import Record, Refusal, Tenure, apply, decide, missing
from clinic.record.signature import is_genuine

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
PARACETAMOL = Prescription(
    "p1", "Paracetamol 500 mg", "1 tableta", "oral", "cada 8 h", "3 días", timing=Timing(1, 8, "h", 3)
)
FULL: dict[FieldName, Value] = {
    "reason": "Cefalea",
    "impressions": (Impression("i1", "Cefalea tensional", "G44.2"),),
    "prescriptions": (PARACETAMOL,),
    "instructions": "Reposo",
    "next_action": NextAction("follow-up", on=date(2026, 12, 1)),
}


def empty() -> Record:
    return Record("c1", "ana", NOW, (Tenure("paz", NOW),))


def after(state: Record, *commands: c.Command, now: datetime = NOW) -> Record:
    for command in commands:
        decision = decide(state, command, now)
        assert not isinstance(decision, Refusal), decision
        state = reduce(apply, decision, state)
    return state


def written(state: Record, by: str = "paz", **values: Value) -> Record:
    for name, value in values.items():
        heads = state.heads(name)  # type: ignore[arg-type]
        base = heads[-1].revision if heads else 0
        edit = state.revision + 1
        state = after(state, c.Save(f"{name}{edit}", by, name, value, base, by, edit))  # type: ignore[arg-type]
    return state


def full(**changes: Value) -> Record:
    return written(empty(), **{**FULL, **changes})


def signed() -> Record:
    return after(full(), c.Complete("1", "paz"), c.Sign("2", "paz"))


def test_an_empty_record_lacks_everything() -> None:
    assert missing(empty()) == ("reason", "impression", "treatment", "next-action")
    assert decide(empty(), c.Complete("1", "paz"), NOW) == Refusal("incomplete", missing=missing(empty()))


def test_a_full_record_lacks_nothing() -> None:
    assert missing(full()) == ()
    assert after(full(), c.Complete("1", "paz")).status == "completed"


@pytest.mark.parametrize(
    ("change", "lacks"),
    [
        ({"reason": " \n"}, ("reason",)),
        ({"impressions": ()}, ("impression",)),
        ({"impressions": (Impression("i1", " ", "G44.2"),)}, ("impression",)),
        ({"prescriptions": ()}, ()),
        ({"instructions": ""}, ()),
        ({"prescriptions": (), "instructions": " "}, ("treatment",)),
        ({"prescriptions": (Prescription("p1", "Paracetamol"),)}, ("prescription-details",)),
        ({"prescriptions": (replace(PARACETAMOL, duration=" "),)}, ("prescription-details",)),
        ({"next_action": None}, ("next-action",)),
        ({"next_action": NextAction("discharge")}, ()),
        ({"next_action": NextAction("follow-up")}, ("next-action-details",)),
        ({"next_action": NextAction("follow-up", "al terminar")}, ()),
        ({"next_action": NextAction("lab", on=date(2026, 12, 1))}, ("next-action-details",)),
        ({"next_action": NextAction("referral", "neurología")}, ()),
    ],
)
def test_the_gate(change: dict[str, Any], lacks: tuple[str, ...]) -> None:
    assert missing(full(**change)) == lacks


def test_a_conflict_holds_the_gate() -> None:
    state = after(full(), c.Save("x", "paz", "reason", "Mareo", 0, "other", 1))
    assert missing(state) == ("conflict",)


def test_interrupted_is_an_open_task_that_can_be_completed_later() -> None:
    state = after(empty(), c.Interrupt("1", "paz", "Se cortó la luz"))
    assert (state.status, state.is_open, state.closed_at) == ("interrupted", True, NOW)
    assert state.interrupted_because == "Se cortó la luz"
    state = after(written(state, **FULL), c.Complete("2", "paz"), now=NOW + timedelta(hours=3))
    assert (state.status, state.closed_at) == ("completed", NOW)
    assert not after(state, c.Sign("3", "paz")).is_open


@pytest.mark.parametrize(
    ("state", "command", "code"),
    [
        (full(), c.Sign("1", "paz"), "not-completed"),
        (full(), c.Sign("1", "luz"), "not-allowed"),
        (full(), c.Save("1", "luz", "reason", "x", 0, "b", 1), "not-allowed"),
        (full(), c.HandOver("1", "luz", "luz"), "not-allowed"),
        (full(), c.Amend("1", "paz", "error"), "not-signed"),
        (signed(), c.Interrupt("1", "paz", "Se cortó la luz"), "signed"),
        (full(), c.Interrupt("1", "paz", " "), "reason-required"),
        (after(full(), c.Complete("1", "paz")), c.Sign("2", "paz", "voice"), "attestation-required"),
        (after(full(), c.Complete("1", "paz")), c.Sign("2", "paz", "text"), "attestation-required"),
        (signed(), c.Amend("1", "paz", "error"), "nothing-changed"),
        (written(signed(), reason="Mareo"), c.Amend("1", "paz", " "), "reason-required"),
        (written(signed(), reason="Mareo"), c.Amend("1", "luz", "error"), "not-allowed"),
        (written(signed(), reason=""), c.Amend("1", "paz", "error"), "incomplete"),
    ],
)
def test_refusals(state: Record, command: c.Command, code: str) -> None:
    decision = decide(state, command, NOW)
    assert isinstance(decision, Refusal)
    assert decision.code == code


def test_what_is_emptied_after_completing_cannot_be_signed() -> None:
    state = written(after(full(), c.Complete("1", "paz")), reason="")
    assert decide(state, c.Sign("2", "paz"), NOW) == Refusal("incomplete", missing=("reason",))


def test_a_signature_proves_content_patient_and_consultation() -> None:
    [version] = signed().versions
    assert is_genuine(version, "c1", "ana")
    assert not is_genuine(version, "c1", "eva")
    assert not is_genuine(version, "c2", "ana")
    assert not is_genuine(replace(version, content=replace(version.content, reason="Mareo")), "c1", "ana")
    assert not is_genuine(replace(version, signed_at=NOW + timedelta(seconds=1)), "c1", "ana")


def test_who_did_not_see_the_patient_says_that_it_could_be_decided_so() -> None:
    state = after(full(), c.Complete("1", "paz"), c.Sign("2", "paz", "voice", attested=True))
    state = after(written(state, reason="Mareo"), c.Amend("3", "paz", "Error al escribir"))
    assert [(each.held, each.attested) for each in state.versions] == [("voice", True)] * 2
    assert is_genuine(state.versions[0], "c1", "ana")
    assert not is_genuine(replace(state.versions[0], attested=False), "c1", "ana")
    assert after(full(), c.Complete("1", "paz"), c.Sign("2", "paz", "video")).status == "signed"


def test_an_amendment_is_a_new_version_and_the_old_one_stays() -> None:
    before = signed()
    state = after(written(before, reason="Mareo"), c.Amend("3", "paz", "Me equivoqué de paciente"))
    first, second = state.versions
    assert first == before.versions[0]
    assert (first.content.reason, second.content.reason) == ("Cefalea", "Mareo")
    assert (second.number, second.reason, second.previous_sha256) == (2, "Me equivoqué de paciente", first.sha256)
    assert is_genuine(second, "c1", "ana")


def test_text_that_returns_after_the_signature_is_kept_beside_it() -> None:
    state = after(signed(), c.Save("x", "paz", "reason", "Mareo", 0, "offline", 1))
    assert state.signed is not None
    assert state.signed.content.reason == "Cefalea"
    assert [head.value for head in state.heads("reason")] == ["Cefalea", "Mareo"]


def test_hand_over_changes_who_signs_and_keeps_who_wrote() -> None:
    state = after(full(), c.HandOver("1", "paz", "luz"))
    state = after(written(state, by="luz", reason="Cefalea y fiebre"), c.Complete("2", "luz"), c.Sign("3", "luz"))
    [version] = state.versions
    wrote = {each.field: each.physicians for each in version.authors}
    assert (version.signed_by, wrote["reason"], wrote["instructions"]) == ("luz", ("luz", "paz"), ("paz",))
    assert decide(state, c.Amend("4", "paz", "error"), NOW) == Refusal("not-allowed")


def test_who_handed_over_may_still_bring_what_was_typed_before() -> None:
    state = after(full(), c.HandOver("1", "paz", "luz"))
    assert not isinstance(decide(state, c.Save("2", "paz", "reason", "x", 0, "offline", 1), NOW), Refusal)


@pytest.mark.parametrize(
    ("name", "value", "limit"),
    [
        ("reason", "x" * 1_000_000, MAX_TEXT_CHARS),
        ("instructions", "x" * (MAX_TEXT_CHARS + 1), MAX_TEXT_CHARS),
        ("impressions", (Impression("i1", "x" * (MAX_LINE_CHARS + 1)),), MAX_LINE_CHARS),
        ("impressions", tuple(Impression(f"i{n}", "x") for n in range(MAX_ITEMS + 1)), MAX_ITEMS),
        ("next_action", NextAction("lab", "x" * (MAX_LINE_CHARS + 1)), MAX_LINE_CHARS),
    ],
)
def test_too_long_is_refused_with_the_limit(name: FieldName, value: Value, limit: int) -> None:
    assert decide(empty(), c.Save("1", "paz", name, value, 0, "a", 1), NOW) == Refusal("too-long", limit=limit)


def test_ids_of_items_are_there_and_distinct() -> None:
    for ids in (("i1", "i1"), ("", "i1"), ("i" * 65, "i1")):
        value = tuple(Impression(each, "x") for each in ids)
        assert decide(empty(), c.Save("1", "paz", "impressions", value, 0, "a", 1), NOW) == Refusal("bad-ids")


@pytest.mark.parametrize("name", FULL)
def test_values_survive_json(name: FieldName) -> None:
    assert from_json(name, to_json(name, FULL[name])) == FULL[name]


def test_another_shape_is_refused_where_it_comes_in() -> None:
    for name, value in (("reason", ["x"]), ("impressions", "x"), ("next_action", {"kind": "surgery"})):
        with pytest.raises(ValueError):
            parse(name, value)  # type: ignore[arg-type]


def test_dosage_is_one_line() -> None:
    assert PARACETAMOL.dosage == "1 tableta, oral, cada 8 h, 3 días"
