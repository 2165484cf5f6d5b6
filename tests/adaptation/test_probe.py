"""Trials: what they send, when they end, and with what outcome."""

from __future__ import annotations

from typing import Any

import pytest

from adaptation.probe import (
    LEAST_PACKETS,
    Outcome,
    PaddingProbe,
    RampTrial,
    ShadowTrial,
    Strain,
    StretchTrial,
    VoiceTrial,
)
from adaptation.rungs import A2, V0, V3, audio_bps, need_bps
from tests.adaptation.estimates import seen

START = seen(now=0.0, queue_s=0.02)


@pytest.mark.parametrize(
    ("ticks", "changes", "shows"),
    [
        (9, {"queue_s": 0.10}, False),
        (1, {"queue_s": 0.11}, False),
        (2, {"queue_s": 0.11}, True),
        (1, {"queue_s": 0.18}, True),
        (9, {"queue_s": 0.11, "told": 0}, False),
        (1, {"queue_s": 0.07, "loss_flash": 0.25}, True),
        (1, {"queue_s": 0.07, "loss_flash": 0.2}, False),
        (1, {"queue_s": 0.06, "loss_flash": 0.5}, False),
        (1, {"queue_s": 0.07, "loss": 0.15, "told_2s": LEAST_PACKETS}, True),
        (1, {"queue_s": 0.07, "loss": 0.15, "told_2s": LEAST_PACKETS - 1}, False),
        (1, {"queue_s": 0.07, "loss": 0.1}, False),
    ],
)
def test_strain(ticks: int, changes: dict[str, Any], shows: bool) -> None:
    strain = Strain(START)
    assert [strain.shows(seen(**changes)) for _ in range(ticks)][-1] == shows


def test_strain_is_beyond_what_was_before() -> None:
    strain = Strain(seen(queue_s=0.3, loss=0.1, loss_20s=0.2))
    assert not strain.shows(seen(queue_s=0.37, loss=0.29, loss_flash=0.39))
    assert strain.shows(seen(queue_s=0.37, loss=0.31))
    calm = Strain(START)
    assert [calm.shows(seen(queue_s=queue)) for queue in (0.11, 0.05, 0.11)] == [False, False, False]


class Padded:
    """A link of some rate under a probe: what is sent arrives, up to the rate."""

    def __init__(
        self, rate_bps: float, rtt_s: float = 0.1, flowing_bps: float = 100e3, target_bps: float = 200e3
    ) -> None:
        self.start = seen(now=0.0, rtt_s=rtt_s, sent_bps=flowing_bps)
        self.probe = PaddingProbe(self.start, flowing_bps, target_bps)
        self.flowing_bps, self.rate_bps = flowing_bps, rate_bps
        self.queue_s = 0.0
        self.sent: list[float] = []

    def run(self, **changes: Any) -> tuple[Outcome, float]:
        now = 0.0
        outcome: Outcome = "going"
        while outcome == "going" and now < 60:
            now += 0.1
            sent = self.flowing_bps + self.probe.padding_bps
            self.sent.append(sent)
            self.queue_s = max(0.0, self.queue_s + 0.1 * (sent - self.rate_bps) / self.rate_bps)
            fields = {"now": now, "queue_s": self.queue_s, "received_bps": min(sent, self.rate_bps)}
            outcome = self.probe.step(seen(**(fields | changes)))
        assert self.probe.padding_bps == 0
        return outcome, now


def test_a_probe_that_fits_is_good_and_never_asks_for_much_more() -> None:
    padded = Padded(1e6)
    outcome, lasted = padded.run()
    assert outcome == "good"
    assert 1.0 < lasted < 2.5
    assert max(padded.sent) <= 200e3 * 1.05
    assert padded.sent == sorted(padded.sent)
    assert padded.probe.shown_bps == 200e3


