"""Questionnaires: what cannot be published, what is asked, and what the answers mean."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake_desk import NOW, asked
from pydantic import ValidationError

from clinic.intake import answers as a
from clinic.intake import response as r
from clinic.intake.fhir_shape import questionnaire_resource, response_items
from clinic.intake.questionnaire import Answer, Questionnaire, Questions
from clinic.intake.questionnaire_faults import faults
from clinic.intake.response import Refusal, Response, ResponseItem, flat
from clinic.intake.triage_default import DEFAULT

YES, NO = Answer(value_boolean=True), Answer(value_boolean=False)
TEXT = {"es": "¿?", "en": "?"}
REQUIRED = {
    "reason": (Answer(value_string="Tos"),), "breath": (NO,), "chest": (NO,), "conscious": (NO,), "allergy": (NO,),
}  # fmt: skip


def questions(*items: dict[str, Any]) -> Questions:
    """Each with `text`, unless it says another; JSON as a page sends it."""
    return Questions.model_validate({"title": TEXT, "item": [{"text": TEXT, **item} for item in items]})


def asks(link: str, kind: str = "boolean", **more: Any) -> dict[str, Any]:
    return {"linkId": link, "type": kind, "text": TEXT, **more}


def when(question: str, operator: str = "=", **answer: Any) -> list[dict[str, Any]]:
    return [{"question": question, "operator": operator, "answer": answer or {"valueBoolean": True}}]


def urgent_when(operator: str, **answer: Any) -> list[dict[str, Any]]:
    return [{"operator": operator, "answer": answer}]


RED = [{"code": "red", "text": TEXT}]


@pytest.mark.parametrize(
    ("items", "code", "link"),
    [
        ([], "none", ""),
        ([asks(f"q{n}") for n in range(61)], "too-many", ""),
        ([asks("a", "group", item=[asks("b", "group", item=[asks("c", "group", item=[asks("d")])])])], "too-deep", ""),
        ([asks("q"), asks("q")], "repeated", "q"),
        ([asks("q", text={"es": "", "en": "?"})], "empty", "q"),
        ([asks("q", text={"es": "x" * 501, "en": "?"})], "too-long", "q"),
        ([asks("q"), asks("g", "group")], "group-empty", "g"),
        ([asks("g", "group", required=True, item=[asks("q")])], "group-answers", "g"),
        ([asks("q", item=[asks("r")])], "nested", "q"),
        ([asks("q", "choice")], "options-missing", "q"),
        ([asks("q", answerOption=RED)], "options-unwanted", "q"),
        ([asks("q", "choice", answerOption=RED * 2)], "option-repeated", "q"),
        ([asks("q", repeats=True)], "repeats-unwanted", "q"),
        ([asks("q", maxLength=9)], "length-unwanted", "q"),
        ([asks("q", enableWhen=when("x"))], "question-unknown", "q"),
        ([asks("q", enableWhen=when("x")), asks("x")], "question-later", "q"),
        ([asks("q", enableWhen=when("q"))], "question-later", "q"),
        ([asks("x"), asks("q", enableWhen=when("x", valueInteger=1))], "answer-type", "q"),
        ([asks("x", "integer"), asks("q", enableWhen=when("x", "exists", valueInteger=1))], "answer-type", "q"),
        ([asks("x"), asks("q", enableWhen=when("x", ">", valueBoolean=True))], "operator-type", "q"),
        ([asks("x"), asks("q", enableWhen=when("x", valueBoolean=True, valueInteger=1))], "not-one-answer", "q"),
        (
            [asks("q", "choice", answerOption=RED, urgentWhen=urgent_when("=", valueCoding="blue"))],
            "option-unknown",
            "q",
        ),
    ],
)
def test_what_cannot_be_published(items: list[dict[str, Any]], code: str, link: str) -> None:
    assert [(fault.item, fault.code) for fault in faults(questions(*items))] == [(link, code)]


def test_the_default_questions_can_be_published() -> None:
    assert faults(DEFAULT) == ()
    assert Questions.model_validate_json(DEFAULT.model_dump_json(by_alias=True)) == DEFAULT


@pytest.mark.parametrize(
    ("link", "given", "code"),
    [
        ("reason", (Answer(value_string="Tos"),), None),
        ("reason", (), None),
        ("reason", (Answer(value_string="x" * 1001),), "too-long"),
        ("reason", (YES,), "wrong-type"),
        ("reason", (Answer(),), "not-one-answer"),
        ("reason", (Answer(value_string="a", value_integer=1),), "not-one-answer"),
        ("breath", (YES, NO), "too-many"),
        ("conditions", (Answer(value_coding="asthma"), Answer(value_coding="diabetes")), None),
        ("conditions", (Answer(value_coding="asthma"), Answer(value_coding="asthma")), "repeated"),
        ("conditions", (Answer(value_coding="gout"),), "unknown-option"),
        ("signs", (YES,), "unknown-question"),
        ("nothing", (YES,), "unknown-question"),
        ("since", (Answer(value_date=date(2026, 11, 1)),), None),
    ],
)
def test_which_answers_fit(link: str, given: tuple[Answer, ...], code: str | None) -> None:
    assert [fault.code for fault in a.faults(DEFAULT, {link: given})] == ([code] if code else [])


def test_numbers_are_not_booleans() -> None:
    for wrong in ({"valueInteger": True}, {"valueBoolean": 1}, {"valueInteger": "7"}, {"valueInteger": 2**31}):
        with pytest.raises(ValidationError):
            Answer.model_validate(wrong)


def test_a_question_is_asked_when_its_condition_holds() -> None:
    assert "fever-days" not in a.enabled(DEFAULT, {})
    assert "fever-days" in a.enabled(DEFAULT, {"fever": (YES,)})
    assert {fault.item for fault in a.missing(DEFAULT, {**REQUIRED, "allergy": (YES,)})} == {"allergies"}
    assert a.missing(DEFAULT, REQUIRED) == ()


@pytest.mark.parametrize(
    ("behaviour", "given", "asked_now"),
    [
        ("all", {"x": (YES,)}, False),
        ("all", {"x": (YES,), "y": (Answer(value_integer=3),)}, True),
        ("any", {"x": (YES,)}, True),
        ("any", {"x": (NO,)}, False),
        ("any", {"y": (Answer(value_integer=2),)}, False),
    ],
)
def test_several_conditions(behaviour: str, given: a.Answers, asked_now: bool) -> None:
    both = when("x") + when("y", ">", valueInteger=2)
    asked_all = questions(asks("x"), asks("y", "integer"), asks("q", enableWhen=both, enableBehavior=behaviour))
    assert ("q" in a.enabled(asked_all, given)) == asked_now


def test_a_closed_question_decides_nothing() -> None:
    chain = questions(asks("a"), asks("b", enableWhen=when("a")), asks("c", enableWhen=when("b")))
    given = {"a": (NO,), "b": (YES,)}
    assert a.enabled(chain, given) == {"a"}
    assert a.counting(chain, given) == {"a": (NO,)}


def test_a_closed_group_closes_all_in_it() -> None:
    group = asks("g", "group", enableWhen=when("a"), item=[asks("q", required=True)])
    closed = questions(asks("a"), group)
    assert a.missing(closed, {"a": (NO,)}) == ()
    assert [fault.item for fault in a.missing(closed, {"a": (YES,)})] == ["q"]


@pytest.mark.parametrize(
    ("given", "links"),
    [
        ({}, ()),
        (REQUIRED, ()),
        ({"chest": (YES,)}, ("chest",)),
        ({"fever": (YES,), "fever-days": (Answer(value_integer=7),)}, ("fever-days",)),
        ({"fever": (YES,), "fever-days": (Answer(value_integer=6),)}, ()),
        ({"fever": (NO,), "fever-days": (Answer(value_integer=9),)}, ()),
        ({"bleeding": (YES,), "breath": (YES,)}, ("breath", "bleeding")),
    ],
)
def test_what_puts_a_patient_first(given: a.Answers, links: tuple[str, ...]) -> None:
    assert a.urgent(DEFAULT, given) == links


def test_a_silence_is_never_urgent() -> None:
    silent = questions(asks("q", urgentWhen=urgent_when("!=", valueBoolean=True)))
    assert a.urgent(silent, {}) == ()
    assert a.urgent(silent, {"q": (NO,)}) == ("q",)


@given(st.dictionaries(st.sampled_from([item.link_id for item in DEFAULT.walk()]), st.just((YES,))))
def test_closing_a_question_never_opens_what_it_opened(given_answers: dict[str, tuple[Answer, ...]]) -> None:
    with_fever = a.enabled(DEFAULT, {**given_answers, "fever": (YES,)})
    assert a.enabled(DEFAULT, {**given_answers, "fever": (NO,)}) == with_fever - {"fever-days"}


EMPTY = Response("visit", "ana", "triage", 1, 1)


def test_answers_come_out_of_their_groups() -> None:
    items = [
        {"linkId": "signs", "item": [{"linkId": "chest", "answer": [{"valueBoolean": True}]}]},
        {"linkId": "reason"},
    ]
    parsed = tuple(ResponseItem.model_validate(item) for item in items)
    assert flat(parsed) == {"chest": (YES,), "reason": ()}


def test_an_answer_knows_who_gave_it() -> None:
    first = r.save(EMPTY, DEFAULT, {"fever": (YES,), "allergy": (NO,)}, asked("1"))
    assert isinstance(first, Response)
    second = r.save(first, DEFAULT, {"fever": (NO,), "allergy": (NO,)}, asked("2", "dr", "physician"))
    assert isinstance(second, Response)
    assert {each.link_id: each.by for each in second.answered} == {"fever": "dr", "allergy": "seat"}
    taken = r.save(second, DEFAULT, {"fever": ()}, asked("3"))
    assert isinstance(taken, Response)
    assert taken.answers == {"allergy": (NO,)}
    assert taken.revision == 4


def test_completing_names_what_is_missing_and_a_correction_amends() -> None:
    refused = r.complete(EMPTY, DEFAULT, asked())
    assert isinstance(refused, Refusal)
    assert [fault.item for fault in refused.faults] == ["reason", "breath", "chest", "conscious", "allergy"]
    full = r.save(EMPTY, DEFAULT, REQUIRED, asked())
    assert isinstance(full, Response)
    done = r.complete(full, DEFAULT, asked("2"))
    assert isinstance(done, Response)
    assert (done.status, done.completed_at) == ("completed", NOW)
    assert r.complete(done, DEFAULT, asked("3")) is done
    amended = r.save(done, DEFAULT, {"chest": (YES,)}, asked("4"))
    opened = r.save(done, DEFAULT, {"allergy": (YES,)}, asked("5"))
    assert isinstance(amended, Response)
    assert isinstance(opened, Response)
    assert (amended.status, opened.status) == ("amended", "in-progress")


def test_the_standards_shape() -> None:
    resource = questionnaire_resource(Questionnaire("triage", 3, NOW, DEFAULT), "https://c.example/fhir")
    assert (resource["url"], resource["version"]) == ("https://c.example/fhir/Questionnaire/triage", "3")
    days = next(item for item in resource["item"] if item["linkId"] == "fever-days")
    assert days["enableWhen"] == [{"question": "fever", "operator": "=", "answerBoolean": True}]
    assert "enableBehavior" not in days
    given = {**REQUIRED, "conditions": (Answer(value_coding="asthma"),), "fever-days": (Answer(value_integer=9),)}
    items = response_items(DEFAULT, given)
    assert [item["linkId"] for item in items] == ["reason", "signs", "conditions", "allergy"]
    assert [item["linkId"] for item in items[1]["item"]] == ["breath", "chest", "conscious"]
    assert items[2]["answer"] == [{"valueCoding": {"code": "asthma", "display": "Asma"}}]
