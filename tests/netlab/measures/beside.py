"""What happened beside the call."""

from __future__ import annotations

from netlab.judgement import Judgement
from netlab.story import DOWNLOAD_AT_S, Measure


def download_share(rate_bps: float, settle_s: float = 5.0) -> Measure:
    """Of the link's rate: what the download beside the call got."""

    def measure(judged: Judgement) -> float | None:
        progress = [(at_s, count) for at_s, count in judged.take.downloaded if at_s >= DOWNLOAD_AT_S + settle_s]
        if len(progress) < 2:
            return None
        (first_s, before), (last_s, after) = progress[0], progress[-1]
        return (after - before) * 8 / (last_s - first_s) / rate_bps

    return measure


def faults(judged: Judgement) -> float | None:
    """What went wrong around the call: a server that logged an exception or did not end when asked."""
    return float(len(judged.take.faults))
