"""Pictures that tests can tell apart: each camera shows a colour of its own with a bar that moves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

WIDTH, HEIGHT, FRAMES_PER_S = 640, 360, 15
FRAMES = 16
BAR_WIDTH = WIDTH // FRAMES
DARK, BRIGHT = 60, 200


@dataclass(frozen=True)
class Colour:
    """Chroma as in YCbCr, 128 is none. The codec and the browser change it by a few steps only."""

    name: str
    cb: float
    cr: float

    def distance(self, other: Colour) -> float:
        return abs(self.cb - other.cb) + abs(self.cr - other.cr)


RED = Colour("red", 100, 200)
BLUE = Colour("blue", 200, 110)
GREEN = Colour("green", 70, 70)
GOLD = Colour("gold", 60, 150)
COLOURS = (RED, BLUE, GREEN, GOLD)
CHANGING = Colour("changing", 0, 0)
"""What Firefox's fake camera shows: every colour in turn."""
GREY = Colour("grey", 128, 128)
NEAR = 40


def nearest(seen: Colour) -> Colour | None:
    """Whose colour this is; None when it is nobody's, as of a black or an empty picture."""
    best = min((*COLOURS, GREY), key=seen.distance)
    return best if best is not GREY and seen.distance(best) < NEAR else None


def from_rgb(red: float, green: float, blue: float) -> Colour:
    """As BT.601 says, near enough for whichever matrix the browser took."""
    cb = 128 - 0.169 * red - 0.331 * green + 0.5 * blue
    cr = 128 + 0.5 * red - 0.419 * green - 0.081 * blue
    return Colour("seen", cb, cr)


def planes(colour: Colour, index: int) -> tuple[bytes, bytes, bytes]:
    """Y, Cb and Cr of the frame with this number, in 4:2:0."""
    left = (index % FRAMES) * BAR_WIDTH
    row = bytes([DARK]) * left + bytes([BRIGHT]) * BAR_WIDTH + bytes([DARK]) * (WIDTH - left - BAR_WIDTH)
    size = WIDTH * HEIGHT // 4
    return row * HEIGHT, bytes([int(colour.cb)]) * size, bytes([int(colour.cr)]) * size


def write_y4m(colour: Colour, path: Path) -> Path:
    """A loop as `--use-file-for-fake-video-capture` takes it."""
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAMES_PER_S}:1 Ip A1:1 C420jpeg\n".encode())
        for part in _frames(colour):
            file.write(part)
    return path


def _frames(colour: Colour) -> Iterator[bytes]:
    for index in range(FRAMES):
        yield b"FRAME\n"
        yield from planes(colour, index)
