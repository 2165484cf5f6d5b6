"""Every code that the API may answer with has a sentence in both languages."""

from __future__ import annotations

from typing import get_args

from test_roles import ROUTES

from clinic.intake import consent_text, questionnaire_faults
from clinic.people.faults import FaultCode
from signaling.api.words import AREAS, TEXTS


def test_both_languages_have_the_same_codes() -> None:
    for area in AREAS:
        assert area.ES.keys() == area.EN.keys(), area.__name__
    assert all(text.strip() for texts in TEXTS.values() for text in texts.values())


def test_every_fault_of_a_route_and_of_what_is_typed_has_words() -> None:
    for route in ROUTES:
        assert set(route.faults) <= TEXTS["es"].keys(), route.name
    assert {f"field-{code}" for code in get_args(FaultCode)} <= TEXTS["es"].keys()


def test_every_fault_of_a_published_text_has_words() -> None:
    consent = {f"field-{code}" for code in get_args(consent_text.FaultCode)}
    triage = {f"field-triage-{code}" for code in get_args(questionnaire_faults.FaultCode)}
    assert consent | triage <= TEXTS["es"].keys()
