"""A voice without pauses: whatever is not heard of it is a hole."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Final

import numpy as np

RATE_HZ: Final = 48_000
LOUDNESS: Final = 0.3
NOTE_S: Final = 0.25
OCTAVE_STEPS: Final = (0, 4, 7, 11, 2, 5, 9, 12, 3, 8, 1, 6)
"""Semitones above the base note: a codec must not find it steady."""


def hum(path: Path, base_hz: float) -> Path:
    """A loop as `--use-file-for-fake-audio-capture` takes it; from note to note the wave has no step."""
    notes_hz = base_hz * 2 ** (np.array(OCTAVE_STEPS) / 12)
    turns = np.round(notes_hz * NOTE_S)  # whole waves, so that the loop has no cut
    frequency = np.repeat(turns / NOTE_S, round(NOTE_S * RATE_HZ))
    wave_form = LOUDNESS * np.sin(2 * np.pi * np.cumsum(frequency) / RATE_HZ)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((wave_form * 32_767).astype("<i2").tobytes())
    return path
