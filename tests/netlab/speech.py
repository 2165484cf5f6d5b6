"""What the people of a story say: Spanish sentences, spoken by espeak-ng, as files for Chromium's fake microphone."""

from __future__ import annotations

import subprocess
import wave
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

ESPEAK: Final = "espeak-ng"
FILE_RATE_HZ: Final = 48_000
LOUDNESS: Final = 0.08
"""Root mean square of full scale: -22 dB, as somebody at arm's length of a phone."""
PEAK: Final = 0.9
PAUSE_S: Final = 0.25
"""Between sentences: short, so that nearly all of a story is speech and can be scored."""

Samples = NDArray[np.float64]
"""Mono, -1 to 1."""


@dataclass(frozen=True)
class Speaker:
    """A voice of espeak-ng and what it says, over and over. Every speaker has words of their own."""

    name: str
    voice: str
    words_per_minute: int
    sentences: tuple[str, ...]


PATIENT: Final = Speaker(
    "patient", "es-419+f3", 150,
    (
        "Buenos días, doctora, gracias por atenderme hoy.",
        "Desde hace una semana me duele la cabeza, sobre todo por las mañanas.",
        "El dolor empieza aquí atrás, en la nuca, y sube hasta la frente.",
        "Me tomé la presión en la farmacia y salió en ciento cincuenta con noventa y cinco.",
        "A veces veo lucecitas y me mareo cuando me levanto muy rápido.",
        "Estoy tomando losartán, una pastilla de cincuenta, pero la semana pasada no la conseguí.",
        "Mi mamá también sufría de la tensión, y mi hermano mayor tuvo un infarto.",
        "No he tenido fiebre, ni vómitos, y estoy durmiendo más o menos bien.",
        "Por aquí se va mucho la luz, así que disculpe si se corta la llamada.",
    ),
)  # fmt: skip
PHYSICIAN: Final = Speaker(
    "physician", "es", 145,
    (
        "Mucho gusto, señora González, cuénteme qué la trae por la consulta.",
        "Necesito saber si el dolor es constante o si va y viene durante el día.",
        "¿Le molesta la luz fuerte, o el ruido de la calle?",
        "Vamos a revisar juntas los medicamentos que está usando ahora.",
        "Quiero que anote la presión dos veces al día, antes del desayuno y antes de acostarse.",
        "Si llega a ciento ochenta, o si pierde fuerza en un brazo, vaya enseguida al hospital.",
        "Le voy a indicar un examen de sangre, otro de orina y un electrocardiograma.",
        "Trate de comer con poca sal, camine media hora diaria y tome bastante agua.",
        "La próxima cita sería dentro de quince días, a esta misma hora.",
    ),
)  # fmt: skip
COMPANION: Final = Speaker(
    "companion", "es-419+m7", 155,
    (
        "Yo soy el hijo de la señora, vivo en otra ciudad y la acompaño por teléfono.",
        "Ella olvida a veces la pastilla de la noche, por eso quería estar presente.",
        "El vecino puede llevarla al laboratorio el jueves temprano.",
        "Dígame por favor dónde compro el remedio más barato y cuántas cajas hacen falta.",
        "También quisiera preguntar si puede seguir trabajando en la bodega.",
        "Hace dos años la operaron de la vesícula y le quedó una cicatriz grande.",
        "Tengo aquí los resultados anteriores, se los mando por el chat si quiere.",
        "En la casa hay un tensiómetro viejo, pero creo que ya no mide bien.",
    ),
)  # fmt: skip


def speak(speaker: Speaker, directory: Path) -> Path:
    """The speaker's sentences as one file of 30-40 s: WAV, 48 kHz, 16 bit, mono, to be looped."""
    path = directory / f"{speaker.name}.wav"
    with TemporaryDirectory(dir=directory) as scratch:
        pause = np.zeros(round(PAUSE_S * FILE_RATE_HZ))
        parts = [part for sentence in speaker.sentences for part in (_say(speaker, sentence, Path(scratch)), pause)]
    write_wav(path, _levelled(np.concatenate(parts)), FILE_RATE_HZ)
    return path


def _say(speaker: Speaker, sentence: str, scratch: Path) -> Samples:
    file = scratch / "sentence.wav"
    command = (ESPEAK, "-v", speaker.voice, "-s", str(speaker.words_per_minute), "-w", str(file), sentence)
    subprocess.run(command, check=True, timeout=30)
    samples, rate_hz = read_wav(file)
    common = np.gcd(rate_hz, FILE_RATE_HZ)
    spoken: Samples = resample_poly(_trimmed(samples), FILE_RATE_HZ // common, rate_hz // common)
    return spoken


def _trimmed(samples: Samples) -> Samples:
    """Without espeak's silence before and after."""
    loud = np.flatnonzero(np.abs(samples) > 0.005)
    return samples[loud[0] : loud[-1] + 1]


def _levelled(samples: Samples) -> Samples:
    louder = samples * (LOUDNESS / np.sqrt(np.mean(samples**2)))
    levelled: Samples = np.clip(louder, -PEAK, PEAK)
    return levelled


def read_wav(path: Path) -> tuple[Samples, int]:
    """Samples of a 16-bit mono file, and its rate in Hz."""
    with wave.open(str(path), "rb") as file:
        pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return pcm / 32_768, file.getframerate()


def write_wav(path: Path, samples: Samples, rate_hz: int) -> None:
    """16 bit, mono."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes((samples * 32_767).astype("<i2").tobytes())
