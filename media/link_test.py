"""A short look at a link before the call: two trains of padding, and what the browser's feedback says of them.

A train's packets queue up where the way is narrowest, and come out at its rate: how far apart they arrive is the rate
(packet-train dispersion). The second, longer train goes out only where the first one came through well, so that a thin
link pays for the first alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from adaptation.rungs import A0, A1, A2, V1, V2, enter_bps
from media import padding
from media.departures import Outcome
from media.peer import Peer

PACKET_BYTES: Final = 319
"""On the wire: as much as one packet's padding can be (RFC 3550 5.1)."""
A_TICK: Final = 10
"""Packets a tick of 20 ms: 1.3 Mbit/s, more than the best rung needs."""
TRAINS: Final = (20, 60)
"""Packets: 6 kB, then 19 kB."""
GOOD_BPS: Final = 200_000
"""What the first train must show before the second is worth its bytes."""
WAIT_S: Final = 3.0
"""For the feedback of a train: 6 kB at 20 kbit/s take 2.5 s."""
QUIET_S: Final = 0.4
"""Feedback comes every 50 to 250 ms: after so long without any, the rest of a train is not coming."""


@dataclass(frozen=True)
class Measured:
    """`bps` 0: nothing came back, or too little to say."""

    bps: int
    loss: float
    """Share of the packets that did not arrive, 0 to 1."""


@dataclass
class LinkTest:
    """Of one connected participant that is in no call. `step` every tick, until it gives what it measured."""

    peer: Peer
    _train: int = 0
    _sent: int = 0
    _began_at: float | None = None
    _told_at: float = 0.0
    _outcomes: list[Outcome] = field(default_factory=list)
    _best: Measured = Measured(0, 1.0)

    def step(self, now: float) -> Measured | None:
        """None: it goes on."""
        if self._began_at is None:
            self._began_at = now
        if self._sent < TRAINS[self._train]:
            self._send(now)
            return None
        self._listen(now)
        if len(self._outcomes) < self._sent and not self._waited(now):
            return None
        return self._judged()

    def _send(self, now: float) -> None:
        for _ in range(min(A_TICK, TRAINS[self._train] - self._sent)):
            padding.send(self.peer, PACKET_BYTES, now)
            self._sent += 1
        self._told_at = now

    def _listen(self, now: float) -> None:
        told = self.peer.departures.take()
        if told:
            self._outcomes += told
            self._told_at = now

    def _waited(self, now: float) -> bool:
        began_at = self._began_at if self._began_at is not None else now
        return now - began_at > WAIT_S or (bool(self._outcomes) and now - self._told_at > QUIET_S)

    def _judged(self) -> Measured | None:
        found = measured(self._outcomes, self._sent)
        self._best = found if found.bps or not self._best.bps else self._best
        self._train += 1
        if self._train == len(TRAINS) or found.bps < GOOD_BPS:
            return self._best
        self._sent, self._began_at, self._outcomes = 0, None, []
        return None


def measured(outcomes: Sequence[Outcome], sent: int) -> Measured:
    """What a train of `sent` packets shows. Pure."""
    came = sorted((at, size) for _, at, size in outcomes if at is not None)
    times, sizes = [at for at, _ in came], [size for _, size in came]
    loss = max(0.0, 1 - len(came) / sent) if sent else 1.0
    if len(came) < 5 or times[-1] <= times[0]:
        return Measured(0, loss)
    return Measured(round(8 * sum(sizes[1:]) / (times[-1] - times[0])), loss)


def start_rung(found: Measured) -> int:
    """Index of the rung to begin on: proven as a climb must be (`enter_bps`), and V2 at best, as the uplink was not
    measured. A link that told nothing begins with a lean voice; the ladder never waits for this."""
    return next((rung for rung in (V2, V1, A2, A1) if enter_bps(rung) <= found.bps), A0 if found.bps else A1)
