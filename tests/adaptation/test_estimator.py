"""Rates and losses over windows, up and down."""

from __future__ import annotations

import pytest

from adaptation.estimate import Estimate
from adaptation.estimator import Estimator
from adaptation.rungs import A2, V1, audio_bps
from adaptation.sample import ClientReport, Demand, Sample
from tests.adaptation.estimates import report

PICTURE = Demand(carried=V1)


class Feed:
    """Steps an estimator by ticks."""

    def __init__(self, way: str, demand: Demand = PICTURE) -> None:
        self.estimator = Estimator("up" if way == "up" else "down")
        self.demand = demand
        self.at = 0.0

    def tick(self, dt_s: float = 0.1, **fields: object) -> Estimate:
        self.at += dt_s
        return self.estimator.update(Sample(self.at, **fields), self.demand, self.at, dt_s)  # type: ignore[arg-type]

    def ticks(self, count: int, **fields: object) -> Estimate:
        return [self.tick(**fields) for _ in range(count)][-1]

    def packets(self, count: int, size: int = 250) -> tuple[tuple[float, float, int], ...]:
        return tuple((self.at + i / 100, self.at + i / 100 + 0.05, size) for i in range(count))


def test_uplink_rates_are_what_came() -> None:
    feed = Feed("up")
    feed.ticks(20, received_bytes=1000)
    seen = feed.ticks(2, received_bytes=500)
    assert seen.received_now_bps == 1000 * 8 / 0.2
    assert seen.received_bps == 4000 * 8 / 0.5
    assert seen.received_long_bps == 19_000 * 8 / 2
    assert seen.sent_bps == 0


def test_uplink_without_a_count_adds_up_its_packets() -> None:
    feed = Feed("up")
    for _ in range(5):
        seen = feed.tick(passages=feed.packets(4))
    assert seen.received_bps == 5 * 4 * 250 * 8 / 0.5


def test_downlink_adds_the_sound_that_nobody_acknowledges() -> None:
    feed = Feed("down", Demand(carried=V1, voices=2))
    for _ in range(20):
        seen = feed.tick(passages=feed.packets(4), sent_bytes=1600, expected=5, lost=1)
    sound = 2 * audio_bps(V1) * 0.8
    assert seen.received_long_bps == pytest.approx(20 * 4 * 250 * 4 + sound, rel=0.06)
    assert seen.sent_bps == 1600 * 20 * 4
    assert seen.loss == pytest.approx(0.2)


def test_on_voice_the_page_and_what_was_sent_bound_the_sound() -> None:
    feed = Feed("down", Demand(carried=A2))
    assert feed.ticks(20, sent_bytes=10_000).received_bps == audio_bps(A2)
    assert feed.ticks(20, sent_bytes=100).received_bps == 100 * 10 * 8
    feed.ticks(20, sent_bytes=10_000)
    told: ClientReport = report(received_bytes=1000, audio_received=10)
    assert feed.tick(sent_bytes=10_000, report=told).received_bps == 8000 + 10 * 38 * 8
    assert feed.ticks(15, sent_bytes=10_000).received_bps == 8000 + 10 * 38 * 8
    assert feed.ticks(2, sent_bytes=10_000).received_bps == audio_bps(A2)
    feed.tick(sent_bytes=10_000, report=report(received_bytes=10**7))
    assert feed.tick(sent_bytes=10_000).received_bps == audio_bps(A2), "a report raises nothing"


def test_with_a_picture_the_page_does_not_count() -> None:
    feed = Feed("down")
    assert feed.tick(report=report(received_bytes=0, audio_received=0)).received_bps == audio_bps(V1)


def test_losses_over_their_windows() -> None:
    feed = Feed("up")
    feed.ticks(160, expected=10)
    feed.ticks(20, expected=10, lost=5)
    seen = feed.ticks(20, expected=10, lost=1)
    assert seen.loss == pytest.approx(0.1)
    assert seen.loss_4s == pytest.approx(0.3)
    assert seen.loss_20s == pytest.approx(0.06)
    assert seen.loss_flash == pytest.approx(0.1)
    assert (seen.told_2s, seen.told_4s) == (200, 400)


def test_a_flash_of_few_packets_is_none() -> None:
    assert Feed("up").ticks(5, expected=1, lost=1).loss_flash == 0
    assert Feed("up").ticks(6, expected=2, lost=1).loss_flash == 0.5
    feed = Feed("up")
    assert feed.tick(expected=6, lost=6).loss_flash == 1


