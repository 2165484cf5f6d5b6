"""The lab as a fixture, and speech to try scores on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from scipy.signal import resample_poly

from e2e.conftest import needs
from netlab.alignment import Samples
from netlab.lab import Lab, lab
from netlab.listen import RATE_HZ
from netlab.speech import ESPEAK, FILE_RATE_HZ, PATIENT, PHYSICIAN, read_wav, speak

TALK_S = 16.0


@dataclass(frozen=True)
class Talk:
    """Two people who say different things, at `RATE_HZ`, equally long."""

    said: Samples
    other: Samples

    @property
    def seconds(self) -> float:
        return len(self.said) / RATE_HZ


@pytest.fixture
def link() -> Iterator[Lab]:
    """A perfect link; the test makes it worse."""
    with lab() as made:
        yield made


@pytest.fixture(scope="session")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Talk:
    needs(ESPEAK)
    directory = tmp_path_factory.mktemp("speech")
    voices = [read_wav(speak(speaker, directory))[0] for speaker in (PATIENT, PHYSICIAN)]
    said, other = (resample_poly(voice[: round(TALK_S * FILE_RATE_HZ)], 1, FILE_RATE_HZ // RATE_HZ) for voice in voices)
    return Talk(said, other)
