"""How well one person was heard by another: intelligibility by segments, delay, and the gaps in between."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pystoi import stoi

from netlab.alignment import FRAME, PIECE_S, Alignment, Flags, Samples, align, loudness, speaking
from netlab.listen import RATE_HZ

SEGMENT_S: Final = 4.0
LEAST_SPEECH_S: Final = 0.8
"""A segment with less speech is not scored: STOI needs 0.4 s of it and is noise on less than twice that."""
LEAST_GAP_S: Final = 0.1
LASTING_FRAMES: Final = 10
FRAMES_PER_S: Final = RATE_HZ / FRAME


@dataclass(frozen=True)
class Segment:
    """Some seconds of what was said, and how intelligible they were on arrival."""

    said_at_s: float
    speech_s: float
    stoi: float
    """Short-time objective intelligibility (Taal et al. 2011), 0 to 1; 0 where nothing was heard."""
    estoi: float
    """Extended STOI (Jensen and Taal 2016), which also sees masked and chopped speech."""


@dataclass(frozen=True)
class Gap:
    """The listener heard nothing for so long although there was speech to be heard."""

    heard_at_s: float
    length_s: float
    """Without the speaker's own pauses."""


@dataclass(frozen=True)
class Hearing:
    """One direction of a call. All times are seconds since the sounds' start."""

    said: Samples
    heard: Samples
    talking: Flags
    """By frames of 20 ms of what was said."""
    hearing: Flags
    alignment: Alignment
    gaps: tuple[Gap, ...]

    def first_heard_s(self, since_s: float = 0.0) -> float | None:
        """When a sound of a speaker's level was heard from then on that lasts; a click is none."""
        heard = self.hearing[round(since_s * FRAMES_PER_S) :].astype(int)
        lasting = np.convolve(heard, np.ones(LASTING_FRAMES, int))[LASTING_FRAMES - 1 :] >= LASTING_FRAMES / 2
        found = np.flatnonzero(lasting & (heard > 0))
        return since_s + float(found[0] / FRAMES_PER_S) if len(found) else None

    def segments(self, since_s: float, until_s: float) -> list[Segment]:
        """Whole segments of what was said between the two; those with too little speech are left out."""
        until_s = min(until_s, len(self.said) / RATE_HZ)
        starts = np.arange(since_s, until_s - SEGMENT_S + 1e-9, SEGMENT_S)
        return [segment for start_s in starts if (segment := self._segment(float(start_s))) is not None]

    def delays(self, since_s: float, until_s: float) -> NDArray[np.float64]:
        """From mouth to ear, of the pieces that were said between the two and recognised; seconds."""
        at_s = self.alignment.said_at_s
        return self.alignment.delay_s[(at_s >= since_s) & (at_s < until_s)]

    def _segment(self, start_s: float) -> Segment | None:
        speech_s = float(np.sum(_part(self.talking, start_s, SEGMENT_S, FRAMES_PER_S)) / FRAMES_PER_S)
        if speech_s < LEAST_SPEECH_S:
            return None
        clean = _part(self.said, start_s, SEGMENT_S, RATE_HZ)
        come = as_heard(self.heard, self.alignment, start_s, start_s + SEGMENT_S)
        return Segment(start_s, speech_s, _stoi(clean, come, extended=False), _stoi(clean, come, extended=True))


def hear(said: Samples, heard: Samples) -> Hearing:
    """Judge what was heard against what was said; both at `RATE_HZ`, starting at the same moment."""
    alignment = align(said, heard)
    loud = loudness(said)
    talking, hearing = speaking(said, loud), speaking(heard, loud)
    return Hearing(said, heard, talking, hearing, alignment, tuple(_gaps(talking, hearing, alignment)))


def intelligibility(segments: list[Segment], extended: bool = False) -> float | None:
    """Mean STOI (or ESTOI), each segment weighted by its speech; None without speech."""
    weights = sum(segment.speech_s for segment in segments)
    if not weights:
        return None
    return sum((segment.estoi if extended else segment.stoi) * segment.speech_s for segment in segments) / weights


def as_heard(heard: Samples, alignment: Alignment, first_s: float, last_s: float) -> Samples:
    """What was heard of what was said between the two, brought to the speaker's time."""
    pieces = []
    for at_s in np.arange(first_s, last_s - 1e-9, PIECE_S):
        length = round((min(last_s, at_s + PIECE_S) - at_s) * RATE_HZ)
        start = round((at_s + alignment.delay_at(at_s + PIECE_S / 2)) * RATE_HZ)
        piece = heard[start : start + length]
        pieces.append(np.pad(piece, (0, length - len(piece))))
    return np.concatenate(pieces)


def _part(values: NDArray[np.generic], start_s: float, length_s: float, rate: float) -> NDArray[np.generic]:
    first = round(start_s * rate)
    return values[first : first + round(length_s * rate)]


def _stoi(said: NDArray[np.generic], heard: Samples, extended: bool) -> float:
    if not np.any(np.abs(heard) > 1e-4):
        return 0.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of segments with too little speech, which score 1e-5
        return max(0.0, float(stoi(said, heard, RATE_HZ, extended=extended)))


def _gaps(talking: Flags, hearing: Flags, alignment: Alignment) -> list[Gap]:
    """From one heard frame to the next, less what the speaker paused meanwhile."""
    heard_at = np.flatnonzero(hearing)
    edges = np.concatenate(([0], heard_at, [len(hearing) - 1]))
    said = _said_frames(edges, alignment)
    inside = np.clip(said, 0, len(talking))
    unsaid = np.diff(said) - np.diff(inside)  # before the first word
    paused = np.concatenate(([0], np.cumsum(~talking)))
    lengths = np.diff(edges) - 1 - (paused[inside[1:]] - paused[inside[:-1]]) - unsaid
    return [
        Gap(float(edges[index] / FRAMES_PER_S), float(lengths[index] / FRAMES_PER_S))
        for index in np.flatnonzero(lengths > LEAST_GAP_S * FRAMES_PER_S)
    ]


def _said_frames(heard_frames: NDArray[np.int64], alignment: Alignment) -> NDArray[np.int64]:
    """When that was said which is heard in these frames; beyond what was recognised, with the nearest delay."""
    if not len(alignment.said_at_s):
        return heard_frames
    heard_s = heard_frames / FRAMES_PER_S
    known_s = np.maximum.accumulate(alignment.said_at_s + alignment.delay_s)
    said_s = np.interp(heard_s, known_s, alignment.said_at_s)
    said_s = np.where(heard_s < known_s[0], heard_s - alignment.delay_s[0], said_s)
    said_s = np.where(heard_s > known_s[-1], heard_s - alignment.delay_s[-1], said_s)
    return np.round(said_s * FRAMES_PER_S).astype(np.int64)
