"""The rungs of the ladder as data, best first: what a participant sends on each, and what that costs on the wire.

Rates of `Video` and `Audio` are codec payload; `need_bps` and its kin are on the wire, IP and UDP headers included.
The numbers are those of DESIGN section 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final


@dataclass(frozen=True)
class Video:
    width: int
    height: int
    frames_per_s: int
    bitrate_bps: int


@dataclass(frozen=True)
class Audio:
    bitrate_bps: int
    ptime_ms: int


@dataclass(frozen=True)
class Rung:
    """One step. No video: voice only; no audio either: text."""

    name: str
    video: Video | None
    audio: Audio | None


LADDER: Final = (
    Rung("V3", Video(640, 360, 15, 350_000), Audio(24_000, 20)),
    Rung("V2", Video(480, 270, 15, 180_000), Audio(20_000, 40)),
    Rung("V1", Video(320, 180, 10, 90_000), Audio(16_000, 60)),
    Rung("V0", Video(320, 180, 5, 45_000), Audio(16_000, 60)),
    Rung("A2", None, Audio(20_000, 60)),
    Rung("A1", None, Audio(12_000, 60)),
    Rung("A0", None, Audio(8_000, 60)),
    Rung("T", None, None),
)
TOP: Final = LADDER[0]
V3, V2, V1, V0, A2, A1, A0, T = range(len(LADDER))
"""Indices in LADDER by name."""

AUDIO_HEADER_BITS: Final = 58 * 8
"""IPv4 20, UDP 8, RTP 12, extension 8, SRTP tag 10: what each packet of sound carries around."""
VIDEO_OVERHEAD: Final = 1.05
VIDEO_FIXED_BPS: Final = 4_000
"""Headers of video: a share for full packets, and the last, small packet of each frame."""
TEXT_BPS: Final = 2_000
"""RTCP and STUN alone."""
DOWN_SHARE: Final = 0.89
"""Of a rung's need: with less than this it is left; until then its picture is sent at a lower rate."""
UP_SHARE: Final = 1.27
"""Of a rung's need: what must be proven before it is entered."""

START_RTT_MS: Final = ((250, V1), (450, A2))
"""A round trip below this starts on that rung: slow links have long round trips."""


def start_rung(rtt_ms: int | None) -> int:
    """Index of the rung to start a session on, by the page's round trip to signaling; None: unknown."""
    if rtt_ms is None:
        return A2
    return next((rung for limit_ms, rung in START_RTT_MS if 0 <= rtt_ms < limit_ms), A1)


@cache
def audio_bps(rung: int) -> int:
    """One voice of the rung on the wire; 0 on text."""
    audio = LADDER[rung].audio
    return audio.bitrate_bps + AUDIO_HEADER_BITS * 1000 // audio.ptime_ms if audio else 0


def video_wire_bps(payload_bps: float) -> float:
    """Wire rate of a picture of so much payload; 0 for none."""
    return payload_bps * VIDEO_OVERHEAD + VIDEO_FIXED_BPS if payload_bps > 0 else 0.0


@cache
def need_bps(rung: int, voices: int = 1, videos: int = 1) -> float:
    """What the rung costs on the wire with so many voices and pictures."""
    video = LADDER[rung].video
    sound = max(1, voices) * audio_bps(rung)
    picture = max(1, videos) * video_wire_bps(video.bitrate_bps) if video else 0.0
    return max(float(TEXT_BPS), sound + picture)


def leave_bps(rung: int, voices: int = 1) -> float:
    """With less capacity than this the rung does not fit any more."""
    return need_bps(rung, voices) * DOWN_SHARE


def enter_bps(rung: int, voices: int = 1) -> float:
    """What a trial must show before the rung is entered."""
    return need_bps(rung, voices) * UP_SHARE


def fitting(capacity_bps: float, voices: int = 1) -> int:
    """The best rung whose need is not more than the capacity; T when there is none."""
    return next((rung for rung in range(T) if need_bps(rung, voices) <= capacity_bps), T)


def video_payload_bps(rung: int, capacity_bps: float, voices: int = 1) -> int:
    """Of the rung's picture, as much as the capacity leaves beside the voices; 0 on a rung without picture."""
    video = LADDER[rung].video
    if video is None:
        return 0
    return int(min(video.bitrate_bps, max(0.0, room_bps(rung, capacity_bps, voices))))


def room_bps(rung: int, capacity_bps: float, voices: int = 1) -> float:
    """Payload of a picture that fits beside the rung's voices."""
    return (capacity_bps - max(1, voices) * audio_bps(rung) - VIDEO_FIXED_BPS) / VIDEO_OVERHEAD
