"""Who publishes what, and what is forwarded to whom, in a room of up to six. Pure: each direction's decision in.

A publisher has one picture and one sound for all, so both are of a rung that the weakest of those who take it can
carry: nobody loses a picture so that another's is sharper. Who cannot take any picture does not count for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from adaptation.decision import Decision
from adaptation.rungs import A0, A2, LADDER, V0, V3, T, audio_bps, leave_bps, video_wire_bps
from adaptation.sample import Demand

UNTRIED: Final = 2
"""So many voices flow on a link of which nothing is known yet: with 50 kbit/s the second was mute for seven seconds."""


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
    """Where not all fit, speakers come first. Hold it for some seconds, or pictures change at every word."""

    @property
    def sends(self) -> int:
        return max(self.up.rung, self.ceiling)

    @property
    def takes(self) -> int:
        return max(self.down.rung, self.ceiling)


@dataclass(frozen=True, slots=True)
class Publication:
    """What a participant shall send. Sound and picture may be of different rungs."""

    video: int | None
    """Index in LADDER of the rung whose picture is sent; None: no picture."""
    audio: int | None
    """Index in LADDER of the rung whose sound is sent; None: no sound."""
    video_bps: int
    """The picture's rate at present, codec payload; 0 without picture. For REMB; it may be more than the rung's own
    while the next rung is tried."""
    shadow: bool = False
    """The picture is a trial and forwarded to nobody."""

    @property
    def level(self) -> int:
        """Index in LADDER that names the whole: the picture's, else the sound's, else text."""
        if self.video is not None and not self.shadow:
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
class Pictures:
    """Whom a viewer sees, and the best rung that each of those pictures may be of."""

    who: frozenset[str]
    rung: int


def allocate(members: Sequence[Member]) -> Allotment:
    """A to B flows at min(U_A, D_B); sound and picture that flow fit the weakest viewer who takes them."""
    heard = {viewer.id: _heard(viewer, _others(members, viewer)) for viewer in members}
    seen = {viewer.id: _seen(viewer, _others(members, viewer), len(heard[viewer.id])) for viewer in members}
    flows = {
        (viewer.id, publisher.id): Flow(publisher.id in heard[viewer.id], publisher.id in seen[viewer.id].who)
        for viewer in members
        for publisher in _others(members, viewer)
    }
    return Allotment({member.id: _publication(member, members, flows, seen) for member in members}, flows)


def demands(members: Sequence[Member], allotment: Allotment) -> dict[str, tuple[Demand, Demand]]:
    """What the room asks of each participant's (up, down) in the next tick.

    A downlink may be tried one rung beyond what anybody sends it, an uplink only up to what all viewers can take: so
    two directions never wait for each other, and nothing is measured that nobody could use.
    """
    return {
        member.id: (
            Demand(
                ceiling=member.ceiling,
                useful=_useful_up(member, _others(members, member)),
                carried=allotment.publish[member.id].level,
            ),
            _down_demand(member, _others(members, member), allotment),
        )
        for member in members
    }


def _others(members: Iterable[Member], member: Member) -> list[Member]:
    return [other for other in members if other.id != member.id]


def _heard(viewer: Member, others: Sequence[Member]) -> set[str]:
    """Of those who can be heard, as many as the downlink carries: speakers first, and never nobody."""
    voices = sorted((m for m in others if m.has_audio and m.sends < T), key=lambda m: not m.speaking)
    if viewer.takes >= T:
        return set()
    count = len(voices)
    least = UNTRIED if viewer.down.reason == "start" else 1
    while count > least and leave_bps(_sound(viewer.takes), count) > viewer.down.capacity_bps:
        count -= 1
    if viewer.takes >= A0:
        count = min(count, 1)
    return {voice.id for voice in voices[:count]}


def _seen(viewer: Member, others: Sequence[Member], voices: int) -> Pictures:
    """All who can be seen, on the best rung on which they fit beside the voices; else one, on the own rung."""
    if viewer.takes > V0:
        return Pictures(frozenset(), T)
    pictures = sorted((m for m in others if m.has_video and m.sends <= V0), key=lambda m: not m.speaking)
    room = viewer.down.capacity_bps - voices * audio_bps(viewer.takes)
    for count in range(len(pictures), 1, -1):
        for rung in range(viewer.takes, V0 + 1):
            if sum(_picture_bps(max(picture.sends, rung)) for picture in pictures[:count]) <= room:
                return Pictures(frozenset(picture.id for picture in pictures[:count]), rung)
    return Pictures(frozenset(picture.id for picture in pictures[:1]), viewer.takes)


def _publication(
    member: Member,
    members: Sequence[Member],
    flows: Mapping[tuple[str, str], Flow],
    seen: Mapping[str, Pictures],
) -> Publication:
    viewers = _others(members, member)
    hearing = [v for v in viewers if flows[v.id, member.id].audio]
    seeing = [v for v in viewers if flows[v.id, member.id].video]
    audio = max([member.sends, *[v.takes for v in hearing]]) if hearing else None
    if audio is not None and member.up.rich and all(v.takes <= V0 for v in hearing):
        audio = V3
    if seeing:
        video_bps = min([member.up.video_bps, *[_rate_for(v, seen[v.id]) for v in seeing]])
        return Publication(max([member.sends, *[seen[v.id].rung for v in seeing]]), audio, video_bps)
    if member.up.shadow and member.has_video:
        lowest = LADDER[V0].video
        return Publication(V0, audio, lowest.bitrate_bps if lowest else 0, shadow=True)
    return Publication(None, audio, 0)


def _rate_for(viewer: Member, seen: Pictures) -> int:
    """What one picture may take: of several, each no more than its rung's."""
    picture = LADDER[seen.rung].video
    most = picture.bitrate_bps if picture is not None and len(seen.who) > 1 else viewer.down.video_bps
    return min(viewer.down.video_bps, most)


def _useful_up(member: Member, viewers: Sequence[Member]) -> int:
    """A picture of what the weakest of those who can take one takes; else voice."""
    takers = [viewer.takes for viewer in viewers if viewer.takes <= V0]
    return max(takers) if member.has_video and takers else A2


def _down_demand(member: Member, publishers: Sequence[Member], allotment: Allotment) -> Demand:
    flows = [(allotment.publish[p.id], allotment.flows[member.id, p.id]) for p in publishers]
    pictures = [max(0, min(V0, p.sends - 1)) for p in publishers if p.has_video and p.sends < T]
    carried = [_carried(publication, flow) for publication, flow in flows]
    return Demand(
        ceiling=member.ceiling,
        useful=min(pictures, default=A2),
        carried=min(carried, default=T),
        voices=max(1, sum(p.has_audio for p in publishers)),
        videos=max(1, sum(flow.video for _, flow in flows)),
    )


def _carried(publication: Publication, flow: Flow) -> int:
    if flow.video and publication.video is not None:
        return publication.video
    return T if not flow.audio or publication.audio is None else max(A2, publication.audio)


def _sound(rung: int) -> int:
    """The voice rung to count with: pictures come after all voices."""
    return max(A2, rung)


def _picture_bps(rung: int) -> float:
    video = LADDER[rung].video
    return video_wire_bps(video.bitrate_bps) if video else 0.0
