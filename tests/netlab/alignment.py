"""Where in what was heard is what was said: the delay of speech from mouth to ear, piece by piece.

A receiver's jitter buffer stretches, shortens and re-buffers, so the delay is sought anew all the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft
from scipy.signal import butter, sosfiltfilt

from netlab.listen import RATE_HZ

MAX_DELAY_S: Final = 6.0
COARSE_S: Final = 2.0
"""Speech of this length is told from all other speech of a story."""
FINE_S: Final = 0.5
HOP_S: Final = 0.25
PIECE_S: Final = 0.1
SHORT_S: Final = 0.25
VERY_NEAR_S: Final = 0.05
NEAR_S: Final = 0.3
"""The fine search stays so near to the coarse one."""
LEAST_SPEECH: Final = 0.5
"""Of a piece; with less, another's short word may look like it."""
ALIKE: Final = 0.45
"""Normalised correlation from which on two pieces hold the same words; strangers' speech stays below it."""
ALIKE_NEARBY: Final = 0.35
"""Where the same words are expected."""
BAND_HZ: Final = (150.0, 3500.0)
FRAME: Final = RATE_HZ // 50
SILENT: Final = 0.06
"""Frames of 20 ms whose level is below this part of the speaker's loud frames are pauses."""

Samples = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Alignment:
    """The delay of the speech that was said at each of these times; only where it was recognised."""

    said_at_s: NDArray[np.float64]
    """Middle of the piece."""
    delay_s: NDArray[np.float64]

    def delay_at(self, said_at_s: float) -> float:
        """By the nearest piece that was recognised; 0 when none was."""
        if not len(self.said_at_s):
            return 0.0
        return float(self.delay_s[np.argmin(np.abs(self.said_at_s - said_at_s))])


def align(said: Samples, heard: Samples) -> Alignment:
    """Both at `RATE_HZ`, starting at the same moment."""
    said, heard = _speech_band(said), _speech_band(heard)
    pauses = np.repeat(~speaking(said, loudness(said)), FRAME)
    said[: len(pauses)][pauses] = 0.0  # so that a word without enough speech is known by its silence
    middles = [float(at_s) for at_s in np.arange(HOP_S / 2, len(said) / RATE_HZ, HOP_S)]
    found: dict[float, float] = {}
    for times in (middles, middles[::-1]):  # and back: a buffer that fills at the start stretches the first words
        near: float | None = None
        for at_s in times:
            delay_s = found.get(at_s) or _delay_s(said, heard, at_s, near)
            if delay_s is not None:
                found[at_s] = near = delay_s
    known = sorted(found.items())
    rough = Alignment(np.array([at_s for at_s, _ in known]), np.array([delay_s for _, delay_s in known]))
    return _refined(said, heard, rough) if known else rough


def _refined(said: Samples, heard: Samples, rough: Alignment) -> Alignment:
    """Ten times a second, close to what is known: a buffer that stretches changes the delay by a few ms at a time."""
    fine = []
    for at_s in np.arange(PIECE_S / 2, len(said) / RATE_HZ, PIECE_S):
        near = rough.delay_at(float(at_s))
        if np.min(np.abs(rough.said_at_s - at_s)) > HOP_S:
            continue
        bounds = (max(0.0, near - VERY_NEAR_S), near + VERY_NEAR_S)
        delay_s = _best(said, heard, float(at_s), SHORT_S, bounds, ALIKE)
        fine.append((float(at_s), near if delay_s is None else delay_s))
    return Alignment(np.array([at_s for at_s, _ in fine]), np.array([delay_s for _, delay_s in fine]))


def speaking(sound: Samples, loud: float) -> Flags:
    """For each frame of 20 ms: whether it is more than a pause; `loud` as `loudness` gives it."""
    return levels(sound) > max(SILENT * loud, 1e-5)


def levels(sound: Samples) -> Samples:
    """Root mean square of each frame of 20 ms."""
    frames = sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME)
    level: Samples = np.sqrt(np.mean(frames.astype(np.float64) ** 2, axis=1))
    return level


def loudness(sound: Samples) -> float:
    """The level that a speaker's loud frames reach; 0 of nothing."""
    found = levels(sound)
    return float(np.percentile(found, 95)) if len(found) else 0.0


def _speech_band(sound: Samples) -> Samples:
    band: Samples = sosfiltfilt(butter(2, BAND_HZ, "bandpass", fs=RATE_HZ, output="sos"), sound.astype(np.float64))
    return band


def _delay_s(said: Samples, heard: Samples, at_s: float, before_s: float | None) -> float | None:
    """By two seconds of speech first, then near that by less; or near the delay of the piece before."""
    coarse = _best(said, heard, at_s, COARSE_S, (0.0, MAX_DELAY_S), ALIKE)
    near = before_s if coarse is None else coarse
    if near is None or at_s + FINE_S / 2 + near + NEAR_S > len(heard) / RATE_HZ:
        return coarse
    bounds = (max(0.0, near - NEAR_S), min(MAX_DELAY_S, near + NEAR_S))
    fine = _best(said, heard, at_s, FINE_S, bounds, ALIKE_NEARBY)
    return coarse if fine is None else fine


def _best(
    said: Samples, heard: Samples, at_s: float, width_s: float, within_s: tuple[float, float], alike_enough: float
) -> float | None:
    """The delay within bounds at which what was said around `at_s` is most alike; None when nothing is alike."""
    first = max(0, round((at_s - width_s / 2) * RATE_HZ))
    word = said[first : first + round(width_s * RATE_HZ)]
    low = first + round(within_s[0] * RATE_HZ)
    place = heard[low : low + round((within_s[1] - within_s[0]) * RATE_HZ) + len(word)]
    if len(place) <= len(word) or np.count_nonzero(word) < LEAST_SPEECH * width_s * RATE_HZ:
        return None
    alike = _correlation(word, place)
    best = int(np.argmax(alike))
    return within_s[0] + best / RATE_HZ if alike[best] >= alike_enough else None


def _correlation(word: Samples, place: Samples) -> Samples:
    """Normalised, at every offset at which the word lies wholly within the place."""
    size = next_fast_len(len(place) + len(word), real=True)
    product = irfft(rfft(place, size) * np.conj(rfft(word, size)), size)[: len(place) - len(word) + 1]
    energy = np.concatenate(([0.0], np.cumsum(place**2)))
    around = energy[len(word) :] - energy[: -len(word)]
    norm = np.sqrt(np.maximum(around, 1e-3 * np.sum(word**2)) * np.sum(word**2))
    alike: Samples = product / np.maximum(norm, 1e-12)
    return alike
