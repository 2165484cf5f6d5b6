"""How a visit was held, read off its timeline: could the physician see the patient, hear them, or only read? Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

from clinic.consultation import Consultation, Seat, apply
from clinic.events import Chat, Level
from clinic.records import Stored

Held = Literal["video", "voice", "text"]
UNSEEN: Final[frozenset[Held | None]] = frozenset({"voice", "text"})
"""What is decided then, is decided without having seen the patient."""

ENOUGH_MS: Final = 10_000
"""Less of a picture, or of sound, is no visit: each media session counts as video until media tells."""

LEVELS: Final[tuple[Level, ...]] = ("V3", "V2", "V1", "V0", "A2", "A1", "A0", "T")


@dataclass(frozen=True)
class Visit:
    """For how long the physician saw, heard or only read the patient, while both were there."""

    video_ms: int = 0
    voice_ms: int = 0
    text_ms: int = 0
    wrote: bool = False
    """The patient sent a chat message."""

    @property
    def held(self) -> Held | None:
        """The best of it; None: the two were never there together."""
        if self.video_ms >= ENOUGH_MS:
            return "video"
        if self.video_ms + self.voice_ms >= ENOUGH_MS:  # who was seen for a moment was heard meanwhile
            return "voice"
        return "text" if self.text_ms or self.wrote else None


def visit(planned: Consultation, events: Iterable[Stored]) -> Visit:
    """What the timeline tells. `planned`: for its seats; what happened on them is read from the events."""
    state = replace(planned, status="scheduled", seats=tuple(Seat(s.id, s.role, s.name) for s in planned.seats))
    patients = {seat.id for seat in planned.seats if seat.role == "patient"}
    found, before_ms = Visit(), 0
    for stored in events:
        found = _longer(found, _now(state), stored.at_ms - before_ms)
        if isinstance(stored.event, Chat) and stored.event.seat in patients:
            found = replace(found, wrote=True)
        state, before_ms = apply(state, stored.event), stored.at_ms
    return found


def _now(state: Consultation) -> Held | None:
    """The best that some physician has of some patient."""
    ways = [
        _way(seen, by)
        for seen in state.seats
        for by in state.seats
        if seen.role == "patient" and by.role == "physician" and _is_there(seen) and _is_there(by)
    ]
    return next((kind for kind in ("video", "voice", "text") if kind in ways), None)


def _way(seen: Seat, by: Seat) -> Held:
    """From the one to the other: min(up of A, down of B)."""
    level = max(seen.up_level, by.down_level, key=LEVELS.index)
    if level.startswith("V") and seen.video:
        return "video"
    return "voice" if level != "T" and seen.audio else "text"


def _is_there(seat: Seat) -> bool:
    return seat.present and not seat.path_lost


def _longer(found: Visit, kind: Held | None, ms: int) -> Visit:
    match kind:
        case "video":
            return replace(found, video_ms=found.video_ms + ms)
        case "voice":
            return replace(found, voice_ms=found.voice_ms + ms)
        case "text":
            return replace(found, text_ms=found.text_ms + ms)
    return found
