"""What a physician writes about one consultation: five fields, the values they take, and how large these may be.

Texts are the physician's own words. What FHIR wants structured (`Timing`, ICD-10 codes) is kept beside them when known.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final, Literal, get_args

from pydantic import ConfigDict, TypeAdapter

MAX_TEXT_CHARS: Final = 20_000
"""Of a reason or of instructions."""

MAX_LINE_CHARS: Final = 500
"""Of any text inside an impression, a prescription or the next action."""

MAX_ITEMS: Final = 40
"""Impressions or prescriptions of one record."""

MAX_ID_CHARS: Final = 64

FieldName = Literal["reason", "impressions", "prescriptions", "instructions", "next_action"]
FIELDS: Final[tuple[FieldName, ...]] = get_args(FieldName)

ActionKind = Literal["follow-up", "lab", "referral", "discharge"]
PeriodUnit = Literal["h", "d", "wk", "mo"]
"""UCUM, as FHIR R4 `Timing.repeat.periodUnit` wants it."""


@dataclass(frozen=True)
class Impression:
    """A diagnostic impression: FHIR Condition with `code.text`, and `code.coding` when a code was chosen."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    id: str
    """Made by the page, and kept over all changes of the text."""
    text: str
    code: str = ""
    """ICD-10 with its dot, as `G44.2`; empty for none."""


@dataclass(frozen=True)
class Timing:
    """FHIR R4 `Timing.repeat`: `frequency` times in each `period` of `unit`, for `bounds` of `bounds_unit`."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    frequency: int
    period: int
    unit: PeriodUnit
    bounds: int | None = None
    """None: no end is set."""
    bounds_unit: PeriodUnit = "d"


@dataclass(frozen=True)
class Prescription:
    """One medication: FHIR MedicationRequest with one `dosageInstruction`, whose text is made of these texts."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    id: str
    """Made by the page, and kept over all changes of the texts."""
    medication: str
    """With its strength and form, as the pharmacist reads it."""
    dose: str = ""
    route: str = ""
    frequency: str = ""
    duration: str = ""
    note: str = ""
    """To the patient, as "with food": `dosageInstruction.patientInstruction`."""
    as_needed: bool = False
    timing: Timing | None = None

    @property
    def is_complete(self) -> bool:
        """Whether a pharmacist and a patient can follow it."""
        return all(text.strip() for text in (self.medication, self.dose, self.route, self.frequency, self.duration))

    @property
    def dosage(self) -> str:
        """One line: `dosageInstruction.text`."""
        said = (self.dose, self.route, self.frequency, self.duration)
        return ", ".join(text.strip() for text in said if text.strip())


@dataclass(frozen=True)
class NextAction:
    """What happens next: FHIR ServiceRequest (lab, referral) or a proposed Appointment (follow-up)."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    kind: ActionKind
    details: str = ""
    on: date | None = None
    """The day it is due, in the clinic's zone."""

    @property
    def is_complete(self) -> bool:
        """A lab test or a referral says which; a follow-up says when, by its date or in words."""
        match self.kind:
            case "discharge":
                return True
            case "follow-up":
                return self.on is not None or bool(self.details.strip())
            case _:
                return bool(self.details.strip())


Value = str | tuple[Impression, ...] | tuple[Prescription, ...] | NextAction | None
"""Of a field; None: no next action was chosen."""


@dataclass(frozen=True)
class Content:
    """All five fields at one moment."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    reason: str = ""
    impressions: tuple[Impression, ...] = ()
    prescriptions: tuple[Prescription, ...] = ()
    instructions: str = ""
    next_action: NextAction | None = None


EMPTY: Final = Content()

_ADAPTERS: Final[dict[FieldName, TypeAdapter[Any]]] = {
    "reason": TypeAdapter(str),
    "impressions": TypeAdapter(tuple[Impression, ...]),
    "prescriptions": TypeAdapter(tuple[Prescription, ...]),
    "instructions": TypeAdapter(str),
    "next_action": TypeAdapter(NextAction | None),
}


@dataclass(frozen=True)
class TooLong:
    """A value over a limit: `limit` in characters, or in items of a list."""

    limit: int


def parse(field: FieldName, value: object) -> Value:
    """A field's value from JSON as a page sends it. Raises pydantic.ValidationError for another shape."""
    parsed: Value = _ADAPTERS[field].validate_python(value)
    return parsed


def to_json(field: FieldName, value: Value) -> str:
    """The value as JSON; the same value gives the same text."""
    return _ADAPTERS[field].dump_json(value).decode()


def to_plain(field: FieldName, value: Value) -> Any:
    """The value as lists, objects and strings, as pages have it."""
    return _ADAPTERS[field].dump_python(value, mode="json")


def from_json(field: FieldName, text: str) -> Value:
    """Raises pydantic.ValidationError."""
    parsed: Value = _ADAPTERS[field].validate_json(text)
    return parsed


def too_long(value: Value) -> TooLong | None:
    """The first limit that the value breaks."""
    if isinstance(value, str):
        return TooLong(MAX_TEXT_CHARS) if len(value) > MAX_TEXT_CHARS else None
    items = value if isinstance(value, tuple) else () if value is None else (value,)
    if len(items) > MAX_ITEMS:
        return TooLong(MAX_ITEMS)
    return next((over for item in items if (over := _long_line(item))), None)


def ids_are_distinct(value: Value) -> bool:
    """Items are told apart, also in other systems, by ids that are there, short and used once."""
    if not isinstance(value, tuple):
        return True
    ids = [item.id for item in value]
    return len(set(ids)) == len(ids) and all(0 < len(item) <= MAX_ID_CHARS for item in ids)


def _long_line(item: Impression | Prescription | NextAction) -> TooLong | None:
    texts = (getattr(item, field.name) for field in fields(item))
    return TooLong(MAX_LINE_CHARS) if any(isinstance(t, str) and len(t) > MAX_LINE_CHARS for t in texts) else None
