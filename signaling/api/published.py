"""What the clinic publishes for its patients: the consent text and the questions before a visit, in editions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import Field

from clinic.intake import triage_default
from clinic.intake.consent_text import MAX_ITEMS, TOPICS, ConsentText, Item, Wording
from clinic.intake.editions import NotPublished, UnknownEdition
from clinic.intake.questionnaire import Questionnaire, Questions
from clinic.intake.questionnaires import BEFORE_VISIT
from signaling.api.fault import Fault, FieldFault
from signaling.api.profile import Model
from signaling.api.route import Asked, Route

if TYPE_CHECKING:
    from signaling.api.gate import ApiGate

"""The name of the questionnaire that patients answer."""


class ConsentView(Model):
    version: int
    published_at: datetime
    items: tuple[Item, ...]
    sha256_es: str
    """Of what is shown in Spanish: each acceptance names it."""
    sha256_en: str
    topics: tuple[str, ...] = TOPICS
    """The ids that every text must have."""


class Editions(Model):
    versions: tuple[int, ...]
    """Oldest first."""


class NewConsent(Model):
    base: int
    """The version that was read."""
    items: tuple[Item, ...] = Field(max_length=2 * MAX_ITEMS)


class TriageView(Model):
    version: int
    """0: patients are asked nothing. The questions are then ones to start from."""
    published_at: datetime | None
    questions: Questions


class NewTriage(Model):
    base: int
    """The version that was read; 0 for the first."""
    questions: Questions


def routes(gate: ApiGate) -> tuple[Route, ...]:
    """All of this file."""
    return (
        Route("GET", "/api/v1/consent-texts", "consent-texts.list", "clinic.configure", _versions,
              "All editions of the consent text.", answer=Editions),
        Route("GET", "/api/v1/consent-texts/newest", "consent-texts.newest", "clinic.configure", _newest,
              "What patients are asked to accept now.", answer=ConsentView, faults=("not-found",)),
        Route("GET", "/api/v1/consent-texts/{version}", "consent-texts.read", "clinic.configure", _edition,
              "One edition, as it was published.", answer=ConsentView, faults=("not-found",)),
        Route("POST", "/api/v1/consent-texts", "consent-texts.publish", "clinic.configure", _publish,
              "Ask for this text from now on.", body=NewConsent, answer=ConsentView, status=201, needs_key=True,
              faults=("changed",)),
        Route("GET", "/api/v1/questionnaires/triage", "triage.questions", "clinic.configure", _triage,
              "What patients are asked before a visit.", answer=TriageView),
        Route("POST", "/api/v1/questionnaires/triage", "triage.publish", "clinic.configure", _publish_triage,
              "Ask these questions from now on.", body=NewTriage, answer=TriageView, status=201, needs_key=True,
              faults=("changed",)),
    )  # fmt: skip


async def _versions(asked: Asked) -> Editions:
    return Editions(versions=tuple(text.version for text in await asked.office.consent_texts.all()))


async def _newest(asked: Asked) -> ConsentView:
    try:
        return _view(await asked.office.consent_texts.newest())
    except LookupError:
        raise Fault(404, "not-found") from None


async def _edition(asked: Asked) -> ConsentView:
    number = asked.path("version")
    if not number.isdecimal() or len(number) > 9:
        raise Fault(404, "not-found")
    try:
        return _view(await asked.office.consent_texts.load(int(number)))
    except UnknownEdition:
        raise Fault(404, "not-found") from None


async def _publish(asked: Asked) -> ConsentView:
    typed = asked.body(NewConsent)
    outcome = await asked.office.consent_texts.publish(Wording(items=typed.items), typed.base, asked.as_request)
    if isinstance(outcome, NotPublished):
        raise Fault(409, outcome.code)
    if isinstance(outcome, tuple):
        ids = [item.id for item in typed.items]
        raise Fault(422, "invalid", [FieldFault(_place("items", ids, each.item), each.code) for each in outcome])
    return _view(outcome)


async def _triage(asked: Asked) -> TriageView:
    newest = await asked.office.questionnaires.newest(BEFORE_VISIT)
    if newest is None:
        return TriageView(version=0, published_at=None, questions=triage_default.DEFAULT)
    return _triage_view(newest)


async def _publish_triage(asked: Asked) -> TriageView:
    typed = asked.body(NewTriage)
    outcome = await asked.office.questionnaires.publish(BEFORE_VISIT, typed.questions, typed.base, asked.as_request)
    if isinstance(outcome, NotPublished):
        raise Fault(409, outcome.code)
    if isinstance(outcome, tuple):
        raise Fault(422, "invalid", [FieldFault(each.item or "questions", f"triage-{each.code}") for each in outcome])
    return _triage_view(outcome)


def _view(text: ConsentText) -> ConsentView:
    return ConsentView(
        version=text.version, published_at=text.published_at, items=text.wording.items,
        sha256_es=text.sha256("es"), sha256_en=text.sha256("en"),
    )  # fmt: skip


def _triage_view(questionnaire: Questionnaire) -> TriageView:
    return TriageView(
        version=questionnaire.version, published_at=questionnaire.published_at, questions=questionnaire.questions
    )


def _place(name: str, ids: Sequence[str], wrong: str) -> str:
    """`items.3`, where the body has it; else what is missing there."""
    return f"{name}.{ids.index(wrong)}" if wrong in ids else (wrong or name)
