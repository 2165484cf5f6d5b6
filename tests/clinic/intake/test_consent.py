"""The rules of consent: whose click counts, for which text, and when somebody is asked again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from intake_desk import ANA, BY_MOTHER, LUIS, NOW, TEXT, asked, grant

from clinic.booking.day import CARACAS
from clinic.intake.consent import ByCompanion, Consent, Entrance, Missing, Record, Refusal, Withdrawal, may_enter
from clinic.intake.consent_default import DEFAULT
from clinic.intake.consent_rules import decide, decide_withdrawal, normalised
from clinic.intake.consent_text import MAX_CHARS, TOPICS, ConsentText, Fault, Item, Wording, Words, faults
from clinic.people.identifiers import Cedula

LATER = NOW + timedelta(hours=1)
SECOND = ConsentText(2, LATER, DEFAULT)


def consent(number: str = "c1", at: datetime = NOW, **changes: Any) -> Consent:
    return Consent(number, grant(**changes), at, "seat", "patient")


def withdrawal(of: str = "c1") -> Withdrawal:
    return Withdrawal("w1", of, "visit", "seat", NOW, "seat", "patient")


def entrance(**changes: Any) -> Entrance:
    return replace(Entrance("seat", TEXT, ANA), **changes)


def test_the_text_of_a_new_clinic_can_be_published() -> None:
    assert faults(DEFAULT) == ()
    assert TEXT.optional == {"recording", "whatsapp"}


def test_the_hash_tells_versions_languages_and_words_apart() -> None:
    changed = Wording(items=(Item(id="x", text=Words(es="Á", en="a")),))
    texts = [(TEXT, "es"), (TEXT, "en"), (SECOND, "es"), (ConsentText(1, NOW, changed), "es")]
    assert len({text.sha256(language) for text, language in texts}) == 4  # type: ignore[arg-type]
    assert TEXT.sha256("es") == ConsentText(1, LATER, DEFAULT).sha256("es")


def test_composed_and_decomposed_letters_hash_alike() -> None:
    composed, decomposed = (Wording(items=(Item(id="x", text=Words(es=es, en="a")),)) for es in ("\u00e1", "a\u0301"))
    assert ConsentText(1, NOW, composed).sha256("es") == ConsentText(1, NOW, decomposed).sha256("es")


def changed_item(topic: str, **changes: Any) -> Wording:
    return Wording(items=tuple(i.model_copy(update=changes) if i.id == topic else i for i in DEFAULT.items))


@pytest.mark.parametrize(
    ("wording", "fault"),
    [
        (Wording(items=DEFAULT.items[1:]), Fault("telecare", "missing-topic")),
        (Wording(items=(*DEFAULT.items, DEFAULT.items[0])), Fault("telecare", "repeated")),
        (changed_item("data", text=Words(es="Datos", en=" ")), Fault("data", "empty")),
        (changed_item("data", text=Words(es="x" * (MAX_CHARS + 1), en="x")), Fault("data", "too-long")),
        (changed_item("recording", optional=False), Fault("recording", "must-be-optional")),
        (
            Wording(items=(*DEFAULT.items, *(Item(id=f"x{n}", text=Words(es="x", en="x")) for n in range(30)))),
            Fault("", "too-many"),
        ),
    ],
)
def test_a_wording_that_cannot_be_published(wording: Wording, fault: Fault) -> None:
    assert faults(wording) == (fault,)


def test_a_text_without_anything_to_accept() -> None:
    every = tuple(item.model_copy(update={"optional": True}) for item in DEFAULT.items)
    assert faults(Wording(items=every)) == (Fault("", "all-optional"),)
    assert {fault.item for fault in faults(Wording(items=()))} == {*TOPICS, ""}


EVERY = tuple(item.id for item in DEFAULT.items)
STRANGER = replace(BY_MOTHER, identifier=Cedula("V", 7654321))


@pytest.mark.parametrize(
    ("changes", "person", "code"),
    [
        ({}, ANA, None),
        ({"accepted": EVERY, "declined": ()}, ANA, None),
        ({"version": 2}, ANA, "text-changed"),
        ({"sha256": "0" * 64}, ANA, "text-changed"),
        ({"language": "en"}, ANA, "text-changed"),
        ({"declined": ()}, ANA, "items-missing"),
        ({"accepted": EVERY}, ANA, "items-missing"),
        ({"accepted": (*EVERY, "more"), "declined": ()}, ANA, "items-missing"),
        ({"accepted": EVERY[1:], "declined": ("telecare",)}, ANA, "not-accepted"),
        ({}, LUIS, "guardian-needed"),
        ({"giver": BY_MOTHER}, LUIS, None),
        ({"giver": STRANGER}, LUIS, None),
        ({"giver": replace(BY_MOTHER, name=" ")}, LUIS, "name-missing"),
        ({"giver": BY_MOTHER}, ANA, "guardian-is-patient"),
        ({"giver": STRANGER}, ANA, "not-a-minor"),
        ({"giver": STRANGER}, replace(ANA, guardian=replace(LUIS.guardian, identifier=STRANGER.identifier)), None),
        ({"giver": ByCompanion()}, ANA, "not-theirs"),
        ({"seat_role": "companion"}, ANA, "not-theirs"),
        ({"seat_role": "companion", "giver": ByCompanion()}, LUIS, None),
        ({"method": "typed-name"}, ANA, "name-missing"),
        ({"method": "typed-name", "typed_name": "\u202e"}, ANA, "name-missing"),
        ({"method": "typed-name", "typed_name": "Ana Paz"}, ANA, None),
        ({"method": "verbal"}, ANA, "not-allowed"),
    ],
)
def test_what_may_be_recorded(changes: dict[str, Any], person: Any, code: str | None) -> None:
    refusal = decide(normalised(grant(**changes)), TEXT, person, asked(), CARACAS)
    assert refusal == (Refusal(code) if code else None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("method", "actor", "role", "allowed"),
    [
        ("verbal", "dr", "physician", True),
        ("verbal", "co", "coordinator", False),
        ("click", "dr", "physician", False),
        ("click", "co", "coordinator", False),
        ("click", "other-seat", "patient", False),
    ],
)
def test_who_may_record_it(method: str, actor: str, role: str, allowed: bool) -> None:
    refusal = decide(grant(method=method), TEXT, ANA, asked("r", actor, role), CARACAS)
    assert refusal == (None if allowed else Refusal("not-allowed"))


def test_age_is_counted_in_the_clinics_day() -> None:
    turns_18 = replace(LUIS, birth_date=datetime(2008, 11, 25, tzinfo=UTC).date())
    still_yesterday = datetime(2026, 11, 25, 3, 59, tzinfo=UTC)
    assert decide(grant(), TEXT, turns_18, asked(at=still_yesterday), CARACAS) == Refusal("guardian-needed")
    assert decide(grant(), TEXT, turns_18, asked(at=still_yesterday + timedelta(minutes=1)), CARACAS) is None


GIVEN = consent()
OLD = consent("old", giver=BY_MOTHER)
CAME_OF_AGE = replace(LUIS, birth_date=datetime(2008, 11, 24, tzinfo=UTC).date())


@pytest.mark.parametrize(
    ("records", "changes", "expected"),
    [
        ((), {}, Missing("never-given")),
        ((GIVEN,), {}, GIVEN),
        ((GIVEN,), {"seat": "another"}, Missing("never-given")),
        ((GIVEN, withdrawal()), {}, Missing("withdrawn")),
        ((GIVEN, withdrawal(), consent("c2")), {}, consent("c2")),
        ((GIVEN, withdrawal()), {"entered": True}, Missing("withdrawn")),
        ((GIVEN,), {"newest": SECOND}, Missing("new-text")),
        ((GIVEN,), {"newest": SECOND, "entered": True}, GIVEN),
        ((GIVEN,), {"person": LUIS}, Missing("guardian-needed")),
        ((OLD,), {"person": LUIS}, OLD),
        ((GIVEN,), {"person": None}, GIVEN),
    ],
)
def test_who_may_enter(records: tuple[Record, ...], changes: dict[str, Any], expected: Any) -> None:
    assert may_enter(records, entrance(**changes), LATER) == expected


def test_who_comes_of_age_is_asked_again_unless_in_the_call() -> None:
    given = consent("c", NOW - timedelta(days=2), giver=BY_MOTHER)
    assert may_enter((given,), entrance(person=CAME_OF_AGE), NOW) == Missing("came-of-age")
    in_call = entrance(person=CAME_OF_AGE, entered=True)
    assert may_enter((given,), in_call, NOW) == given


def test_only_what_is_in_force_can_be_withdrawn() -> None:
    assert decide_withdrawal((GIVEN,), "c1") == GIVEN
    for records in ((), (GIVEN, withdrawal()), (GIVEN, consent("c2"))):
        assert decide_withdrawal(records, "c1") == Refusal("nothing-to-withdraw")
