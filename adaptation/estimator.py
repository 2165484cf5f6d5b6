"""Measures one direction: queue delay, rate and loss over several windows. What follows from them is the ladder's."""

from __future__ import annotations

from typing import Final, Literal

from adaptation.delay import QueueDelay
from adaptation.estimate import Estimate
from adaptation.line import Line
from adaptation.rungs import V0, T, audio_bps
from adaptation.sample import ClientReport, Demand, Sample
from adaptation.windows import Flow, TickSums

NOW_TICKS: Final = 2
FLASH_TICKS: Final = 5
SHORT_TICKS: Final = 20
MIDDLE_TICKS: Final = 40
LONG_TICKS: Final = 200
FLASH_PACKETS: Final = 6
FORGIVING_S: Final = 2.0
MOST_PACKETS_PER_S: Final = 250
REPORTS_S: Final = 0.1
LINE_EVERY_S: Final = 0.5
LINE_S: Final = 8.0
"""So long without news, the line may be another one."""
FLOW_S: Final = 1.5
"""Of what was told of longer ago no rate is known."""
PAGE_FRESH_S: Final = 1.6
PAGE_HEADER_BITS: Final = 38 * 8
"""Of each packet, a page does not count IP, UDP and SRTP's tag."""
HEARD_TICKS: Final = 6
MOST_LAG_TICKS: Final = 20
FEEDBACK_S: Final = 0.15
ASSUMED_RTT_S: Final = 0.3
LEAST_HEARD_BYTES: Final = 4_000
GAP_S: Final = 1.0
"""After a tick that took so long, windows that count ticks start anew."""


DRAINED_S: Final = 1.5
CALM_S: Final = 0.08
"""While a queue drains, a large packet may take less time than a small one before it: the line would seem endless."""


