"""Who publishes what, and what is forwarded to whom, in a room of up to six. Pure: each direction's decision in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adaptation.decision import Decision
from adaptation.rungs import A0, A1, A2, LADDER, V0, V1, T, audio_bps, need_bps
from adaptation.sample import Demand

MOST_VOICES = 2
"""Heard at once by a viewer whose link has no room for all."""


@dataclass(frozen=True, slots=True)
class Member:
    """One present participant."""

    id: str
    up: Decision
    down: Decision
    ceiling: int
    """Index in LADDER of the best rung that is allowed, both ways (a held rung, saved data, the policy)."""
    has_audio: bool
    has_video: bool
    """Camera on (and allowed to publish)."""
    speaking: bool


@dataclass(frozen=True, slots=True)
class Publication:
    """What a participant shall send. Sound and picture may be of different rungs."""

    video: int | None
    """Index in LADDER of the rung whose picture is sent; None: no picture."""
    audio: int | None
    """Index in LADDER of the rung whose sound is sent; None: no sound."""
    video_bps: int
    """The picture's rate at present, codec payload; 0 without picture. For REMB."""

    @property
    def level(self) -> int:
        """Index in LADDER that names the whole: the picture's, else the sound's, else text."""
        if self.video is not None:
            return self.video
        return T if self.audio is None else max(A2, self.audio)


@dataclass(frozen=True, slots=True)
class Flow:
    """What of one publisher is forwarded to one viewer."""

    audio: bool
    video: bool


@dataclass(frozen=True, slots=True)
class Allotment:
    publish: Mapping[str, Publication]
    """By participant."""
    flows: Mapping[tuple[str, str], Flow]
    """By (viewer, publisher), for each pair of two different participants."""


@dataclass(frozen=True, slots=True)
class Take:
    """What one viewer can take: these voices, these pictures, and each picture on this rung at best."""

    heard: frozenset[str]
    seen: frozenset[str]
    rung: int


def allocate(members: Sequence[Member]) -> Allotment:
    """A to B flows at min(U_A, D_B); the sound that flows fits the weakest viewer who takes it."""
    takes = {viewer.id: take(viewer, [m for m in members if m is not viewer]) for viewer in members}
    publish = {m.id: publication(m, members, takes) for m in members}
    flows = {
        (viewer.id, m.id): Flow(m.id in takes[viewer.id].heard, _sees(takes[viewer.id], m.id, publish[m.id]))
        for viewer in members
        for m in members
        if m is not viewer
    }
    return Allotment(publish, flows)


def take(viewer: Member, others: Sequence[Member]) -> Take:
    """The viewer's budget: voices first, then one picture, then more of them."""
    rung = max(viewer.down.rung, viewer.ceiling)
    loudest_first = sorted(others, key=lambda m: not m.speaking)
    if rung >= T:
        return Take(frozenset(), frozenset(), T)
    voices = [m for m in loudest_first if m.has_audio and _up(m) < T]
    heard = voices[: _most_voices(rung, len(voices), viewer.down.capacity_bps)]
    pictures = [m for m in loudest_first if m.has_video and _up(m) <= V0] if rung <= V0 else []
    count, each = _pictures(rung, len(heard), len(pictures), viewer.down.capacity_bps)
    return Take(frozenset(m.id for m in heard), frozenset(m.id for m in pictures[:count]), each)


def publication(member: Member, members: Sequence[Member], takes: Mapping[str, Take]) -> Publication:
    """What the member sends for all who take it."""
    viewers = [m for m in members if m is not member]
    hearers = [viewer for viewer in viewers if member.id in takes[viewer.id].heard]
    audio = max([_up(member), *(max(m.down.rung, m.ceiling) for m in hearers)]) if hearers else None
    if not viewers and member.has_audio and _up(member) < T:
        audio = max(_up(member), A1)  # nobody is there yet: enough to know the link by
    watchers = [viewer for viewer in viewers if member.id in takes[viewer.id].seen]
    if not watchers:
        return Publication(None, audio, 0)
    video = max(_up(member), _common_rung([takes[viewer.id].rung for viewer in watchers]))
    return Publication(video, audio, _video_bps(member, video, watchers, takes))


def demands(members: Sequence[Member], allotment: Allotment) -> dict[str, tuple[Demand, Demand]]:
    """What the room asks of each participant's (up, down) in the next tick.

    A downlink may be tried one rung beyond what anybody sends it, an uplink only up to what somebody can take: so two
    directions never wait for each other, and nothing is measured that nobody could use.
    """
    return {m.id: (_asked_up(m, members, allotment), _asked_down(m, members, allotment)) for m in members}


def _up(member: Member) -> int:
    return max(member.up.rung, member.ceiling)


def _most_voices(rung: int, voices: int, capacity_bps: int) -> int:
    """All while they fit; else the two loudest, and on A0 one."""
    if voices * audio_bps(rung) <= capacity_bps:
        return voices
    return 1 if rung == A0 else MOST_VOICES


def _pictures(rung: int, voices: int, pictures: int, capacity_bps: int) -> tuple[int, int]:
    """How many pictures fit, and on which rung each. One fits by the ladder's own judgement."""
    for count in range(pictures, 1, -1):
        for each in range(rung, V0 + 1):
            if need_bps(each, voices, count) <= capacity_bps:
                return count, each
    return min(pictures, 1), rung


def _common_rung(rungs: Sequence[int]) -> int:
    """One picture for all: the best that everybody from V1 up can take. Who has only V0 holds nobody down."""
    able = [rung for rung in rungs if rung <= V1]
    return max(able or rungs)


def _sees(viewer: Take, publisher: str, publication: Publication) -> bool:
    return publisher in viewer.seen and publication.video is not None and viewer.rung <= publication.video


def _video_bps(member: Member, video: int, watchers: Sequence[Member], takes: Mapping[str, Take]) -> int:
    """As much as the member's uplink, the rung and the watchers' downlinks allow."""
    limits = [member.up.video_bps] if video == _up(member) else []
    limits += [m.down.video_bps for m in watchers if takes[m.id].rung == video and len(takes[m.id].seen) == 1]
    picture = LADDER[video].video
    return min(limits, default=picture.bitrate_bps if picture else 0)


def _asked_up(member: Member, members: Sequence[Member], allotment: Allotment) -> Demand:
    takers = [viewer.down.rung for viewer in members if viewer is not member]
    useful = min(takers, default=T)
    return Demand(
        ceiling=member.ceiling,
        useful=useful if member.has_video else max(A2, useful),
        carried=allotment.publish[member.id].level,
    )


def _asked_down(member: Member, members: Sequence[Member], allotment: Allotment) -> Demand:
    others = [m for m in members if m is not member]
    offered = [max(0, _up(m) - 1) if m.has_video else max(A2, _up(m) - 1) for m in others]
    flows = [(allotment.flows[member.id, m.id], allotment.publish[m.id]) for m in others]
    return Demand(
        ceiling=member.ceiling,
        useful=min(offered, default=T),
        carried=min((_carried(flow, publication) for flow, publication in flows), default=T),
        voices=max(1, sum(m.has_audio and _up(m) < T for m in others)),
        videos=max(1, sum(flow.video for flow, _ in flows)),
    )


def _carried(flow: Flow, publication: Publication) -> int:
    if flow.video and publication.video is not None:
        return publication.video
    return max(A2, publication.audio) if flow.audio and publication.audio is not None else T
