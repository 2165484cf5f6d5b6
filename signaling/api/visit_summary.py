"""What was decided in a visit, in the patient's words and only as signed: prescription, instructions, next step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from clinic.record.content import Content, NextAction, Prescription
from clinic.record.printed_words import WORDS, action_word, day
from signaling.api.documents import patients_only
from signaling.api.fault import Fault
from signaling.api.record import names_of, telling
from signaling.api.route import Asked, Route
from signaling.texts import Lang

if TYPE_CHECKING:
    from signaling.api.gate import ApiGate


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Section(_Model):
    heading: str
    entries: tuple[tuple[str, ...], ...] = Field(repr=False)
    """Each a title and its lines: a medication and how to take it."""


class Summary(_Model):
    number: int
    """Of the signed version, as in `visit.document`."""
    signed_at: AwareDatetime
    signed_by: str
    sections: tuple[Section, ...]


def routes(gate: ApiGate) -> tuple[Route, ...]:
    """All of this file."""
    return (
        Route("GET", "/api/v1/visit/summary", "visit.summary", "seat", telling(_summary),
              "Prescription, instructions and next step of this visit, as signed.", answer=Summary,
              faults=("not-the-patient", "record-unknown", "record-erased", "document-unknown")),
    )  # fmt: skip


async def _summary(asked: Asked) -> Summary:
    await patients_only(asked)
    record = await asked.office.records.read(asked.seat.consultation, asked.actor, "patient", asked.now)
    signed = record.signed
    if signed is None:
        raise Fault(404, "document-unknown")
    name = (await names_of(asked.office, [signed.signed_by]))[signed.signed_by]
    sections = tuple(sections_of(signed.content, asked.lang))
    return Summary(number=signed.number, signed_at=signed.signed_at, signed_by=name, sections=sections)


def sections_of(content: Content, lang: Lang) -> Iterator[Section]:
    """What of a record is for its patient, in the order of the paper. Pure."""
    words = WORDS[lang]
    if content.prescriptions:
        entries = tuple(_medication(each, lang) for each in content.prescriptions)
        yield Section(heading=words["prescription"], entries=entries)
    if content.instructions.strip():
        lines = tuple(line for line in content.instructions.splitlines() if line.strip())
        yield Section(heading=words["instructions"], entries=(("", *lines),))
    if content.next_action:
        yield Section(heading=words["next-action"], entries=(_next(content.next_action, lang),))


def _medication(item: Prescription, lang: Lang) -> tuple[str, ...]:
    more = (item.dosage, WORDS[lang]["as-needed"] if item.as_needed else "", item.note.strip())
    return (item.medication, *(line for line in more if line))


def _next(action: NextAction, lang: Lang) -> tuple[str, ...]:
    due = WORDS[lang]["until"].format(date=day(lang, action.on)) if action.on else ""
    return (action_word(lang, action.kind), *(line for line in (action.details.strip(), due) if line))
