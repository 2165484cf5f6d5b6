"""Questions and answers as FHIR R4 resources: Questionnaire, and the items of a QuestionnaireResponse. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from clinic.intake.answers import Answers, counting
from clinic.intake.questionnaire import Answer, EnableWhen, Item, Option, Questionnaire, Questions
from clinic.intake.words import Words

TRANSLATION: Final = "http://hl7.org/fhir/StructureDefinition/translation"


def questionnaire_resource(questionnaire: Questionnaire, base: str) -> dict[str, Any]:
    """The published edition. `base`: the clinic's own, as `https://clinic.example/fhir`. Rules of urgency stay here."""
    title = questionnaire.questions.title
    return {
        "resourceType": "Questionnaire",
        "url": f"{base}/Questionnaire/{questionnaire.name}",
        "version": str(questionnaire.version),
        "name": questionnaire.name,
        "title": title.es,
        "_title": _translation(title),
        "status": "active",
        "subjectType": ["Patient"],
        "date": questionnaire.published_at.isoformat(),
        "item": [_item(item) for item in questionnaire.questions.item],
    }


def response_items(questions: Questions, answers: Answers) -> list[dict[str, Any]]:
    """`QuestionnaireResponse.item` of the answers that count, in their groups, with texts in Spanish."""
    return _answered(questions.item, counting(questions, answers))


def _item(item: Item) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "linkId": item.link_id,
        "text": item.text.es,
        "_text": _translation(item.text),
        "type": item.type,
    }
    if item.type != "group":
        shape |= {"required": item.required, "repeats": item.repeats}
    if item.max_length:
        shape["maxLength"] = item.max_length
    if item.enable_when:
        shape["enableWhen"] = [_enable_when(condition) for condition in item.enable_when]
    if len(item.enable_when) > 1:  # FHIR R4 que-12: only then, and then always
        shape["enableBehavior"] = item.enable_behavior
    if item.answer_option:
        shape["answerOption"] = [{"valueCoding": _coding(option)} for option in item.answer_option]
    if item.item:
        shape["item"] = [_item(each) for each in item.item]
    return shape


def _enable_when(condition: EnableWhen) -> dict[str, Any]:
    [(name, value)] = condition.answer.model_dump(mode="json", by_alias=True, exclude_none=True).items()
    answer = {"code": value} if name == "valueCoding" else value
    return {
        "question": condition.question,
        "operator": condition.operator,
        name.replace("value", "answer", 1): answer,
    }


def _coding(option: Option) -> dict[str, Any]:
    return {"code": option.code, "display": option.text.es, "_display": _translation(option.text)}


def _translation(words: Words) -> dict[str, Any]:
    english = [{"url": "lang", "valueCode": "en"}, {"url": "content", "valueString": words.en}]
    return {"extension": [{"url": TRANSLATION, "extension": english}]}


def _answered(items: Sequence[Item], given: Mapping[str, tuple[Answer, ...]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for item in items:
        nested = _answered(item.item, given)
        values = [_value(item, answer) for answer in given.get(item.link_id, ())]
        if nested or values:
            content = {"item": nested} if nested else {"answer": values}
            found.append({"linkId": item.link_id, "text": item.text.es, **content})
    return found


def _value(item: Item, answer: Answer) -> dict[str, Any]:
    if item.type != "choice":
        return answer.model_dump(mode="json", by_alias=True, exclude_none=True)
    display = next(option.text.es for option in item.answer_option if option.code == answer.value_coding)
    return {"valueCoding": {"code": answer.value_coding, "display": display}}
