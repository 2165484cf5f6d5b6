"""How a call's two participants get into a server: with one leg each in ours, with two in Janus."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from aiortc.rtcdtlstransport import RTCCertificate, SRTPProtectionProfile

from bench import hilo, janus
from bench.description import Line, read, write
from bench.leg import Leg
from bench.participant import Participant, Shared

SSRCS_PER_PARTICIPANT = 4


class Place(Protocol):
    """A server with room for calls."""

    def call(self, number: int, *, is_timed: bool) -> tuple[Participant, Participant]:
        """Connect the two participants of one call."""

    def close(self) -> None: ...


class Client:
    """What every leg of the load has: its address, one certificate for all, the SRTP profile, the buffers."""

    def __init__(self, host: str, profile: SRTPProtectionProfile, shared: Shared) -> None:
        self.host = host
        self.profile = profile
        self.shared = shared
        self.certificate = RTCCertificate.generateCertificate()


class HiloPlace:
    def __init__(self, client: Client, redis_url: str) -> None:
        self._client = client
        self._signaling = hilo.Client(redis_url)

    def call(self, number: int, *, is_timed: bool) -> tuple[Participant, Participant]:
        first, second = (self._join(number, seat, is_timed=is_timed) for seat in (0, 1))
        return first, second

    def close(self) -> None:
        self._signaling.close()

    def _join(self, number: int, seat: int, *, is_timed: bool) -> Participant:
        client = self._client
        leg = Leg(client.host, client.certificate, "actpass")
        ssrc = first_ssrc(number, seat)
        slot = (Line("2", "audio", "recvonly"), Line("3", "video", "recvonly", transport_cc=True))
        offer = write(leg.local, (*published(ssrc), *slot))
        remote = read(self._signaling.join(f"room{number}", f"seat{seat}", offer))
        leg.connect(remote, client.profile)
        return Participant(ssrc, leg, leg, client.shared, is_timed=is_timed, numbered=remote.transport_cc)


class JanusPlace:
    def __init__(self, client: Client, path: Path) -> None:
        self._client = client
        self._janus = janus.Client(path)

    def call(self, number: int, *, is_timed: bool) -> tuple[Participant, Participant]:
        room = self._janus.room()
        ups = [self._publish(room, first_ssrc(number, seat)) for seat in (0, 1)]
        downs = [self._subscribe(feed) for _, feed in reversed(ups)]
        first, second = (
            Participant(
                first_ssrc(number, seat),
                ups[seat][0],
                downs[seat],
                self._client.shared,
                is_timed=is_timed,
                numbered=False,
            )
            for seat in (0, 1)
        )
        return first, second

    def close(self) -> None:
        self._janus.close()

    def _publish(self, room: int, ssrc: int) -> tuple[Leg, janus.Feed]:
        leg = Leg(self._client.host, self._client.certificate, "actpass")
        feed, answer = self._janus.publish(room, write(leg.local, published(ssrc)))
        leg.connect(read(answer), self._client.profile)
        self._janus.wait_until_up(feed)
        return leg, feed

    def _subscribe(self, feed: janus.Feed) -> Leg:
        leg = Leg(self._client.host, self._client.certificate, "passive")
        offer = self._janus.subscribe(feed, lambda _: write(leg.local, received()))
        leg.connect(read(offer), self._client.profile)
        return leg


def first_ssrc(number: int, seat: int) -> int:
    """SSRCs that differ in all bits that a phase or a table may be taken of."""
    return ((number * 2 + seat + 1) * 2_654_435_761 & 0x7FFFFFF0) + 0x1000


def published(ssrc: int) -> tuple[Line, Line]:
    return Line("0", "audio", "sendonly", (ssrc,)), Line("1", "video", "sendonly", (ssrc + 1, ssrc + 2))


def received() -> tuple[Line, Line]:
    return Line("0", "audio", "recvonly"), Line("1", "video", "recvonly")
