"""The greedy neighbour takes what the link has, in either direction."""

from __future__ import annotations

import time

import pytest

from netlab.competitor import Competitor, Progress, Way, competing
from netlab.lab import Lab
from netlab.profile import Path, Profile

RATE_BPS = 2_000_000
PATIENCE_S = 10.0


@pytest.mark.parametrize("way", ["down", "up"])
def test_it_takes_what_there_is(link: Lab, way: Way) -> None:
    link.set(Profile.both(Path(rate_bps=RATE_BPS, delay_ms=20, queue_ms=100)))
    with competing(link.server, link.patient, way) as competitor:
        reports = _after(competitor, 5)
    assert reports[-1].total_bytes == pytest.approx(sum(each.bytes_per_s * 0.5 for each in reports), rel=0.1)
    got_bps = (reports[-1].total_bytes - reports[1].total_bytes) * 8 / (reports[-1].at_s - reports[1].at_s)
    assert 0.8 * RATE_BPS < got_bps <= RATE_BPS


def _after(competitor: Competitor, reports: int) -> list[Progress]:
    deadline = time.monotonic() + PATIENCE_S
    while len(found := competitor.progress()) < reports:
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
    return found
