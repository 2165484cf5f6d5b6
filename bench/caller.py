"""A page in a call: its line, its media path, what it sends, and when it was served after it came."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiortc.rtcdtlstransport import RTCCertificate

from bench.description import Line, read, write
from bench.disturbance import Ear
from bench.leg import Leg
from bench.page import HOST, Network, Page, SeatOrder
from bench.participant import Participant, Shared
from bench.place import first_ssrc, published
from bench.source import AUDIO_EVERY_NS
from bench.srtp import PROFILES, Buffer

SLOT = (Line("2", "audio", "recvonly"), Line("3", "video", "recvonly", transport_cc=True))
REPORT_S = 1.0
CONSENT_S = 2.5
FEEDBACK_S = 0.1
NOTHING_WRONG: dict[str, Any] = {
    "type": "report", "interval_ms": 1000, "audio_lost": 0, "played_ms": 1000, "concealed_ms": 0,
    "jitter_buffer_ms": 60, "frozen_ms": 0, "rtt_ms": 1,
}  # fmt: skip


class District:
    """What all callers of one process share. Handshakes block, so each has a thread while it lasts."""

    def __init__(self, url: str, handshakes: int) -> None:
        self.url = url
        self.network = Network()
        self.threads = ThreadPoolExecutor(handshakes)
        self.certificate = RTCCertificate.generateCertificate()
        self.buffers = Buffer(), Buffer()

    async def close(self) -> None:
        await self.network.close()
        self.threads.shutdown()


@dataclass
class Times:
    """Seconds on the monotonic clock."""

    came: float = 0.0
    welcomed: float = 0.0
    answered: float = 0.0
    connected: float = 0.0
    heard: asyncio.Future[float] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    """The first packet of the other one's voice, or picture."""


class Caller:
    """Seat `side` of call `number`. With an ear, all that it hears is written down."""

    def __init__(self, district: District, seat: SeatOrder, number: int, side: int, ear: Ear | None) -> None:
        self.times = Times()
        self._district = district
        self._page = Page(district.network, district.url, seat)
        self._ssrc = first_ssrc(number, side)
        self._ear = ear
        self._epoch = 0
        self._told = 0
        self._is_dark = False
        self._leg: Leg | None = None
        self.participant: Participant

    @property
    def tries(self) -> int:
        """How often it connected or offered; 1 where nothing went wrong."""
        return self._page.tries

    async def enter(self) -> None:
        """From the first SYN to a media path, as a page does that was loaded anew: new DTLS, offer in the hello."""
        district, times = self._district, self.times
        leg = self._leg = Leg(HOST, district.certificate, "actpass")
        times.came = time.monotonic()
        await self._page.enter(write(leg.local, (*published(self._ssrc), *SLOT)))
        times.welcomed = self._page.welcomed_at
        remote = read(await self._page.answer)
        times.answered = time.monotonic()
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(district.threads, leg.connect, remote, PROFILES["gcm"])
        times.connected = time.monotonic()
        shared = Shared(*district.buffers, self._ear or Ear())
        self.participant = Participant(
            self._ssrc, leg, leg, shared, is_timed=self._ear is not None, numbered=remote.transport_cc
        )
        self._page.on_adapt = self._adapt
        loop.add_reader(leg.sock, self._take)

    def talk(self, packet_ns: int, frames_per_s: int, sent_ns: list[int] | None = None) -> None:
        """Send voice in packets of `packet_ns`, and pictures, with the feedback that a browser gives."""
        voice, picture = self.participant.audio, self.participant.video
        more = 960 * (packet_ns // AUDIO_EVERY_NS - 1)

        def speak() -> None:
            voice.timestamp += more
            if sent_ns is not None:
                sent_ns.append(time.time_ns())
            voice.send()

        self._every(packet_ns / 1e9, speak)
        if frames_per_s:
            self._every(1 / frames_per_s, picture.send)
        self._every(REPORT_S, self.participant.report)
        self._every(REPORT_S, self._report)
        self._every(CONSENT_S, self.participant.consent)
        if self.participant.numbered:
            self._every(FEEDBACK_S, self.participant.feed_back)

    def go_dark(self) -> None:
        """The power is cut: nothing is sent, read or said any more."""
        self._is_dark = True
        if self._leg is not None:
            asyncio.get_running_loop().remove_reader(self._leg.sock)
        self._page.go_dark()

    async def close(self) -> None:
        self.go_dark()
        await self._page.close()
        if self._leg is not None:
            self._leg.close()

    def _take(self) -> None:
        """All that is there."""
        sink, times = self.participant.receiving, self.times
        with suppress(BlockingIOError, ConnectionRefusedError):
            while True:
                sink.take()
                if sink.tracks and not times.heard.done():
                    times.heard.set_result(time.monotonic())

    def _every(self, period_s: float, act: Callable[[], None]) -> None:
        """At a steady pace, from a phase that the caller's number gives."""
        loop = asyncio.get_running_loop()
        first = loop.time() + self._ssrc % 997 / 997 * period_s

        def beat(due: float) -> None:
            if self._is_dark:
                return
            with suppress(BlockingIOError, ConnectionRefusedError):
                act()
            loop.call_at(due + period_s, beat, due + period_s)

        loop.call_at(first, beat, first)

    def _adapt(self, order: dict[str, Any]) -> None:
        self._epoch = order["epoch"]
        self._report()

    def _report(self) -> None:
        """What a page tells of its receiving once a second, and when it carried out an order."""
        received = sum(track.in_window for track in self.participant.receiving.tracks.values())
        new, self._told = received - self._told, received
        self._page.send(NOTHING_WRONG | {"epoch": self._epoch, "received_bytes": new * 100, "audio_received": new})