class Estimator:
    def __init__(self, way: Literal["up", "down"]) -> None:
        self._down = way == "down"
        self._delay = QueueDelay()
        self._line = Line()
        self._line_bps: float | None = None
        self._line_at = float("-inf")
        self._drained_s = DRAINED_S
        """Since a jam ended."""
        self._flow = Flow()
        self._bytes = TickSums(SHORT_TICKS)
        """Received, sent."""
        self._told_bytes = TickSums(HEARD_TICKS + MOST_LAG_TICKS)
        """Told of by feedback, sent."""
        self._counts = TickSums(LONG_TICKS)
        """Expected, lost."""
        self._told_ago_s = 0.0
        self._answers = False
        """Whether the participant gives feedback at all."""
        self._forgiving_s = 0.0
        self._page_bps = 0.0
        self._page_ago_s = PAGE_FRESH_S
        self._rtt_s: float | None = None

    def update(self, sample: Sample, demand: Demand, now: float, dt_s: float) -> Estimate:
        if dt_s > GAP_S:
            self._bytes.clear()
            self._counts.clear()
        self._delay.add(sample.passages, now, dt_s)
        self._drained_s += dt_s
        if sample.passages:
            if self._delay.queue_s < CALM_S and self._drained_s >= DRAINED_S:
                self._line.add(sample.passages, now)
            if now - self._line_at >= LINE_EVERY_S:
                self._line_at, self._line_bps = now, self._line.rate_bps()
        self._count(sample, dt_s)
        self._bytes.add(self._arrived_bytes(sample), sample.sent_bytes)
        self._told_bytes.add(sum([size for _, _, size in sample.passages]), sample.sent_bytes)
        told = max(sample.expected, len(sample.passages))
        self._answers = self._answers or told > 0
        self._told_ago_s = 0.0 if told > sample.lost else self._told_ago_s + dt_s
        if sample.rtt_s is not None:
            self._rtt_s = sample.rtt_s
        self._hear_page(sample.report, dt_s)
        return self._estimate(sample, demand, now, told)

    def forget_line(self) -> None:
        """After a jam: the line became another one, and what passed while the queue drained tells nothing of it."""
        self._line = Line()
        self._line_bps = None
        self._drained_s = 0.0

    def forget_losses(self) -> None:
        """After an outage or a jam: what was lost in it is told for a while, and says nothing of the link since."""
        self._counts.clear()
        self._forgiving_s = FORGIVING_S

    def _count(self, sample: Sample, dt_s: float) -> None:
        """A gap of more packets than the time since the last news can hold is an outage's, or a restart's."""
        most = MOST_PACKETS_PER_S * (self._told_ago_s + dt_s + REPORTS_S)
        self._forgiving_s -= dt_s
        lost = 0 if self._forgiving_s > 0.0 else min(sample.lost, int(most))
        self._counts.add(sample.expected - sample.lost + lost, lost)

    def _estimate(self, sample: Sample, demand: Demand, now: float, told: int) -> Estimate:
        flash, short = self._counts.within(FLASH_TICKS), self._counts.within(SHORT_TICKS)
        middle, long = self._counts.within(MIDDLE_TICKS), self._counts.within(LONG_TICKS)
        loss = _share(short)
        received_now, received, received_long, sent = self._rates_bps(demand, loss)
        return Estimate(
            now=now,
            queue_s=self._delay.queue_s,
            newest_s=self._delay.newest_s,
            rise_s=self._delay.rise_s,
            rising=self._delay.rising,
            base_s=self._delay.base_s,
            floor_s=self._delay.floor_s,
            line_bps=self._line_bps if self._told_ago_s < LINE_S else None,
            received_bps=received,
            received_now_bps=received_now,
            received_long_bps=received_long,
            sent_bps=sent,
            told=told,
            told_ago_s=self._told_ago_s,
            loss_flash=_share(flash) if flash[0] >= FLASH_PACKETS else 0.0,
            loss=loss,
            loss_4s=_share(middle),
            loss_20s=_share(long),
            told_2s=short[0],
            told_4s=middle[0],
            rtt_s=self._rtt_s,
            heard=self._heard(demand, loss) if self._down else 1.0,
            answers=self._answers,
            silent_s=sample.silent_s,
            report=sample.report if self._down else None,  # a page tells of what it receives
        )

    def _arrived_bytes(self, sample: Sample) -> int:
        if self._down:
            for _, arrived, size in sample.passages:
                self._flow.add(arrived, size)
            return 0
        if sample.received_bytes is not None:
            return sample.received_bytes
        return sum([size for _, _, size in sample.passages])

    def _rates_bps(self, demand: Demand, loss: float) -> tuple[float, float, float, float]:
        """Received within 0.2, 0.5 and 2 s; sent."""
        received, sent = self._bytes.within(SHORT_TICKS)
        if not self._down:
            newest, flash = self._bytes.within(NOW_TICKS)[0], self._bytes.within(FLASH_TICKS)[0]
            return newest * 40.0, flash * 16.0, received * 4.0, 0.0
        sound = demand.voices * audio_bps(min(demand.carried, T)) * (1.0 - loss)
        if demand.carried > V0:
            sound = min(sound, sent * 4.0)
            if self._page_ago_s < PAGE_FRESH_S:
                sound = min(sound, self._page_bps)
        if self._told_ago_s > FLOW_S:
            self._flow.clear()
        newest_bps, flash_bps, long_bps = self._flow.rates_bps()
        return newest_bps + sound, flash_bps + sound, long_bps + sound, sent * 4.0

    def _heard(self, demand: Demand, loss: float) -> float:
        """Of the pictures sent about a round trip ago, as much as feedback told of; 1 where there is little to tell."""
        lag = min(MOST_LAG_TICKS, round(((self._rtt_s or ASSUMED_RTT_S) + FEEDBACK_S) * 10))
        sent = self._told_bytes.within(HEARD_TICKS + lag)[1] - self._told_bytes.within(lag)[1]
        sound = demand.voices * audio_bps(min(demand.carried, T)) * HEARD_TICKS / 80
        if sent - sound < LEAST_HEARD_BYTES or not self._answers:
            return 1.0
        return self._told_bytes.within(HEARD_TICKS)[0] / ((sent - sound) * max(0.3, 1.0 - loss))

    def _hear_page(self, report: ClientReport | None, dt_s: float) -> None:
        """Sound is not acknowledged packet by packet; what the page says of it may lower, never raise."""
        self._page_ago_s += dt_s
        if report is not None and self._down:
            bits = report.received_bytes * 8 + report.audio_received * PAGE_HEADER_BITS
            self._page_bps = bits * 1000 / report.interval_ms
            self._page_ago_s = 0.0


def _share(counts: tuple[int, int]) -> float:
    expected, lost = counts
    return lost / expected if expected else 0.0
