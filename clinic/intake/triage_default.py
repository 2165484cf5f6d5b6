"""Questions that a clinic may start with; nobody is asked anything before it publishes these, or its own."""

from __future__ import annotations

from typing import Any, Final

from clinic.intake.questionnaire import Answer, Condition, EnableWhen, Item, ItemType, Option, Questions
from clinic.intake.words import Words

_YES: Final = Answer(value_boolean=True)


def _item(link_id: str, kind: ItemType, es: str, en: str, **more: Any) -> Item:
    return Item(link_id=link_id, type=kind, text=Words(es=es, en=en), **more)


def _when(question: str) -> tuple[EnableWhen, ...]:
    return (EnableWhen(question=question, operator="=", answer=_YES),)


def _option(code: str, es: str, en: str) -> Option:
    return Option(code=code, text=Words(es=es, en=en))


_URGENT: Final = (Condition(operator="=", answer=_YES),)

DEFAULT: Final = Questions(
    title=Words(es="Antes de su consulta", en="Before your consultation"),
    item=(
        _item("reason", "string", "¿Qué le pasa?", "What is the matter?", required=True, max_length=1000),
        _item("since", "date", "¿Desde qué día?", "Since which day?"),
        _item(
            "signs",
            "group",
            "Señales de alarma",
            "Warning signs",
            item=(
                _item(
                    "breath",
                    "boolean",
                    "¿Le cuesta respirar?",
                    "Is it hard to breathe?",
                    required=True,
                    urgent_when=_URGENT,
                ),
                _item(
                    "chest",
                    "boolean",
                    "¿Le duele el pecho?",
                    "Does your chest hurt?",
                    required=True,
                    urgent_when=_URGENT,
                ),
                _item(
                    "conscious",
                    "boolean",
                    "¿Se ha desmayado o está confundido?",
                    "Have you fainted, or are you confused?",
                    required=True,
                    urgent_when=_URGENT,
                ),
                _item(
                    "bleeding", "boolean", "¿Sangra y no para?", "Are you bleeding without a stop?", urgent_when=_URGENT
                ),
            ),
        ),
        _item("fever", "boolean", "¿Ha tenido fiebre?", "Have you had a fever?"),
        _item(
            "fever-days",
            "integer",
            "¿Cuántos días con fiebre?",
            "For how many days?",
            enable_when=_when("fever"),
            urgent_when=(Condition(operator=">=", answer=Answer(value_integer=7)),),
        ),
        _item(
            "conditions",
            "choice",
            "¿Tiene alguna de estas enfermedades?",
            "Do you have any of these conditions?",
            repeats=True,
            answer_option=(
                _option("hypertension", "Tensión alta", "High blood pressure"),
                _option("diabetes", "Diabetes", "Diabetes"),
                _option("asthma", "Asma", "Asthma"),
                _option("none", "Ninguna", "None"),
            ),
        ),
        _item("medicines", "string", "¿Qué medicinas toma?", "Which medicines do you take?"),
        _item("allergy", "boolean", "¿Es alérgico a algo?", "Are you allergic to anything?", required=True),
        _item("allergies", "string", "¿A qué?", "To what?", required=True, enable_when=_when("allergy")),
    ),
)
