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
    picture_ms: int | None
    receives: tuple[Received, ...]


def rung_of(level: Level) -> int:
    """Index in LADDER."""
    return [rung.name for rung in LADDER].index(level)


def level_name(rung: int) -> Level:
    return cast("Level", LADDER[rung].name)


def order(participant: str, others: Sequence[str], allotment: Allotment, decisions: Decisions) -> Order:
    """What `participant` shall send and expect; `others` are those it has slots for, in their order."""
    publication = allotment.publish[participant]
    own_up, own_down = decisions[participant]
    flows = [(other, allotment.flows[participant, other]) for other in others]
    heard = [decisions[other][0].protection for other, flow in flows if flow.audio]
    watched = [decisions[other][0].protection for other, flow in flows if flow.video]
    down = own_down.protection
    return Order(
        level=level_name(publication.level),
        video=_video(publication.video),
        audio=_audio(publication.audio, own_up.protection.duplicate),
        jitter_ms=_wait_ms(down.jitter_ms, [up.jitter_ms for up in heard]),
        picture_ms=_wait_ms(down.picture_ms, [up.picture_ms for up in watched]) if watched else None,
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


def _audio(rung: int | None, redundant: bool) -> AudioOrder | None:
    audio = LADDER[rung].audio if rung is not None else None
    if audio is None:
        return None
    return AudioOrder(bitrate_bps=audio.bitrate_bps, ptime_ms=audio.ptime_ms, redundant=redundant)


def _wait_ms(down: int | None, uplinks: Sequence[int | None]) -> int | None:
    """Repair goes hop by hop: the buffer waits for the speaker's uplink and then for the own downlink."""
    longest = max((wait for wait in uplinks if wait is not None), default=None)
    waits = [wait for wait in (down, longest) if wait is not None]
    return min(JITTER_MAX_MS, sum(waits)) if waits else None
