"""What a page is told to do: an allotment in the contract's words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from adaptation.allocation import Allotment
from adaptation.decision import Decision
from adaptation.rungs import LADDER
from media.contract import AudioOrder, Level, Received, VideoOrder

JITTER_MAX_MS = 1200
STRETCH_PERCENT = 130


@dataclass(frozen=True)
class Order:
    """The content of an `Adapt`: a new epoch is due when it changes."""

    level: Level
    video: VideoOrder | None
    audio: AudioOrder | None
    jitter_ms: int | None
    receives: tuple[Received, ...]


def level_name(rung: int) -> Level:
    return cast("Level", LADDER[rung].name)


def order(participant: str, others: Sequence[str], allotment: Allotment, decisions: Decisions) -> Order:
    """What `participant` shall send and expect; `others` are those it has slots for, in their order."""
    publication = allotment.publish[participant]
    own_down = decisions[participant][1]
    flows = [(other, allotment.flows[participant, other]) for other in others]
    heard = [decisions[other][0] for other, flow in flows if flow.audio]
    return Order(
        level=level_name(publication.level),
        video=_video(publication.video),
        audio=_audio(publication.audio),
        jitter_ms=_jitter_ms(own_down, heard),
        receives=tuple(Received(participant=other, audio=flow.audio, video=flow.video) for other, flow in flows),
    )


Decisions = dict[str, tuple[Decision, Decision]]
"""Up and down, by participant."""


def _video(rung: int | None) -> VideoOrder | None:
    video = LADDER[rung].video if rung is not None else None
    if video is None:
        return None
    return VideoOrder(
        width=video.width, height=video.height, frames_per_s=video.frames_per_s, bitrate_bps=_most_bps(rung or 0)
    )


def _most_bps(rung: int) -> int:
    """A rung is stretched beyond the rate of the next better one before it is left; REMB says how far."""
    better = LADDER[max(0, rung - 1)].video
    assert better is not None
    return better.bitrate_bps * STRETCH_PERCENT // 100


def _audio(rung: int | None) -> AudioOrder | None:
    audio = LADDER[rung].audio if rung is not None else None
    return AudioOrder(bitrate_bps=audio.bitrate_bps, ptime_ms=audio.ptime_ms) if audio is not None else None


def _jitter_ms(own_down: Decision, heard: Sequence[Decision]) -> int | None:
    """Repair goes hop by hop: the buffer waits for the speaker's uplink and then for the own downlink."""
    uplinks = [up.protection.jitter_ms for up in heard if up.protection.jitter_ms is not None]
    waits = [wait for wait in (own_down.protection.jitter_ms, max(uplinks, default=None)) if wait is not None]
    return min(JITTER_MAX_MS, sum(waits)) if waits else None
