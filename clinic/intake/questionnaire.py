"""Questions that the clinic asks before a visit, shaped as FHIR R4 Questionnaire (linkId, answerOption, enableWhen).

Three things differ from FHIR's JSON, which fhir_shape.py writes: texts are in both languages, a `valueCoding` is its
code alone, and `urgentWhen` says which answers put the patient first. What can be wrong is in questionnaire_faults.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from clinic.intake.words import Words

ItemType = Literal["boolean", "choice", "string", "integer", "date", "group"]
Operator = Literal["exists", "=", "!=", ">", "<", ">=", "<="]

MAX_STRING: Final = 2000
"""Characters of an answer, unless the question says less."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class Answer(_Model):
    """One answer, as FHIR's `value[x]`: exactly one is set, and it is that of the question's type."""

    value_boolean: bool | None = Field(default=None, strict=True)
    value_coding: str | None = Field(default=None, max_length=64)
    """The code of the chosen option."""
    value_string: str | None = Field(default=None, max_length=MAX_STRING)
    value_integer: int | None = Field(default=None, strict=True, ge=-(2**31), lt=2**31)
    value_date: date | None = None

    @property
    def value(self) -> bool | str | int | date:
        """Raises ValueError unless exactly one is set."""
        [value] = [each for name in type(self).model_fields if (each := getattr(self, name)) is not None]
        found: bool | str | int | date = value
        return found

    @property
    def type(self) -> ItemType:
        """Of the questions that it may answer. Raises ValueError as `value`."""
        [name] = [name for name in type(self).model_fields if getattr(self, name) is not None]
        return _TYPES[name]


_TYPES: Final[dict[str, ItemType]] = {
    "value_boolean": "boolean",
    "value_coding": "choice",
    "value_string": "string",
    "value_integer": "integer",
    "value_date": "date",
}


class Option(_Model):
    """One of the answers to choose from."""

    code: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    text: Words


class Condition(_Model):
    """About the answers of one question: true when any of them fits. `exists` compares with whether there is one."""

    operator: Operator
    answer: Answer


class EnableWhen(Condition):
    question: str
    """The linkId of an earlier question."""


class Item(_Model):
    """A question, or a group of them. `repeats`: a choice of several."""

    link_id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    text: Words
    type: ItemType
    required: bool = False
    repeats: bool = False
    max_length: int | None = Field(default=None, ge=1, le=MAX_STRING)
    answer_option: tuple[Option, ...] = ()
    enable_when: tuple[EnableWhen, ...] = ()
    enable_behavior: Literal["all", "any"] = "all"
    urgent_when: tuple[Condition, ...] = ()
    """Any of these marks the patient as urgent for the physician's queue."""
    item: tuple[Item, ...] = ()
    """Of a group."""


class Questions(_Model):
    """All of them, as an administrator edits them."""

    title: Words
    item: tuple[Item, ...]

    def walk(self) -> Iterator[Item]:
        """Every group and question in the order of the page."""
        return _walk(self.item)


@dataclass(frozen=True)
class Questionnaire:
    """A published edition. `name` tells several of one clinic apart."""

    name: str
    version: int
    published_at: datetime
    questions: Questions

    @property
    def canonical(self) -> str:
        """For FHIR, under the clinic's own base: what answers name."""
        return f"Questionnaire/{self.name}|{self.version}"


def _walk(items: tuple[Item, ...]) -> Iterator[Item]:
    for item in items:
        yield item
        yield from _walk(item.item)
