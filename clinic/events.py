"""The facts of a consultation, as they stand on its timeline: one frozen model per kind, discriminated on `type`.

An event's id and time are its Redis stream id (`<unix ms>-<n>`), given when it is stored, not part of the model.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

MAX_CHAT_CHARS = 4000
MAX_NOTE_CHARS = 20_000

Level = Literal["V3", "V2", "V1", "V0", "A2", "A1", "A0", "T"]
"""A rung of the ladder, best first: video, voice, text."""

LevelReason = Literal[
    "start", "congested", "lossy", "silent", "returned", "recovered", "failed", "held", "released"
]  # fmt: skip
"""Why a rung changed, as media says it; the words for people are the pages'."""

Hold = Literal["video", "voice", "text"]
"""The best that a human wants to be used: `video` sets no limit."""


class Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Words(Fact):
    """Somebody wrote `text`. The store seals it under the patient's data key; everything else in a fact is in clear."""

    seat: str
    text: str
    command_id: str


class Consented(Fact):
    """The seat accepted this very text (its SHA-256) before entering."""

    type: Literal["consented"] = "consented"
    seat: str
    text_version: str
    text_sha256: str
    lang: str


class ConsentWithdrawn(Fact):
    """The seat may not enter any more, until it consents anew."""

    type: Literal["consent_withdrawn"] = "consent_withdrawn"
    seat: str


class Arrived(Fact):
    """The seat is in the waiting room."""

    type: Literal["arrived"] = "arrived"
    seat: str


class Admitted(Fact):
    """The physician let the seat in; holds for every later return of the same seat."""

    type: Literal["admitted"] = "admitted"
    seat: str
    by: str


class Joined(Fact):
    """The seat's media session began or was taken over by a newer connection (`generation` grows).

    Its levels begin anew: `V3` with the reason `start`, until media tells.
    """

    type: Literal["joined"] = "joined"
    seat: str
    generation: int


class Left(Fact):
    """The seat hung up, or its page was closed; it may come back at any time until the consultation ends."""

    type: Literal["left"] = "left"
    seat: str
    reason: Literal["hung-up", "closed"]


class PathLost(Fact):
    """The seat's link is silent. Never shown as an end."""

    type: Literal["path_lost"] = "path_lost"
    seat: str


class PathBack(Fact):
    type: Literal["path_back"] = "path_back"
    seat: str


class MediaChanged(Fact):
    """The seat switched its own microphone or camera (or never had one: `problem` says why)."""

    type: Literal["media_changed"] = "media_changed"
    seat: str
    audio: bool
    video: bool
    problem: Literal["denied", "busy", "absent", "unsupported"] | None = None


class LevelChanged(Fact):
    """A ladder moved. `direction` is seen from the seat: up is what it sends."""

    type: Literal["level_changed"] = "level_changed"
    seat: str
    direction: Literal["up", "down"]
    level: Level
    reason: LevelReason
    """Why, as media says it; the words for people are the pages'."""


class PreferenceChanged(Fact):
    """A human's wish about the ladder. A physician's `hold` limits every seat, anybody else's only the own one."""

    type: Literal["preference_changed"] = "preference_changed"
    seat: str
    hold: Hold
    """The best that may be used: `video` sets no limit."""
    save_data: bool
    """Voice at most, and nothing is sent only to measure; limits the own seat."""


class Invited(Fact):
    """A companion or interpreter has a seat from now on, with a link of their own."""

    type: Literal["invited"] = "invited"
    seat: str
    language: str = ""
    """BCP 47: what an interpreter interprets; empty for a companion."""
    name: str = ""
    """Empty as it is stored: names are opened for who may see them, and pages get it."""


class Revoked(Fact):
    """The seat was taken back: nobody comes in by it any more, and what was said from it stays."""

    type: Literal["revoked"] = "revoked"
    seat: str


class HandedOver(Fact):
    """Another physician has the consultation, in a seat of their own."""

    type: Literal["handed_over"] = "handed_over"
    seat: str
    """The taker's, from now on."""
    giver: str
    stays: bool
    """The giver is in the call, and loses the seat by leaving it; else it is gone with this."""
    name: str = ""
    """The taker's; empty as it is stored, as an invited one's."""


class Chat(Words):
    type: Literal["chat"] = "chat"
    text: str = Field(min_length=1, max_length=MAX_CHAT_CHARS)
    command_id: str
    """The sender's own id for the message: its page recognises its own words by it."""


class NoteSaved(Words):
    """The whole of the physicians' private note. For pages of physicians only."""

    type: Literal["note_saved"] = "note_saved"
    text: str = Field(max_length=MAX_NOTE_CHARS)


class Rescheduled(Fact):
    """The appointment has other times; join links stay as they are."""

    type: Literal["rescheduled"] = "rescheduled"
    starts_at: str
    """RFC 3339 with offset."""
    ends_at: str


class Ended(Fact):
    type: Literal["ended"] = "ended"
    by: str
    """A seat id, `clock`, or `clinic`."""
    reason: Literal["completed", "interrupted", "expired", "cancelled"]


Event = Annotated[
    Consented
    | ConsentWithdrawn
    | Arrived
    | Admitted
    | Joined
    | Left
    | PathLost
    | PathBack
    | MediaChanged
    | LevelChanged
    | PreferenceChanged
    | Invited
    | Revoked
    | HandedOver
    | Chat
    | NoteSaved
    | Rescheduled
    | Ended,
    Field(discriminator="type"),
]
event: TypeAdapter[Event] = TypeAdapter(Event)
