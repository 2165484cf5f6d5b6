"""One participant of a call: its two sources, what it receives, and the reports and consents that it owes."""

from __future__ import annotations

from dataclasses import dataclass

from bench import rtcp
from bench.leg import Leg
from bench.sink import Sink, Window
from bench.source import AudioSource, VideoSource
from bench.srtp import Buffer

REMB_BPS = 1_000_000


@dataclass(frozen=True)
class Shared:
    """What all participants of one load process share; one thread uses one buffer for sending and one for receiving."""

    outgoing: Buffer
    incoming: Buffer
    window: Window


class Participant:
    """Publishes on `up`, receives on `down`; both are the same leg where the server bundles both directions."""

    def __init__(self, ssrc: int, up: Leg, down: Leg, shared: Shared, *, is_timed: bool, numbered: bool) -> None:
        self.ssrc = ssrc
        self.up, self.down = up, down
        self.audio = AudioSource(up, ssrc, shared.outgoing)
        self.video = VideoSource(up, ssrc + 1, shared.outgoing)
        self.sources = {source.ssrc: source for source in (self.audio, self.video)}
        self.receiving = Sink(down, self.sources, shared.incoming, shared.window, is_timed=is_timed, numbered=numbered)
        self.sinks = [self.receiving]
        if up is not down:
            self.sinks.append(Sink(up, self.sources, shared.incoming, shared.window, is_timed=False, numbered=False))
        self.numbered = numbered
        self._feedbacks = 0

    @property
    def legs(self) -> list[Leg]:
        return [sink.leg for sink in self.sinks]

    def report(self) -> None:
        """The once-a-second sender reports, receiver reports and, unless the server counts on transport-cc, REMB."""
        blocks = [track.report() for track in self.receiving.tracks.values()]
        received = rtcp.receiver_report(self.ssrc, blocks)
        if not self.numbered:
            received += rtcp.remb(self.ssrc, list(self.receiving.tracks), REMB_BPS)
        sent = self.audio.report() + self.video.report() + rtcp.source_description(self.ssrc)
        if self.up is self.down:
            self._send(self.up, sent + received)
        else:
            self._send(self.up, sent)
            self._send(self.down, received)

    def feed_back(self) -> None:
        """The transport-cc feedback that a browser sends about every 100 ms."""
        for base, arrivals_ns in self.receiving.take_runs().items():
            feedback = rtcp.transport_feedback(self.ssrc, 0, self._feedbacks, base, arrivals_ns)
            self._feedbacks += 1
            self._send(self.down, feedback)

    def consent(self) -> None:
        for leg in self.legs:
            leg.consent()

    def close(self) -> None:
        for leg in self.legs:
            leg.close()

    def _send(self, leg: Leg, compound: bytes) -> None:
        leg.sock.send(leg.srtp.protect_rtcp(compound))
