"""Closed loop in pure arithmetic: a sender that obeys a `Direction`, a link, and the news of it that comes back."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from adaptation.decision import Decision
from adaptation.rungs import A2, LADDER, V3
from adaptation.sample import TICK_S, ClientReport, Demand, Passage, Sample
from adaptation.trace import Recorded
from tests.adaptation.link import Link, percentile

COPY_S = 0.06
FEEDBACK_EVERY_S = 0.1
BEACON_EVERY_S = 0.5
BEACON_BYTES = 80
MTU = 1000


@dataclass(frozen=True)
class Orders:
    """What a sender shall send: rungs of its picture and of its sound."""

    video: int
    audio: int
    video_bps: int
    shadow: bool


@dataclass
class Log:
    """What happened, for asserts."""

    decisions: list[tuple[float, Decision]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    sound: list[tuple[float, float | None]] = field(default_factory=list)
    """(sent, delay or None) of each audio packet."""
    other_bytes: list[tuple[float, int]] = field(default_factory=list)
    """What arrived of competing traffic."""

    def changes(self, since: float = 0.0, until: float = 1e9) -> list[tuple[float, str, str]]:
        return [(t, LADDER[d.rung].name, d.reason) for t, d in self.decisions if d.changed and since <= t < until]

    def rung(self, at: float) -> int:
        return next(d.rung for t, d in self.decisions if t >= at)

    def name(self, at: float) -> str:
        return LADDER[self.rung(at)].name

    def first(self, rung: int, since: float = 0.0) -> float:
        """When the direction was first on this rung or a worse one after `since`."""
        return next((t for t, d in self.decisions if t >= since and d.rung >= rung), float("inf"))

    def first_best(self, rung: int, since: float = 0.0) -> float:
        return next((t for t, d in self.decisions if t >= since and d.rung <= rung), float("inf"))

    def share_at_least(self, rung: int, since: float, until: float) -> float:
        told = [d.rung <= rung for t, d in self.decisions if since <= t < until]
        return sum(told) / len(told)

    def delay(self, share: float, since: float = 0.0, until: float = 1e9) -> float:
        return percentile([d for t, d in self.sound if d is not None and since <= t < until], share)

    def sound_lost(self, since: float = 0.0, until: float = 1e9) -> float:
        told = [d is None for t, d in self.sound if since <= t < until]
        return sum(told) / max(1, len(told))


class World:
    """One direction of a call. `back` carries the news (and, for `up`, the commands)."""

    def __init__(
        self,
        way: Literal["up", "down"],
        link: Link,
        back: Link,
        start: int,
        demand: Callable[[float], Demand] = lambda at: Demand(),
        still: float = 1.0,
    ) -> None:
        self.way = way
        self.link = link
        self.back = back
        self.now = 0.0
        self.log = Log()
        self._demand = demand
        self._still = still
        """Share of the allowed rate that the camera's picture needs."""
        self._recorded = Recorded(way, start, 0.0, self.log.lines.append)
        self._rung = start
        self._audio_rung = start
        self._orders: Orders | None = None
        self._video_bps = float(LADDER[start].video.bitrate_bps) if LADDER[start].video else 0.0
        self._camera_bps = self._video_bps
        self._padding_bps = 0
        self._padding_due = 0.0
        self._shadow = False
        self._nack = True
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._serial = itertools.count()
        # What the receiver saw and did not tell yet.
        self._seq = 0
        self._highest = 0
        self._pending: list[Passage] = []
        self._pending_lost = 0
        self._audio_sent = self._audio_got = self._audio_serial = 0
        self._page_bytes = 0
        self._page_audio = self._page_expected = 0
        # What the node knows and did not sample yet.
        self._passages: list[Passage] = []
        self._expected = self._lost = 0
        self._sent_bytes = self._received_bytes = 0
        self._report: ClientReport | None = None
        self._heard_at = 0.0

    def run(self, until: float) -> Log:
        """Go on until then; may be called again."""
        if not self._events or self.now == 0.0:
            self._start()
        while self._events and self._events[0][0] <= until:
            self.now, _, act = heapq.heappop(self._events)
            act()
        return self.log

    def _start(self) -> None:
        self._at(0.0, self._send_audio)
        self._at(0.005, self._send_frame)
        self._at(0.01, self._send_beacon)
        self._at(0.0, self._pad)
        self._at(TICK_S, self._tick)
        self._at(0.05, self._keepalive)
        if self.way == "down":
            self._at(FEEDBACK_EVERY_S, self._feed_back)
            self._at(1.0, self._send_report)

    def at(self, when: float, act: Callable[[], None]) -> None:
        self._at(when, act)

    # --- the sender -------------------------------------------------------------------------------------------------

    def _send_audio(self) -> None:
        audio = LADDER[self._audio_rung].audio
        self._at(self.now + (audio.ptime_ms / 1000 if audio else 0.06), self._send_audio)
        if audio is None:
            return
        loudness = 0.6 + 0.8 * ((self._audio_serial * 7) % 11) / 10  # speech varies; its mean is the codec's rate
        self._audio_serial += 1
        size = 58 + int(loudness * audio.bitrate_bps * audio.ptime_ms / 8000)
        self._audio_sent += 1
        sent = self.now
        arrival = self._send(size, numbered=self.way == "up")
        self.log.sound.append((sent, None if arrival is None else arrival - sent))
        if arrival is not None:
            self._at(arrival, lambda: self._hear_audio(size))
        if self.way == "down" and self.log.decisions and self.log.decisions[-1][1].protection.duplicate:
            self._at(self.now + COPY_S, lambda: self._send_copy(size))

    def _send_copy(self, size: int) -> None:
        """What the receiver has already: it only takes room."""
        self._send(size, numbered=False)

    def _send_frame(self) -> None:
        video = LADDER[self._rung].video
        shadowed = LADDER[3].video
        if video is None and self._shadow:
            video = shadowed
        self._at(self.now + (1 / video.frames_per_s if video else 0.1), self._send_frame)
        if video is None:
            self._camera_bps = 0.0
            return
        target = (self._video_bps if LADDER[self._rung].video else 45_000.0) * self._still
        key = 3.0 if self._camera_bps == 0.0 else 1.0
        self._camera_bps = target
        left = int(key * target / video.frames_per_s / 8)
        while left > 0:
            self._send(min(left, MTU) + 48, numbered=True)
            left -= MTU

    def _send_beacon(self) -> None:
        self._at(self.now + BEACON_EVERY_S, self._send_beacon)
        if self.way == "down" and self._rung >= A2:
            self._send(BEACON_BYTES, numbered=True)

    def _pad(self) -> None:
        self._at(self.now + 0.02, self._pad)
        self._padding_due = self._padding_due + self._padding_bps * 0.02 / 8 if self._padding_bps else 0.0
        while self._padding_due >= 100:
            size = min(int(self._padding_due), 300)
            self._send(size, numbered=True)
            self._padding_due -= size

    def _keepalive(self) -> None:
        """STUN and RTCP, both ways: what makes a peer not silent."""
        self._at(self.now + 0.5, self._keepalive)
        arrival = (self.link if self.way == "up" else self.back).send(100, self.now)
        if arrival is not None:
            self._at(arrival, self._heard)

    def _send(self, size: int, *, numbered: bool) -> float | None:
        sent = self.now
        self._sent_bytes += size
        arrival = self.link.send(size, sent)
        if numbered:
            self._seq += 1
            seq = self._seq
            if arrival is not None:
                self._at(arrival, lambda: self._arrive(seq, sent, size))
        return arrival

    # --- the receiver -----------------------------------------------------------------------------------------------

    def _arrive(self, seq: int, sent: float, size: int) -> None:
        self._pending_lost += max(0, seq - self._highest - 1)
        self._highest = max(self._highest, seq)
        self._pending.append((sent, self.now + 1000.0, size))
        self._page_bytes += size - 38
        if self.way == "up":
            self._received_bytes += size
            self._deliver(tuple(self._pending), self._pending_lost)
            self._pending, self._pending_lost = [], 0

    def _hear_audio(self, size: int) -> None:
        self._audio_got += 1
        self._page_audio += 1
        if self.way == "down":
            self._page_bytes += size - 38

    def _feed_back(self) -> None:
        self._at(self.now + FEEDBACK_EVERY_S, self._feed_back)
        if not self._pending:
            return
        passages, lost = tuple(self._pending), self._pending_lost
        self._pending, self._pending_lost = [], 0
        arrival = self.back.send(100, self.now)
        if arrival is not None:
            self._at(arrival, lambda: self._deliver(passages, lost))

    def _send_report(self) -> None:
        """The page's words (over TCP, so they come) and the receiver report of the sound."""
        self._at(self.now + 1.0, self._send_report)
        sent, got = self._audio_sent, self._audio_got
        self._audio_sent = self._audio_got = 0
        share = max(0.0, 1.0 - got / sent) if sent else 0.0
        if self._nack and self.link.delay_s + self.back.delay_s < 0.35:
            share *= share
        report = ClientReport(1000, self._page_bytes, got, max(0, sent - got), 1000, int(1000 * share), 80, 0, None)
        self._page_bytes = 0
        arrival = self.back.send(200, self.now)
        if arrival is None:
            return

        def come() -> None:
            self._report = report
            self._expected += sent
            self._lost += max(0, sent - got)
            self._heard()

        self._at(arrival, come)

    def _deliver(self, passages: tuple[Passage, ...], lost: int) -> None:
        self._passages.extend(passages)
        self._expected += len(passages) + lost
        self._lost += lost
        self._heard()

    def _heard(self) -> None:
        self._heard_at = self.now

    # --- the node ---------------------------------------------------------------------------------------------------

    def _tick(self) -> None:
        self._at(self.now + TICK_S, self._tick)
        sample = self._sample()
        demand = self._demand(self.now)
        if self._orders is None:
            demand = replace(demand, carried=max(self._rung, demand.carried))
        decision = self._recorded.step(sample, demand)
        self.log.decisions.append((self.now, decision))
        if self._orders is None:
            audio = V3 if decision.rich else decision.rung
            self._obey_later(Orders(decision.rung, audio, decision.video_bps, decision.shadow), decision)
        else:
            self._padding_bps = decision.padding_bps
            self._nack = decision.protection.nack

    def _sample(self) -> Sample:
        up = self.way == "up"
        sample = Sample(
            at_s=self.now,
            passages=tuple(self._passages),
            sent_bytes=0 if up else self._sent_bytes,
            received_bytes=self._received_bytes if up else None,
            expected=self._expected,
            lost=self._lost,
            rtt_s=self.link.delay_s + self.back.delay_s + 0.005,
            silent_s=self.now - self._heard_at,
            report=self._report,
        )
        self._passages, self._report = [], None
        self._expected = self._lost = self._sent_bytes = self._received_bytes = 0
        return sample

    def order(self, orders: Orders) -> None:
        """Instead of the direction's own decision: what a room made of it."""
        self._orders = orders
        if orders.video > self._rung and self.way == "down":
            self._obey(orders)
        else:
            self._at(self.now + self.back.delay_s + 0.05, lambda: self._obey(orders))

    def _obey_later(self, orders: Orders, decision: Decision) -> None:
        """A pause of what we forward is at once; a publisher hears of it later."""
        self._nack = decision.protection.nack
        if self.way == "down":
            self._padding_bps = decision.padding_bps
            self._at(self.now + (0.0 if orders.video > self._rung else 0.15), lambda: self._obey(orders))
            return
        arrival = self.back.send(60, self.now) if decision.changed or int(self.now * 10) % 5 == 0 else None
        if arrival is None:
            arrival = self.now + self.back.delay_s if self.back.rate(self.now) > 0 else None
        if arrival is not None:
            self._at(arrival + 0.05, lambda: self._obey(orders))

    def _obey(self, orders: Orders) -> None:
        least = self._demand(self.now).carried if self._orders is None else 0
        self._rung = max(orders.video, least)
        self._audio_rung = max(orders.audio, least)
        self._shadow = orders.shadow
        self._video_bps = float(orders.video_bps)

    def _at(self, when: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._events, (when, next(self._serial), act))


class Download:
    """A TCP download on the world's link: a window that grows by one packet a round trip and halves at a loss."""

    SIZE = 1500

    def __init__(self, world: World, begin: float) -> None:
        self._world = world
        self._window = 4.0
        self._flying = 0
        self._halved_at = 0.0
        world.at(begin, self._fill)

    def _fill(self) -> None:
        while self._flying < self._window:
            self._flying += 1
            arrival = self._world.link.send(self.SIZE, self._world.now)
            rtt = self._world.link.delay_s + self._world.back.delay_s
            if arrival is None:
                self._world.at(self._world.now + 2 * rtt + 0.2, self._lose)
            else:
                self._world.at(arrival + self._world.back.delay_s, self._acknowledge)

    def _acknowledge(self) -> None:
        self._world.log.other_bytes.append((self._world.now, self.SIZE))
        self._flying -= 1
        self._window += 1 / self._window
        self._fill()

    def _lose(self) -> None:
        self._flying -= 1
        if self._world.now - self._halved_at > 0.5:
            self._halved_at = self._world.now
            self._window = max(2.0, self._window / 2)
        self._fill()