def test_a_probe_that_does_not_fit_ends_early_and_knows_the_rate() -> None:
    padded = Padded(140e3)
    outcome, _ = padded.run()
    assert outcome == "bad"
    assert padded.queue_s < 0.2
    assert padded.probe.shown_bps == 140e3


@pytest.mark.parametrize(("rtt_s", "least_s", "most_s"), [(0.05, 0.6, 1.9), (0.3, 1.2, 2.6), (1.0, 2.4, 4.5)])
def test_the_longer_the_round_trip_the_gentler(rtt_s: float, least_s: float, most_s: float) -> None:
    assert least_s < Padded(1e6, rtt_s).run()[1] < most_s


def test_a_growing_queue_halts_the_ramp() -> None:
    probe = PaddingProbe(seen(now=0.0), 100e3, 200e3)
    for tick in range(1, 4):
        probe.step(seen(now=tick / 10, received_bps=100e3))
    padding = probe.padding_bps
    for tick in range(4, 7):
        probe.step(seen(now=tick / 10, received_bps=100e3, queue_s=0.05))
    assert probe.padding_bps == padding > 0


def test_a_probe_that_shows_nothing_is_void() -> None:
    outcome, lasted = Padded(1e6).run(received_bps=150e3)
    assert outcome == "void"
    assert lasted < 4
    assert Padded(1e6).run(told=0)[0] == "void"


def test_lumps_and_usual_loss_do_not_spoil_a_probe() -> None:
    start = seen(now=0.0, loss_20s=0.2)
    probe = PaddingProbe(start, 100e3, 200e3)
    outcomes = [
        probe.step(seen(now=tick / 10, received_bps=150e3 if tick % 3 else 100e3, loss_20s=0.2))
        for tick in range(1, 30)
    ]
    assert "good" in outcomes
    assert outcomes.index("good") >= 4


def test_a_probe_from_text_starts_low() -> None:
    padded = Padded(1e6, flowing_bps=2e3, target_bps=95e3)
    padded.run()
    assert 2e3 < padded.sent[1] < 16e3


def shadow(**changes: Any) -> list[Outcome]:
    """Six seconds of a hidden picture, with its keyframe's queue in the first half second."""
    trial = ShadowTrial(seen(now=0.0, received_long_bps=28e3, rtt_s=0.1), V0)
    assert trial.shadow
    outcomes: list[Outcome] = []
    for tick in range(1, 60):
        fields = {"now": tick / 10, "rtt_s": 0.1, "received_long_bps": 28e3 + min(45e3, tick * 4e3)}
        fields |= {"received_bps": 70e3, "queue_s": 0.25 if 5 < tick < 12 else 0.0}
        outcomes.append(trial.step(seen(**(fields | changes))))
        if outcomes[-1] != "going":
            break
    return outcomes


def test_a_shadow_that_fits_is_good_after_two_seconds_of_picture() -> None:
    outcomes = shadow()
    assert outcomes[-1] == "good"
    assert 22 <= len(outcomes) <= 26


def test_a_shadow_with_a_queue_that_stays_is_bad() -> None:
    outcomes = shadow(queue_s=0.2)
    assert outcomes[-1] == "bad"
    assert 13 <= len(outcomes) <= 16


def test_a_long_queue_ends_a_shadow_at_once() -> None:
    assert shadow(queue_s=0.36) == ["bad"]
    assert len(shadow(queue_s=0.34)) > 5


def test_a_shadow_without_a_picture_is_void() -> None:
    outcomes = shadow(received_long_bps=28e3)
    assert outcomes[-1] == "void"
    assert len(outcomes) == 42
    assert len(shadow(received_long_bps=28e3, rtt_s=None)) == 40
    assert shadow(received_long_bps=28e3 + 0.31 * (need_bps(V0) - 28e3), queue_s=0.0)[-1] == "good"
    assert shadow(received_long_bps=28e3 + 0.29 * (need_bps(V0) - 28e3), queue_s=0.0)[-1] == "void"


