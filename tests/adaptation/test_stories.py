"""Each story a link can tell, in both directions, in simulated time: on which rung, when, and how late the sound is."""

from __future__ import annotations

import pytest

from adaptation.decision import Protection
from adaptation.direction import Direction
from adaptation.rungs import A1, A2, LADDER, V0, V1, V2, V3, T, need_bps
from adaptation.sample import TICK_S, Demand, Sample
from tests.adaptation.link import Link, walk
from tests.adaptation.stories import COLLAPSE, DIP, OUTAGE, OUTAGE_BACK, OUTAGE_UP, STEADY, Way, shared
from tests.adaptation.world import World

BOTH = pytest.mark.parametrize("way", ["up", "down"])


@BOTH
def test_broadband_reaches_the_top_within_8_s_and_stays(way: Way) -> None:
    log = STEADY["broadband"].run(way)
    assert log.first_best(V3) <= 8
    assert log.share_at_least(V3, 8, 30) == 1
    assert log.delay(0.95) < 0.05


@BOTH
def test_jitter_of_20_ms_is_no_congestion(way: Way) -> None:
    log = STEADY["jittery"].run(way)
    assert log.share_at_least(V3, 12, 40) == 1


def test_3g_holds_the_video_that_fits() -> None:
    assert STEADY["3g-down"].run("down").share_at_least(V3, 10, 40) == 1
    up = STEADY["3g-up"].run("up")
    assert up.share_at_least(V2, 5, 60) == 1
    assert len(up.changes(10)) <= 2
    assert up.delay(0.95) < 0.3


def test_edge_carries_slow_video_without_long_queues() -> None:
    down, up = STEADY["edge-down"].run("down"), STEADY["edge-up"].run("up")
    assert down.share_at_least(V1, 15, 90) == 1
    assert up.share_at_least(V0, 10, 90) == 1
    assert down.delay(0.95) < 0.35
    assert up.delay(0.95) < 0.45
    assert len(down.changes()) <= 4
    assert len(up.changes(40)) <= 2


@BOTH
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_bursty_loss_of_15_percent_keeps_video(way: Way, seed: int) -> None:
    log = STEADY["bursty"].run(way, seed)
    assert log.share_at_least(V1, 0, 90) == 1
    assert log.share_at_least(V2, 45, 90) > 0.8
    assert len(log.changes()) <= 6


def test_2g_keeps_voice_and_its_delay() -> None:
    down, up = STEADY["2g-down"].run("down"), STEADY["2g-up"].run("up")
    for log in (down, up):
        assert log.share_at_least(A1, 0, 90) == 1
        assert log.delay(0.95) < 0.75
        assert log.sound_lost(20) < 0.1
    assert down.share_at_least(A2, 20, 90) == 1


@BOTH
def test_24_kbit_s_carry_voice(way: Way) -> None:
    log = STEADY["thin"].run(way)
    assert log.share_at_least(A1, 0, 90) == 1
    assert log.sound_lost() < 0.06


@BOTH
def test_a_long_round_trip_alone_ends_at_the_top(way: Way) -> None:
    log = STEADY["satellite"].run(way)
    assert log.first_best(V3) < 45
    assert log.share_at_least(V3, 45, 60) == 1


@BOTH
def test_600_to_60_fits_within_2_s_and_climbs_back_within_45(way: Way) -> None:
    log = DIP.run(way)
    assert log.first(A2, 20) <= 22
    assert log.rung(24) in (A2, A1)
    assert log.delay(0.9, 23.5, 30) < 0.3
    assert log.first_best(V3, 50) <= 95
    assert len(log.changes(20, 50)) <= 4


@BOTH
def test_what_a_jam_lost_asks_for_no_protection(way: Way) -> None:
    """Else sound waits for repairs on a link that loses nothing: 0.2 s more of delay for half a minute."""
    log = DIP.run(way)
    drained = next(at for at, decision in log.decisions if at > 21 and decision.queue_ms < 80)
    assert drained < 24
    assert {d.protection for at, d in log.decisions if drained + 0.5 < at < 40} == {Protection()}


@BOTH
def test_60_to_12_is_text_within_6_s_and_comes_back(way: Way) -> None:
    log = COLLAPSE.run(way)
    assert log.first(T, 20) <= 26
    assert log.first_best(A1, 60) <= 85
    assert log.first_best(V3, 60) <= 105


@BOTH
def test_outage_of_20_s_voice_at_once_video_within_15_s(way: Way) -> None:
    log = OUTAGE.run(way)
    assert log.changes(40, 41)[0][1:] == ("A1", "returned")
    assert 42.5 <= log.first_best(V0, 41) <= 55
    assert log.first_best(V3, 40) <= 75


