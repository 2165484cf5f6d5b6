"""What one page told of itself by ear.js, over all its reloads. Times are seconds since 1970."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Mark(_Told):
    """Something that the page did or met; `at` in ms."""

    at: float
    what: str
    detail: str


class Shown(_Told):
    """A chat message when it appeared; `at` in ms."""

    at: float
    text: str


class Welcomed(_Told):
    """What a `welcome` said; `at` in ms."""

    at: float
    seat: str
    seats: int
    status: str


class Box(_Told):
    """What ear.js hands over at once. `sounds`: at (ms), genuine sound since the last entry (s), loudness (RMS)."""

    sounds: tuple[tuple[float, float, float], ...]
    marks: tuple[Mark, ...]
    shown: tuple[Shown, ...]
    welcomes: tuple[Welcomed, ...]


class Sound(NamedTuple):
    """What came in up to `at_s` since the entry before."""

    at_s: float
    genuine_s: float
    """Of it, not made up by the browser."""
    loudness: float


@dataclass
class Diary:
    """Grows as the page tells."""

    sounds: list[Sound] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    welcomes: list[Welcomed] = field(default_factory=list)

    def take(self, told: object) -> None:
        box = Box.model_validate(told)
        self.sounds.extend(Sound(at_ms / 1000, genuine_s, loudness) for at_ms, genuine_s, loudness in box.sounds)
        self.marks.extend(box.marks)
        self.shown.extend(box.shown)
        self.welcomes.extend(box.welcomes)

    def since(self, at_s: float) -> list[Sound]:
        """The newest sounds, without going through all."""
        first = len(self.sounds)
        while first and self.sounds[first - 1].at_s > at_s:
            first -= 1
        return self.sounds[first:]

    def shown_at_s(self, text: str, since_s: float) -> float | None:
        """When the message first appeared after that moment."""
        return next((each.at / 1000 for each in self.shown if each.text == text and each.at / 1000 >= since_s), None)