@pytest.mark.parametrize("kind", [StretchTrial, RampTrial])
def test_rate_trials_wait_for_the_full_rate_and_then_a_while(kind: type[StretchTrial] | type[RampTrial]) -> None:
    trial = kind(seen(now=0.0), 0.3)
    assert trial.growth_per_s == 0.3
    assert [trial.step(seen(now=t / 10), full=False) for t in range(1, 30)] == ["going"] * 29
    outcomes = [trial.step(seen(now=3 + t / 10), full=True) for t in range(20)]
    assert outcomes.index("good") in (16, 17)


@pytest.mark.parametrize("kind", [StretchTrial, RampTrial])
def test_rate_trials_end_at_the_first_strain(kind: type[StretchTrial] | type[RampTrial]) -> None:
    trial = kind(seen(now=0.0), 0.5)
    trial.step(seen(now=0.1), full=True)
    assert trial.step(seen(now=5.0, queue_s=0.2, received_bps=77e3), full=True) == "bad"
    assert trial.shown_bps == 77e3


def test_a_ramp_that_loses_its_full_rate_starts_settling_anew() -> None:
    trial = RampTrial(seen(now=0.0), 0.5)
    trial.step(seen(now=1.0), full=True)
    trial.step(seen(now=2.0), full=False)
    assert trial.step(seen(now=3.0), full=True) == "going"
    assert trial.step(seen(now=4.7), full=True) == "good"


RICHER = audio_bps(V3) - audio_bps(A2)


def voice(**changes: Any) -> list[Outcome]:
    """Six seconds of the richest sound, of which the first half second is still the old one."""
    trial = VoiceTrial(seen(now=0.0, received_long_bps=28e3, rtt_s=0.1))
    outcomes: list[Outcome] = []
    for tick in range(1, 60):
        fields = {"now": tick / 10, "rtt_s": 0.1, "received_bps": 28e3 + (RICHER if tick > 5 else 0)}
        outcomes.append(trial.step(seen(**(fields | changes))))
        if outcomes[-1] != "going":
            break
    return outcomes


def test_rich_sound_that_fits_is_good_after_a_while() -> None:
    outcomes = voice()
    assert outcomes[-1] == "good"
    assert 21 <= len(outcomes) <= 22


def test_rich_sound_that_strains_the_link_is_bad() -> None:
    assert voice(queue_s=0.1)[-1] == "bad"
    assert len(voice(queue_s=0.1)) == 2
    assert VoiceTrial(seen()).step(seen(queue_s=0.3, received_bps=31e3)) == "bad"


def test_sound_that_does_not_become_richer_is_void() -> None:
    outcomes = voice(received_bps=28e3 + 0.59 * RICHER)
    assert outcomes[-1] == "void"
    assert len(outcomes) == 27
    assert len(voice(received_bps=28e3, rtt_s=None)) == 25
    assert voice(received_bps=28e3 + 0.61 * RICHER)[-1] == "good"


def test_a_probe_without_news_is_void() -> None:
    probe = PaddingProbe(seen(now=0.0), 100e3, 200e3)
    assert probe.step(seen(now=0.1, told_ago_s=0.8)) == "going"
    assert probe.step(seen(now=0.2, told_ago_s=0.9)) == "void"
    assert probe.padding_bps == 0


@pytest.mark.parametrize(("copies_bps", "outcome"), [(0.0, "void"), (24e3, "good")])
def test_copies_are_part_of_what_is_shown(copies_bps: float, outcome: str) -> None:
    """They flow beside the padding, and no news of them comes: what does come is less by as much."""
    probe = PaddingProbe(seen(sent_bps=80e3 + copies_bps), 80e3, 155e3, copies_bps)
    outcomes = [probe.step(seen(now=100 + tick / 10, received_bps=135e3)) for tick in range(60)]
    assert next(each for each in outcomes if each != "going") == outcome
