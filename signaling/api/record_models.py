"""What the record's routes take and answer: the record as pages have it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from clinic.events import Level, LevelReason
from clinic.record.content import MAX_ID_CHARS, FieldName
from clinic.record.held import Held
from clinic.record.record import MissingCode, Status

MAX_SEEN = 32


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class FieldDraft(_Model):
    """A field as it stands on a page. The idempotency key is the command's id."""

    field: FieldName
    value: JsonValue = Field(repr=False)
    """A text; a list of impressions or prescriptions; a next action or null."""
    base: int = Field(ge=0)
    """Revision of the text that this was made from; 0: there was none."""
    client: str = Field(min_length=1, max_length=MAX_ID_CHARS)
    """The page, made anew at each load."""
    edit: int = Field(ge=1)
    """Its own count of its changes of this field."""


class FieldChoice(_Model):
    """A conflict settled."""

    field: FieldName
    value: JsonValue = Field(repr=False)
    seen: tuple[int, ...] = Field(min_length=1, max_length=MAX_SEEN)
    """Revisions of all texts that were seen when choosing."""
    client: str = Field(min_length=1, max_length=MAX_ID_CHARS)
    edit: int = Field(ge=1)


class Because(_Model):
    reason: str = Field(repr=False)


class Signature(_Model):
    attested: bool = False
    """Of a visit without a picture: it could be decided so."""


class Taker(_Model):
    to: str = Field(max_length=MAX_ID_CHARS)
    """Id of the physician who treats from now on."""


class Search(_Model):
    q: str = Field(default="", max_length=100)
    """A code's beginning, or words in any order."""


class PrintedIn(_Model):
    lang: Literal["es", "en"] | None = None
    """Absent: the patient's language."""


class TextView(_Model):
    """One text of a field. Several of one field stand beside each other until a physician chooses."""

    revision: int
    value: Any = Field(repr=False)
    author: str
    client: str
    at: AwareDatetime


class PhysicianView(_Model):
    id: str
    name: str
    since: AwareDatetime


class VersionView(_Model):
    number: int
    content: dict[FieldName, Any] = Field(repr=False)
    signed_by: str
    signed_at: AwareDatetime
    reason: str
    sha256: str
    held: Held | None
    attested: bool


class RecordView(_Model):
    consultation: str
    patient: str
    revision: int
    status: Status
    started_at: AwareDatetime
    closed_at: AwareDatetime | None
    interrupted_because: str
    physicians: tuple[PhysicianView, ...]
    """Oldest first; the last one treats."""
    fields: dict[FieldName, tuple[TextView, ...]]
    missing: tuple[MissingCode, ...]
    versions: tuple[VersionView, ...]
    amended: bool
    """The draft is another than the version that counts."""
    own: int = 0
    """Revision of the command that this answers; 0: of none."""


class StatusView(_Model):
    """Whether there is anything new; no text, so asking often is free."""

    revision: int
    status: Status


class ChangeView(_Model):
    """A line of the history."""

    number: int
    type: Literal["saved", "completed", "interrupted", "signed", "handed-over"]
    by: str
    at: AwareDatetime | None
    field: FieldName | None = None
    value: Any = Field(default=None, repr=False)
    chosen: bool = False
    reason: str = ""
    version: int | None = None
    to: str = ""


class HistoryView(_Model):
    changes: tuple[ChangeView, ...]
    names: dict[str, str]
    """Of the physicians in it, by id."""


class SummaryView(_Model):
    consultation: str
    patient: str
    patient_name: str = ""
    """Of a task; empty of an erased patient."""
    physician: str
    physician_name: str
    status: Status
    at: AwareDatetime


class Summaries(_Model):
    consultations: tuple[SummaryView, ...]


class StepView(_Model):
    """What changed a seat's link, or who was there."""

    at_ms: int
    seat: str
    type: Literal["level_changed", "joined", "left", "path_lost", "path_back", "ended"]
    direction: Literal["up", "down"] | None = None
    level: Level | None = None
    reason: LevelReason | None = None


class SeatView(_Model):
    id: str
    role: Literal["patient", "physician", "companion"]


class VisitView(_Model):
    """How the visit was held, and every step of its links."""

    held: Held | None
    video_ms: int
    voice_ms: int
    text_ms: int
    seats: tuple[SeatView, ...]
    steps: tuple[StepView, ...]


class DiagnosisView(_Model):
    code: str
    name: str
    also: str = ""


class Diagnoses(_Model):
    diagnoses: tuple[DiagnosisView, ...]


class DocumentView(_Model):
    """What was signed for the patient, without its words."""

    number: int
    signed_at: AwareDatetime
    signed_by: str
    """The physician's name."""


class Documents(_Model):
    documents: tuple[DocumentView, ...]
