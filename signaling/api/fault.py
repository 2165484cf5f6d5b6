"""What went wrong with a request, as the answer says it: a code, a sentence that says what to do, and the fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from clinic.people.faults import Fault as TypedFault
from signaling.api.words import words
from signaling.texts import Lang


@dataclass(frozen=True)
class FieldFault:
    """`code` has words of its own, or those of its form (`field-<code>`)."""

    field: str
    code: str


class Fault(Exception):
    """A refusal. `code` has words in words.py; `more` goes into the answer as it is (ids and codes only)."""

    def __init__(
        self, status: int, code: str, fields: Iterable[FieldFault] = (), more: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.fields = tuple(fields)
        self.more = dict(more or {})


class FieldProblem(BaseModel):
    """What is wrong with one field of the body: `field` is its path with dots."""

    model_config = ConfigDict(frozen=True)

    field: str
    code: str
    message: str


class Problem(BaseModel):
    """Every answer that is no success."""

    model_config = ConfigDict(frozen=True)

    code: str
    message: str
    fields: tuple[FieldProblem, ...] = ()
    more: dict[str, str] = {}


@dataclass(frozen=True)
class Later:
    """How long until it makes sense to ask again."""

    seconds: int
    headers: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "headers", {"Retry-After": str(self.seconds)})


RETRY: Final = Later(2)


def problem(fault: Fault, lang: Lang) -> Problem:
    """The answer's body in a person's language."""
    fields = tuple(
        FieldProblem(field=each.field, code=each.code, message=words(lang, f"field-{each.code}"))
        for each in fault.fields
    )
    return Problem(code=fault.code, message=words(lang, fault.code), fields=fields, more=fault.more)


def answer(fault: Fault, lang: Lang) -> web.Response:
    """The whole answer."""
    headers = {"Cache-Control": "no-store"}
    if fault.status == 503:
        headers |= RETRY.headers
    if "retry_s" in fault.more:
        headers["Retry-After"] = fault.more["retry_s"]
    body = problem(fault, lang).model_dump_json(exclude_defaults=True)
    return web.Response(status=fault.status, text=body, content_type="application/json", headers=headers)


def unprocessable(faults: Iterable[TypedFault]) -> Fault:
    """What people typed, as clinic/people judges it."""
    return Fault(422, "invalid", [FieldFault(each.field, each.code) for each in faults])