def test_news_and_its_age() -> None:
    feed = Feed("down")
    assert feed.tick(expected=3, lost=3).told_ago_s == pytest.approx(0.1), "only losses: nothing arrived"
    assert feed.tick(expected=3, lost=1).told_ago_s == 0
    assert feed.tick(expected=3, lost=1).told == 3
    assert feed.tick(passages=feed.packets(4)).told == 4
    assert feed.ticks(3).told_ago_s == pytest.approx(0.3)


def test_a_gap_that_no_second_could_hold_is_an_outage_not_loss() -> None:
    feed = Feed("up")
    feed.ticks(20, expected=10)
    seen = feed.tick(expected=2000, lost=1990)
    assert seen.told_2s < 300
    assert seen.loss < 0.3


def test_after_an_outage_losses_are_forgotten_and_forgiven_for_a_while() -> None:
    feed = Feed("down")
    feed.ticks(40, expected=10, lost=9)
    feed.estimator.forget_losses()
    assert feed.ticks(15, expected=10, lost=9).loss == 0
    assert feed.ticks(10, expected=10, lost=9).loss > 0


def test_a_long_tick_starts_windows_anew() -> None:
    feed = Feed("up")
    feed.ticks(40, expected=10, lost=9, received_bytes=1000)
    seen = feed.tick(dt_s=3.0, expected=10, received_bytes=100)
    assert seen.loss_4s == 0
    assert seen.received_long_bps == 400


def test_the_round_trip_is_remembered() -> None:
    feed = Feed("up")
    assert feed.tick().rtt_s is None
    assert feed.tick(rtt_s=0.3).rtt_s == 0.3
    assert feed.tick().rtt_s == 0.3
    assert feed.tick(silent_s=1.5).silent_s == 1.5


def test_a_page_tells_nothing_of_the_uplink() -> None:
    told = report(concealed_ms=900)
    assert Feed("down").tick(report=told).report == told
    assert Feed("up").tick(report=told).report is None


def test_the_line_is_forgotten_without_news() -> None:
    feed = Feed("up")
    packets = tuple((0.0, 0.05 + size * 8 / 60e3, size) for size in (100, 300))
    assert feed.tick(passages=packets).line_bps == pytest.approx(60e3)
    assert feed.ticks(79).line_bps == pytest.approx(60e3)
    assert feed.ticks(2).line_bps is None


def heard(told_share: float, *, carried: int = V1, answers: bool = True, rtt_s: float | None = 0.25) -> float:
    """Three seconds of a picture and its voice, of whose packets feedback tells a share."""
    feed = Feed("down", Demand(carried=carried))
    if answers:
        feed.tick(passages=feed.packets(1))
    sound = audio_bps(carried) // 80
    for _ in range(30):
        told = feed.packets(1, round(1200 * told_share)) if told_share else ()
        seen = feed.tick(passages=told, sent_bytes=1200 + sound, rtt_s=rtt_s)
    return seen.heard


@pytest.mark.parametrize("told_share", [0.0, 0.1, 0.5, 1.0])
def test_the_share_of_pictures_that_feedback_told_of(told_share: float) -> None:
    assert heard(told_share) == pytest.approx(told_share, abs=0.02)
    assert heard(told_share, rtt_s=None) == pytest.approx(told_share, abs=0.02)


def test_what_a_browser_never_acknowledges_is_not_unheard() -> None:
    assert heard(0.0, answers=False) == 1.0
    feed = Feed("up")
    assert feed.ticks(30, received_bytes=9).heard == 1.0


def test_little_that_was_sent_tells_little() -> None:
    feed = Feed("down", Demand(carried=A2))
    feed.tick(passages=feed.packets(1))
    assert feed.ticks(30, sent_bytes=audio_bps(A2) // 80 + 100).heard == 1.0


def test_losses_that_feedback_tells_of_are_heard() -> None:
    feed = Feed("down")
    for _ in range(30):
        seen = feed.tick(passages=feed.packets(1, 600), sent_bytes=1200 + audio_bps(V1) // 80, expected=2, lost=1)
    assert seen.heard == pytest.approx(1.0, abs=0.02)


def test_the_line_is_forgotten_after_a_jam() -> None:
    feed = Feed("up")
    packets = tuple((0.0, 0.05 + size * 8 / 60e3, size) for size in (100, 300))
    feed.tick(passages=packets)
    feed.estimator.forget_line()
    assert feed.ticks(13, passages=packets).line_bps is None, "the queue drained then"
    assert feed.ticks(7, passages=packets).line_bps == pytest.approx(60e3)