def test_a_silent_uplink_is_text_after_4_s() -> None:
    log = OUTAGE_UP.run("up")
    assert log.changes(20)[0][1:] == ("T", "silent")
    assert 23.5 <= log.first(T, 20) <= 24.6


def test_the_downlink_holds_while_only_the_uplink_is_dead() -> None:
    log = OUTAGE_BACK.run("down")
    assert log.changes(20, 60)[0][1:] == ("V1", "silent")
    assert log.share_at_least(V1, 0, 95) == 1
    assert "returned" not in [reason for _, _, reason in log.changes()]
    assert log.first_best(V3, 45) <= 65


@BOTH
@pytest.mark.parametrize("queue_s", [0.2, 0.5, 1.0])
def test_beside_a_download_voice_stays_and_the_download_too(way: Way, queue_s: float) -> None:
    log = shared(queue_s).run(way)
    assert log.first(T) == float("inf")
    assert log.first(V0, 10) <= 20, "video makes room"
    assert sum(size for at, size in log.other_bytes if at > 20) * 8 / 50 > 0.25 * 400e3


@BOTH
def test_a_standing_queue_that_delivers_is_no_reason_to_stay_below_a1(way: Way) -> None:
    """Where the other's packets push half of ours out for a while, A0 is right; but not for long."""
    log = shared(0.5).run(way)
    assert log.share_at_least(A1, 0, 70) > 0.8
    assert log.share_at_least(A1, 30, 70) == 1


@BOTH
def test_random_walk_changes_4_times_a_minute_and_stays_safe(way: Way) -> None:
    per_minute, above = [], []
    for seed in range(1, 6):
        rate = walk(seed, 30e3, 600e3, 300)
        log = World(way, Link(rate, 0.05, 0.4, seed=seed), Link(lambda at: 600e3, 0.05), V1).run(300)
        per_minute.append(len(log.changes()) / 5)
        above.append(sum(need_bps(d.rung) * 0.9 > rate(t) for t, d in log.decisions) / len(log.decisions))
    assert sum(per_minute) / len(per_minute) <= 4.4, "the first minutes are livelier than ten"
    assert max(per_minute) <= 5
    assert max(above) < 0.12


@BOTH
def test_reasons_and_changes_tell_of_each_other(way: Way) -> None:
    log = DIP.run(way)
    rung = log.decisions[0][1].rung
    for _, decision in log.decisions[1:]:
        assert decision.changed == (decision.rung != rung)
        rung = decision.rung
    assert {LADDER[d.rung].name for _, d in log.decisions} >= {"V3", "A2"}


@BOTH
def test_two_calls_behind_one_link_share_it(way: Way) -> None:
    link = Link(lambda at: 400e3, 0.03, 0.3)
    calls = [World(way, link, Link(lambda at: 2e6, 0.03), V1) for _ in range(2)]
    for step in range(1, 4001):
        for call in calls:
            call.run(step / 100)
    for call in calls:
        assert call.log.share_at_least(V1, 6, 40) == 1
        assert call.log.sound_lost() < 0.03
        assert call.log.delay(0.95) < 0.25


@BOTH
def test_even_a_restless_link_leaves_text_soon_after_it_recovered(way: Way) -> None:
    """Three times almost nothing for 15 s, then a good link."""

    def rate(at: float) -> float:
        return 8e3 if at < 120 and at % 40 > 25 else 600e3

    log = World(way, Link(rate, 0.05, 0.5), Link(lambda at: 600e3, 0.05), V1).run(180)
    assert log.first(T) < 40
    assert log.first_best(A1, 120) <= 145
    assert log.first_best(V0, 120) <= 150


def test_what_was_sent_into_each_outage_says_nothing_of_the_link_after_it() -> None:
    """A receiver report tells of it 1.5 s after the return; the second outage begins where the first ended."""
    direction, rungs, at = Direction("down", A1, 0.0), [], 0.0
    for _ in range(2):
        for tick in range(360):
            at += TICK_S
            dark_s = max(0.0, tick - 50) * TICK_S if tick < 250 else 0.0
            lost = 330 if tick == 265 else 0
            beacon = ((at, at + 0.03, 80),) if tick % 5 == 0 and not dark_s else ()
            sample = Sample(at, beacon, 220, 80 if beacon else None, lost + len(beacon), lost, 0.06, dark_s)
            rungs.append(direction.step(sample, Demand(useful=A1, carried=A1)).rung)
    assert max(rungs) == A1
