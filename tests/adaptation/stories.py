"""Links with a history, by name: what the tests and the recorded traces are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from adaptation.rungs import A1, A2, V1
from tests.adaptation.link import Link, Loss, Rate, steps
from tests.adaptation.world import Download, Log, World

Way = Literal["up", "down"]
NO_LOSS: Final = Loss()


@dataclass(frozen=True)
class Story:
    rate: Rate
    delay_s: float
    until_s: float
    start: int
    queue_s: float = 0.2
    loss: Loss = NO_LOSS
    back: Rate | None = None
    """Rate of the way back; None: the same."""
    jitter_s: float = 0.0
    download_at_s: float | None = None

    def world(self, way: Way, seed: int = 1) -> World:
        link = Link(self.rate, self.delay_s, self.queue_s, self.loss, seed, self.jitter_s)
        world = World(way, link, Link(self.back or self.rate, self.delay_s, self.queue_s), self.start)
        if self.download_at_s is not None:
            Download(world, self.download_at_s)
        return world

    def run(self, way: Way, seed: int = 1) -> Log:
        return self.world(way, seed).run(self.until_s)


def constant(rate_bps: float) -> Rate:
    return steps((0, rate_bps))


STEADY: Final = {
    "broadband": Story(constant(4e6), 0.03, 30, V1, loss=Loss(0.005)),
    "3g-down": Story(constant(780e3), 0.1, 40, V1, loss=Loss(0.01)),
    "3g-up": Story(constant(330e3), 0.1, 60, V1, loss=Loss(0.01)),
    "edge-down": Story(constant(240e3), 0.2, 90, A2, loss=Loss(0.02)),
    "edge-up": Story(constant(120e3), 0.2, 90, A2, loss=Loss(0.02)),
    "bursty": Story(constant(500e3), 0.075, 90, V1, loss=Loss(0.15, 4)),
    "2g-down": Story(constant(50e3), 0.3, 90, A1, queue_s=0.5, loss=Loss(0.03)),
    "2g-up": Story(constant(35e3), 0.3, 90, A1, queue_s=0.5, loss=Loss(0.03)),
    "thin": Story(constant(24e3), 0.25, 90, A1, queue_s=0.5, loss=Loss(0.02)),
    "satellite": Story(constant(4e6), 0.3, 60, A1),
    "jittery": Story(constant(4e6), 0.05, 40, V1, jitter_s=0.02),
}
_ample = constant(600e3)
DIP: Final = Story(steps((0, 600e3), (20, 60e3), (50, 600e3)), 0.03, 100, V1, queue_s=0.5, back=_ample)
COLLAPSE: Final = Story(steps((0, 60e3), (20, 12e3), (60, 600e3)), 0.05, 110, A2, queue_s=1.0, back=_ample)
OUTAGE: Final = Story(steps((0, 600e3), (20, 0), (40, 600e3)), 0.05, 90, V1, queue_s=0.3)
OUTAGE_UP: Final = Story(steps((0, 600e3), (20, 0), (45, 600e3)), 0.05, 95, V1, back=_ample)
OUTAGE_BACK: Final = Story(_ample, 0.05, 95, V1, back=steps((0, 600e3), (20, 0), (45, 600e3)))
"""Seen from a downlink: only the way back dies."""


def shared(queue_s: float) -> Story:
    """With a TCP download from the tenth second on."""
    return Story(constant(400e3), 0.03, 70, V1, queue_s=queue_s, download_at_s=10)


RECORDED: Final[dict[str, Callable[[], Log]]] = {
    "broadband-down": lambda: Story(constant(4e6), 0.03, 8, V1, loss=Loss(0.005)).run("down"),
    "3g-up": lambda: Story(constant(330e3), 0.1, 20, V1, loss=Loss(0.01)).run("up"),
    "edge-down": lambda: Story(constant(240e3), 0.2, 20, A2, loss=Loss(0.02)).run("down"),
    "edge-up": lambda: Story(constant(120e3), 0.2, 40, A2, loss=Loss(0.02)).run("up"),
    "bursty-up": lambda: Story(constant(500e3), 0.075, 50, V1, loss=Loss(0.15, 4)).run("up"),
    "2g-up": lambda: Story(constant(35e3), 0.3, 40, A1, queue_s=0.5, loss=Loss(0.03)).run("up"),
    "2g-down": lambda: Story(constant(50e3), 0.3, 40, A1, queue_s=0.5, loss=Loss(0.03)).run("down"),
    "dip-down": lambda: DIP.run("down"),
    "dip-up": lambda: DIP.run("up"),
    "collapse-down": lambda: COLLAPSE.run("down"),
    "collapse-up": lambda: COLLAPSE.run("up"),
    "outage-down": lambda: OUTAGE.run("down"),
    "outage-up": lambda: OUTAGE.run("up"),
    "way-back-dies-down": lambda: OUTAGE_BACK.run("down"),
    "download-down": lambda: shared(0.5).run("down"),
    "download-up": lambda: shared(0.2).run("up"),
}
"""Name of the trace to its story, the way last."""
