"""One participant's two ladders: gathers what its link showed in each tick, and has the directions decide.

What is done about the decisions is steering.py's; what they are is adaptation's.
"""

from __future__ import annotations

from dataclasses import replace

from adaptation import trace
from adaptation.decision import Decision
from adaptation.direction import Direction
from adaptation.sample import ClientReport, Demand, Sample
from media import contract
from media.peer import Peer
from media.trace_file import Tracer

JAM_S = 2.0
NOTHING_ASKED = (Demand(), Demand())


class Ladders:
    """Exists from `connected` on. `step` once every `adaptation.sample.TICK_S`."""

    def __init__(self, peer: Peer, up: int, down: int, now: float, tracer: Tracer) -> None:
        """`up` and `down`: indices in LADDER of the first rungs."""
        self.peer = peer
        self._directions = (Direction("up", up, now), Direction("down", down, now))
        self._traces = (
            tracer.open(peer, "up", trace.encode_start("up", up, now)),
            tracer.open(peer, "down", trace.encode_start("down", down, now)),
        )
        self._report: ClientReport | None = None
        self._received = peer.arrivals.octets
        self._sent = peer.sent_wire_octets()
        self._counts = peer.uplink_counts()
        self._jammed_until = 0.0
        self.demands = NOTHING_ASKED
        self.up, self.down = self._decide((Sample(at_s=now), Sample(at_s=now)))

    def reported(self, report: contract.Report) -> None:
        """The page's words go into the next tick."""
        self._report = ClientReport(
            interval_ms=report.interval_ms,
            received_bytes=report.received_bytes,
            audio_received=report.audio_received,
            audio_lost=report.audio_lost,
            played_ms=report.played_ms,
            concealed_ms=report.concealed_ms,
            jitter_buffer_ms=report.jitter_buffer_ms,
            frozen_ms=report.frozen_ms,
            rtt_ms=report.rtt_ms,
        )

    def step(self, now: float) -> None:
        """Sample both directions and decide."""
        self.up, self.down = self._decide((self._sample_up(now), self._sample_down(now)))
        self._report = None

    def close(self) -> None:
        for file in self._traces:
            file.close()

    def _note_jam(self, up: Decision, now: float) -> None:
        """A cut of the uplink casts doubt on the downlink, whose news comes over it."""
        if up.changed and up.reason == "congested":
            self._jammed_until = now + JAM_S
        if now < self._jammed_until:
            self.demands = (self.demands[0], replace(self.demands[1], jammed=True))
        elif self.demands[1].jammed:
            self.demands = (self.demands[0], replace(self.demands[1], jammed=False))

    def _decide(self, samples: tuple[Sample, Sample]) -> tuple[Decision, Decision]:
        up = self._step(0, samples[0])
        self._note_jam(up, samples[0].at_s)
        return up, self._step(1, samples[1])

    def _step(self, way: int, sample: Sample) -> Decision:
        file, demand = self._traces[way], self.demands[way]
        if file.wanted:
            sample = trace.rounded(sample)  # what is written decides the same again
        decision = self._directions[way].step(sample, demand)
        if file.wanted:
            file.write(trace.encode(sample, demand, decision))
        return decision

    def _sample_up(self, now: float) -> Sample:
        peer = self.peer
        received, self._received = self._received, peer.arrivals.octets
        before, self._counts = self._counts, peer.uplink_counts()
        return Sample(
            at_s=now,
            passages=tuple(peer.arrivals.take()),
            received_bytes=self._received - received,
            expected=max(0, self._counts[0] - before[0]),
            lost=max(0, self._counts[1] - before[1]),
            rtt_s=peer.rtt_s,
            silent_s=now - peer.last_seen,
            report=self._report,
        )

    def _sample_down(self, now: float) -> Sample:
        """Of the downlink nothing is known but what the participant tells: by transport feedback, and in its report."""
        peer = self.peer
        sent, self._sent = self._sent, peer.sent_wire_octets()
        outcomes = peer.departures.take()
        told, lost = peer.take_lost_sound()
        passages = tuple((left, came, size) for left, came, size in outcomes if came is not None)
        return Sample(
            at_s=now,
            passages=passages,
            sent_bytes=max(0, self._sent - sent),
            received_bytes=sum(size for _, _, size in passages) if outcomes else None,
            expected=len(outcomes) + told,
            lost=len(outcomes) - len(passages) + lost,
            rtt_s=peer.rtt_s,
            silent_s=now - peer.last_seen,
            report=self._report,
        )
