"""A room in pure arithmetic: everybody's two directions, and the allotment that ties them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adaptation.allocation import Allotment, Member, allocate, demands
from adaptation.decision import Decision
from adaptation.rungs import A2, LADDER, T
from adaptation.sample import TICK_S, Demand
from tests.adaptation.link import Link
from tests.adaptation.world import Orders, World


@dataclass(frozen=True)
class Place:
    """How somebody is connected."""

    up: Link
    down: Link
    start: int
    ceiling: int = 0
    camera: bool = True


class Call:
    def __init__(self, places: Mapping[str, Place]) -> None:
        self._places = places
        self._demands: dict[str, tuple[Demand, Demand]] = {name: (Demand(), Demand()) for name in places}
        self.ups = {name: World("up", p.up, p.down, p.start, lambda at, n=name: self._demands[n][0])
                    for name, p in places.items()}  # fmt: skip
        self.downs = {name: World("down", p.down, p.up, p.start, lambda at, n=name: self._demands[n][1])
                      for name, p in places.items()}  # fmt: skip
        self.seen: list[tuple[float, Allotment]] = []

    def run(self, until: float) -> Call:
        """What flows is looked at in `seen`."""
        at = TICK_S
        while at < until:
            for world in (*self.ups.values(), *self.downs.values()):
                world.run(at + 0.001)
            self._allot(at)
            at += TICK_S
        return self

    def picture(self, viewer: str, publisher: str, at: float) -> int | None:
        """Index of the rung of the picture that flowed; None: none."""
        allotment = next(a for t, a in self.seen if t >= at)
        return allotment.publish[publisher].video if allotment.flows[viewer, publisher].video else None

    def hears(self, viewer: str, publisher: str, at: float) -> bool:
        return next(a for t, a in self.seen if t >= at).flows[viewer, publisher].audio

    def _allot(self, at: float) -> None:
        members = [
            Member(name, self._last(self.ups[name]), self._last(self.downs[name]), p.ceiling, True, p.camera, False)
            for name, p in self._places.items()
        ]
        allotment = allocate(members)
        self.seen.append((at, allotment))
        self._demands = demands(members, allotment)
        for name in self._places:
            self._order(name, allotment)

    def _order(self, name: str, allotment: Allotment) -> None:
        own = allotment.publish[name]
        video = own.video if own.video is not None and not own.shadow else max(A2, T if own.audio is None else A2)
        self.ups[name].order(Orders(video, T if own.audio is None else own.audio, own.video_bps, own.shadow))
        shown = [allotment.publish[p].video for (v, p), flow in allotment.flows.items() if v == name and flow.video]
        heard = [allotment.publish[p].audio for (v, p), flow in allotment.flows.items() if v == name and flow.audio]
        pictures = [rung for rung in shown if rung is not None]
        voices = [rung for rung in heard if rung is not None]
        rates = [allotment.publish[p].video_bps for (v, p), f in allotment.flows.items() if v == name and f.video]
        self.downs[name].order(
            Orders(min(pictures, default=A2), max(voices, default=T), min(rates, default=0), shadow=False)
        )

    @staticmethod
    def _last(world: World) -> Decision:
        return world.log.decisions[-1][1]


def name(rung: int | None) -> str:
    return "-" if rung is None else LADDER[rung].name
