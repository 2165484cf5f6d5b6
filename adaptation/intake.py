"""Makes a sample safe to calculate with: whatever a peer, a clock or a bug put in, what comes out could be true."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite
from typing import Final

from adaptation.rungs import T
from adaptation.sample import TICK_S, ClientReport, Demand, Passage, Sample

LONGEST_TICK_S: Final = 10.0
LONGEST_RTT_S: Final = 30.0
LARGEST_PACKET: Final = 65_535
MOST_PACKETS: Final = 10_000
MOST_BYTES: Final = 10_000_000
"""In one tick: 800 Mbit/s."""
FURTHEST_S: Final = 1e9
MOST_STREAMS: Final = 16


def tick_s(at_s: float, last_s: float) -> float:
    """Time since the last sample; a clock that stood, jumped or went back counts as a plain tick."""
    passed = at_s - last_s
    return min(passed, LONGEST_TICK_S) if 0.0 < passed < float("inf") else TICK_S


def safe(sample: Sample) -> Sample:
    """The same sample with every number in its range; the sample itself if they are already."""
    if _is_safe(sample):
        return sample
    expected = _within(sample.expected, MOST_PACKETS)
    received = sample.received_bytes
    return replace(
        sample,
        passages=tuple([p for p in sample.passages if is_sane(p)][:MOST_PACKETS]),
        sent_bytes=_within(sample.sent_bytes, MOST_BYTES),
        received_bytes=None if received is None else _within(received, MOST_BYTES),
        expected=expected,
        lost=_within(sample.lost, expected),
        rtt_s=_possible(sample.rtt_s),
        silent_s=sample.silent_s if 0.0 <= sample.silent_s < float("inf") else 0.0,
        report=sample.report and _sane_report(sample.report),
    )


def safe_demand(demand: Demand) -> Demand:
    if _is_safe_demand(demand):
        return demand
    return Demand(
        ceiling=_within(demand.ceiling, T),
        useful=_within(demand.useful, T),
        carried=_within(demand.carried, T),
        voices=_within(demand.voices, MOST_STREAMS),
        videos=_within(demand.videos, MOST_STREAMS),
        jammed=bool(demand.jammed),
    )


def is_sane(passage: Passage) -> bool:
    sent, arrived, size = passage
    return abs(sent) < FURTHEST_S and abs(arrived) < FURTHEST_S and 0 < size <= LARGEST_PACKET


def _is_safe(sample: Sample) -> bool:
    received = sample.received_bytes
    return (
        sample.report is None
        and 0 <= sample.lost <= sample.expected <= MOST_PACKETS
        and (sample.rtt_s is None or 0.0 < sample.rtt_s <= LONGEST_RTT_S)
        and 0.0 <= sample.silent_s < float("inf")
        and 0 <= sample.sent_bytes <= MOST_BYTES
        and (received is None or 0 <= received <= MOST_BYTES)
        and len(sample.passages) <= MOST_PACKETS
        and all(map(is_sane, sample.passages))
    )


def _is_safe_demand(demand: Demand) -> bool:
    return (
        0 <= demand.ceiling <= T
        and 0 <= demand.useful <= T
        and 0 <= demand.carried <= T
        and 0 <= demand.voices <= MOST_STREAMS
        and 0 <= demand.videos <= MOST_STREAMS
    )


def _within(value: float, most: int) -> int:
    return int(min(max(value, 0), most)) if isfinite(value) else 0


def _possible(rtt_s: float | None) -> float | None:
    return rtt_s if rtt_s is not None and 0.0 < rtt_s <= LONGEST_RTT_S else None


def _sane_report(report: ClientReport) -> ClientReport | None:
    """None when it tells of no time at all."""
    if not 100 <= report.interval_ms <= 60_000:
        return None
    interval = report.interval_ms
    played = _within(report.played_ms, 4 * interval)
    received = _within(report.audio_received, MOST_PACKETS)
    return replace(
        report,
        received_bytes=_within(report.received_bytes, MOST_BYTES),
        audio_received=received,
        audio_lost=_within(report.audio_lost, MOST_PACKETS),
        played_ms=played,
        concealed_ms=_within(report.concealed_ms, played),
        jitter_buffer_ms=_within(report.jitter_buffer_ms, 60_000),
        frozen_ms=_within(report.frozen_ms, 60_000),
        rtt_ms=report.rtt_ms if report.rtt_ms is not None and 0 < report.rtt_ms <= 30_000 else None,
    )
