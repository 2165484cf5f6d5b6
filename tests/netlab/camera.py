"""What the people of a story look like: a moving picture that costs an encoder real bits, as a looping file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

WIDTH: Final = 640
HEIGHT: Final = 360
FRAMES_PER_S: Final = 15
FRAMES: Final = 45
"""3 s, about 16 MB: every movement comes round by then, so that the loop has no cut."""
NOISE: Final = 2.0
"""Standard deviation in steps of 256: a phone's camera in a room."""
BLOBS: Final = 9

Plane = NDArray[np.float32]


def film(path: Path, seed: int) -> Path:
    """A Y4M file as `--use-file-for-fake-video-capture` takes it; another seed, another picture."""
    random = np.random.default_rng(seed)
    background = _texture(random)
    blobs = [_Blob(random) for _ in range(BLOBS)]
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAMES_PER_S}:1 Ip A1:1 C420jpeg\n".encode())
        for index in range(FRAMES):
            luma, blue, red = _frame(background, blobs, index / FRAMES, random)
            file.write(b"FRAME\n" + b"".join(_bytes(plane) for plane in (luma, blue, red)))
    return path


class _Blob:
    """A soft patch of colour and fine stripes that goes round and round."""

    def __init__(self, random: np.random.Generator) -> None:
        self._centre = random.uniform((0.2, 0.2), (0.8, 0.8)) * (WIDTH, HEIGHT)
        self._orbit = random.uniform(10, 35, 2)
        self._phase = random.uniform(0, 2 * np.pi)
        self._turns = random.choice([-2, -1, 1, 2])
        self._size = random.uniform(30, 80)
        self._stripes = random.uniform(0.08, 0.35, 2)
        self.colour = random.uniform(-60, 60, 3)

    def weight(self, x: Plane, y: Plane, phase: float) -> Plane:
        angle = self._phase + 2 * np.pi * self._turns * phase
        dx = x - np.float32(self._centre[0] + self._orbit[0] * np.cos(angle))
        dy = y - np.float32(self._centre[1] + self._orbit[1] * np.sin(angle))
        soft = np.exp(-(dx**2 + dy**2) / np.float32(2 * self._size**2))
        weight: Plane = (soft * (1 + 0.5 * np.sin(self._stripes[0] * dx + self._stripes[1] * dy))).astype(np.float32)
        return weight


def _texture(random: np.random.Generator) -> Plane:
    """A wall with patches of every size."""
    total = np.full((HEIGHT, WIDTH), 110, np.float32)
    for step in (8, 20, 40):
        coarse = random.normal(0, 10, (HEIGHT // step, WIDTH // step))
        total += np.kron(coarse, np.ones((step, step))).astype(np.float32)
    return total


def _frame(background: Plane, blobs: list[_Blob], phase: float, random: np.random.Generator) -> list[Plane]:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    weights = [blob.weight(x, y, phase) for blob in blobs]
    grey = np.full((HEIGHT, WIDTH), 128, np.float32)
    planes = [background + random.normal(0, NOISE, background.shape).astype(np.float32), grey, grey.copy()]
    for blob, weight in zip(blobs, weights, strict=True):
        for plane, strength in zip(planes, blob.colour, strict=True):
            plane += np.float32(strength) * weight
    return [planes[0], planes[1][::2, ::2], planes[2][::2, ::2]]


def _bytes(plane: Plane) -> bytes:
    return np.clip(plane, 16, 235).astype(np.uint8).tobytes()
