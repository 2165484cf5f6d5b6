"""Estimates for tests of one rule: a quiet link unless told otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from adaptation.estimate import Estimate
from adaptation.sample import ClientReport

QUIET: Final = Estimate(
    now=100.0,
    queue_s=0.0,
    newest_s=0.0,
    rise_s=0.0,
    rising=False,
    base_s=0.05,
    floor_s=0.05,
    line_bps=None,
    received_bps=100_000.0,
    received_now_bps=100_000.0,
    received_long_bps=100_000.0,
    sent_bps=100_000.0,
    told=3,
    told_ago_s=0.0,
    loss_flash=0.0,
    loss=0.0,
    loss_4s=0.0,
    loss_20s=0.0,
    told_2s=60,
    told_4s=120,
    rtt_s=0.1,
    heard=1.0,
    answers=True,
    silent_s=0.0,
    report=None,
)


def seen(**changes: Any) -> Estimate:
    return replace(QUIET, **changes)


def report(**changes: Any) -> ClientReport:
    usual = {"interval_ms": 1000, "received_bytes": 5000, "audio_received": 16, "audio_lost": 0, "played_ms": 1000}
    usual |= {"concealed_ms": 0, "jitter_buffer_ms": 80, "frozen_ms": 0, "rtt_ms": 100}
    return ClientReport(**(usual | changes))
