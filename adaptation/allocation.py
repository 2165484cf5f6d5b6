"""Who publishes what, and what is forwarded to whom, in a room of up to six. Pure: each direction's decision in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adaptation.decision import Decision
from adaptation.sample import Demand


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
        raise NotImplementedError


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


def allocate(members: Sequence[Member]) -> Allotment:
    """A to B flows at min(U_A, D_B); the sound that flows fits the weakest viewer who takes it."""
    return Allotment({m.id: Publication(m.up.rung, m.up.rung, 0) for m in members}, {})


def demands(members: Sequence[Member], allotment: Allotment) -> dict[str, tuple[Demand, Demand]]:
    """What the room asks of each participant's (up, down) in the next tick.

    A downlink may be tried one rung beyond what anybody sends it, an uplink only up to what somebody can take: so two
    directions never wait for each other, and nothing is measured that nobody could use.
    """
    return {m.id: (Demand(ceiling=m.ceiling), Demand(ceiling=m.ceiling)) for m in members}
