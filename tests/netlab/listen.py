"""One page's record, as capture.js hands it over: sounds put on the common clock, frames, what was shown, counts."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

RATE_HZ: Final = 16_000
STEADY_S: Final = 10.0
"""The audio clock is compared with the machine's over so long: a late delivery must not look like a late sound."""
SLIP_S: Final = 0.005
"""Pieces that are nearer to where they belong than this are joined without a seam."""

Box = dict[str, list[Any]]
Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Piece:
    """Samples as the audio context counted them."""

    frame: int
    """Number of the first sample since the context began."""
    ended_at_s: float
    """When the last sample was there, or a little later."""
    samples: Samples


@dataclass(frozen=True)
class Record:
    """Everything a page handed over. Times in its lists are ms since 1970."""

    me: str
    """The page's own seat."""
    sounds: dict[str, Samples]
    """By seat (`me`: the own microphone): mono at `RATE_HZ` from the record's start on; silence where nothing came."""
    frames: dict[str, NDArray[np.float64]]
    """By seat: rows of seconds since the start, width, height, in order."""
    looks: list[dict[str, Any]]
    chat: list[dict[str, Any]]
    stats: list[dict[str, Any]]
    told: list[dict[str, Any]]


@dataclass
class Listener:
    """Takes the boxes of one page as they come, over all its reloads."""

    boxes: list[Box] = field(default_factory=list)

    def take(self, box: Box) -> None:
        self.boxes.append(box)

    def record(self, start_s: float, end_s: float) -> Record:
        """What happened between the two, in seconds since 1970."""
        me = self._seat()
        return Record(
            me,
            sounds=self._sounds(start_s, end_s),
            frames=self._frames(start_s),
            looks=self._timed("looks", start_s),
            chat=self._timed("chat", start_s),
            stats=self._timed("stats", start_s),
            told=self._timed("told", start_s),
        )

    def _all(self, what: str) -> Iterable[Any]:
        return (entry for box in self.boxes for entry in box.get(what, []))

    def _timed(self, what: str, start_s: float) -> list[dict[str, Any]]:
        """The entries with `at` in seconds since the start."""
        return [entry | {"at": entry["at"] / 1000 - start_s} for entry in self._all(what)]

    def _seat(self) -> str:
        welcomes = (entry["message"] for entry in self._all("told") if entry["message"]["type"] == "welcome")
        return str(next((message["seat"] for message in welcomes), ""))

    def _sounds(self, start_s: float, end_s: float) -> dict[str, Samples]:
        taps: dict[tuple[str, int], list[Piece]] = defaultdict(list)
        for entry in self._all("sound"):
            samples = np.frombuffer(base64.b64decode(entry["pcm"]), "<i2").astype(np.float32) / np.float32(32_768)
            taps[entry["who"], entry["tap"]].append(Piece(entry["frame"], entry["ended_at"] / 1000, samples))
        sounds: dict[str, Samples] = {}
        for (who, _), pieces in taps.items():
            laid = lay_out(pieces, start_s, end_s)
            sounds[who] = sounds[who] + laid if who in sounds else laid
        return sounds

    def _frames(self, start_s: float) -> dict[str, NDArray[np.float64]]:
        rows: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
        for seat, at_ms, width, height, _ in self._all("frames"):
            rows[seat].append((at_ms / 1000 - start_s, width, height))
        return {seat: np.array(sorted(found)) for seat, found in rows.items()}


def lay_out(pieces: list[Piece], start_s: float, end_s: float) -> Samples:
    """The pieces at their times in a row of silence from `start_s` to `end_s`.

    The audio clock runs evenly but its pieces are delivered late at random, so each is placed by the least lateness
    around it; where the audio clock itself stood still, what follows moves.
    """
    total: Samples = np.zeros(max(0, round((end_s - start_s) * RATE_HZ)), np.float32)
    pieces = sorted(pieces, key=lambda piece: piece.frame)
    place = None
    for piece, offset_s in zip(pieces, _offsets_s(pieces), strict=True):
        ideal = round((piece.frame / RATE_HZ + offset_s - start_s) * RATE_HZ)
        place = ideal if place is None or abs(ideal - place) > SLIP_S * RATE_HZ else place
        first, last = max(0, place), min(len(total), place + len(piece.samples))
        if first < last:
            total[first:last] = piece.samples[first - place : last - place]
        place += len(piece.samples)
    return total


def _offsets_s(pieces: list[Piece]) -> list[float]:
    """For each piece: the machine's clock minus the audio clock, by the pieces within `STEADY_S` that came soonest."""
    lateness = np.array([piece.ended_at_s - (piece.frame + len(piece.samples)) / RATE_HZ for piece in pieces])
    ends = np.array([piece.ended_at_s for piece in pieces])
    firsts = np.searchsorted(ends, ends - STEADY_S / 2)
    lasts = np.searchsorted(ends, ends + STEADY_S / 2)
    return [
        float(lateness[first:last].min()) for first, last in zip(firsts, np.maximum(lasts, firsts + 1), strict=True)
    ]
