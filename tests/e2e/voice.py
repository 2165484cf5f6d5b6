"""Voices that tests can tell apart: each is three notes of its own, played in turn like a short melody.

Notes that change pass a browser's noise suppression, which would take out a steady tone.
"""

from __future__ import annotations

import contextlib
import io
import math
import wave
from array import array
from dataclasses import dataclass
from pathlib import Path

import av
import av.error

RATE_HZ = 48_000
NOTE_S = 0.24
PAUSE_S = 0.06
LOUDNESS = 0.4
WINDOW_S = 0.08
FULL_SCALE = 32_767


@dataclass(frozen=True)
class Voice:
    """No note is near a harmonic or a note of another voice, nor near Firefox's fake microphone (`FIREFOX`)."""

    name: str
    notes_hz: tuple[float, ...]


PATIENT = Voice("patient", (500.0, 625.0, 775.0))
PHYSICIAN = Voice("physician", (900.0, 1110.0, 1380.0))
COMPANION = Voice("companion", (1690.0, 2060.0, 2450.0))
THIRD_PARTY = Voice("third-party", (2870.0, 3190.0, 3460.0))
FIREFOX = Voice("firefox", (330.0,))
VOICES = (PATIENT, PHYSICIAN, COMPANION, THIRD_PARTY, FIREFOX)


@dataclass(frozen=True)
class Sound:
    """What was heard: mono samples between -1 and 1 at `RATE_HZ`."""

    samples: array[float]

    @property
    def loudness(self) -> float:
        """Root mean square."""
        return math.sqrt(sum(sample * sample for sample in self.samples) / max(1, len(self.samples)))

    def powers(self) -> dict[Voice, float]:
        """How much of each voice is in it; about the mean square of its notes alone."""
        return {voice: sum(self._power(note_hz) for note_hz in voice.notes_hz) for voice in VOICES}

    def _power(self, frequency_hz: float) -> float:
        """Goertzel's algorithm over short windows, so that a note played in pieces adds up."""
        size = int(RATE_HZ * WINDOW_S)
        starts = range(0, len(self.samples) - size + 1, size)
        total = sum(_goertzel(self.samples[start : start + size], frequency_hz / RATE_HZ) for start in starts)
        return total / max(1, len(starts))


def decode(recording: bytes) -> Sound:
    """A file as MediaRecorder makes it; one without a sample, because its track gave none, is silence."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
    samples = array("h")
    with contextlib.suppress(av.error.EOFError), av.open(io.BytesIO(recording), "r") as container:
        for frame in container.decode(audio=0):
            for resampled in resampler.resample(frame):
                samples.frombytes(bytes(resampled.planes[0])[: resampled.samples * 2])
    return from_pcm(samples)


def from_pcm(samples: array[int]) -> Sound:
    """16-bit samples at `RATE_HZ`."""
    return Sound(array("d", (sample / FULL_SCALE for sample in samples)))


def mixed(sounds: list[Sound]) -> Sound:
    """All of them at once; the length is that of the longest."""
    length = max((len(sound.samples) for sound in sounds), default=0)
    total = array("d", bytes(8 * length))
    for sound in sounds:
        for index, sample in enumerate(sound.samples):
            total[index] += sample
    return Sound(total)


def _goertzel(window: array[float], cycles_per_sample: float) -> float:
    """Mean square of the window's sinusoid at this frequency."""
    coefficient = 2 * math.cos(2 * math.pi * cycles_per_sample)
    before = last = 0.0
    for sample in window:
        before, last = last, sample + coefficient * last - before
    return 2 * (before * before + last * last - coefficient * before * last) / len(window) ** 2


def melody(voice: Voice, seconds: float) -> array[int]:
    """16-bit samples of the voice's notes in turn, each faded in and out."""
    period = round((NOTE_S + PAUSE_S) * RATE_HZ)
    samples = array("h")
    for index in range(round(seconds * RATE_HZ)):
        note, offset = divmod(index, period)
        frequency_hz = voice.notes_hz[note % len(voice.notes_hz)]
        level = FULL_SCALE * LOUDNESS * _envelope(offset / RATE_HZ)
        samples.append(int(level * math.sin(2 * math.pi * frequency_hz * index / RATE_HZ)))
    return samples


def _envelope(at_s: float) -> float:
    return math.sin(math.pi * at_s / NOTE_S) ** 0.5 if at_s < NOTE_S else 0.0


def write_wav(voice: Voice, path: Path) -> Path:
    """A loop of whole turns of the melody, as `--use-file-for-fake-audio-capture` takes it."""
    seconds = 6 * (NOTE_S + PAUSE_S)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(melody(voice, seconds).tobytes())
    return path
