"""What holds for any link, and for any nonsense that a peer or a clock may bring."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adaptation.allocation import Member, allocate, demands
from adaptation.decision import Decision, Reason
from adaptation.direction import LEAST_VIDEO_BPS, Direction
from adaptation.rungs import A1, A2, LADDER, V0, V1, T, audio_bps, need_bps, video_wire_bps
from adaptation.sample import ClientReport, Demand, Sample
from tests.adaptation.link import Link, Loss, steps
from tests.adaptation.stories import constant
from tests.adaptation.world import World

WAYS = st.sampled_from(["up", "down"])
any_float = st.floats(allow_nan=True, allow_infinity=True)
any_int = st.integers(-(2**70), 2**70)
near = st.floats(-5, 5, allow_nan=False)

reports = st.builds(
    ClientReport,
    **{name: any_int for name in ClientReport.__dataclass_fields__ if name != "rtt_ms"},
    rtt_ms=st.none() | any_int,
)
samples = st.builds(
    Sample,
    at_s=any_float | st.floats(0, 100),
    passages=st.lists(st.tuples(any_float | near, any_float | near, any_int | st.integers(40, 1400)), max_size=8).map(
        tuple
    ),
    sent_bytes=any_int | st.integers(0, 5000),
    received_bytes=st.none() | any_int | st.integers(0, 5000),
    expected=any_int | st.integers(0, 20),
    lost=any_int | st.integers(0, 20),
    rtt_s=st.none() | any_float | st.just(-1.0),
    silent_s=any_float | st.floats(0, 60),
    report=st.none() | reports,
)
demand_values = st.builds(
    Demand, ceiling=st.integers(0, T), useful=st.integers(0, T), carried=st.integers(0, T), voices=st.integers(0, 5)
)
any_demands = demand_values | st.builds(Demand, ceiling=any_int, useful=any_int, carried=any_int, voices=any_int)
rates = st.integers(18_000, 1_500_000)


def check(decision: Decision, ceiling: int) -> None:
    assert max(0, min(ceiling, T)) <= decision.rung <= T
    assert decision.rung == T or ceiling > 0 or decision.rung >= 0
    assert 8_000 <= decision.capacity_bps <= 700_000
    assert 0 <= decision.padding_bps <= 700_000
    assert math.isfinite(decision.queue_ms)
    assert 0 <= decision.loss <= 1
    assert (decision.video_bps > 0) == (LADDER[decision.rung].video is not None)
    jitter_ms = decision.protection.jitter_ms
    assert jitter_ms is None or 120 <= jitter_ms <= 600


@settings(max_examples=60, deadline=None)
@given(way=WAYS, start=st.integers(0, T), ticks=st.lists(st.tuples(samples, any_demands), min_size=1, max_size=60))
def test_garbage_is_harmless(way: Literal["up", "down"], start: int, ticks: list[tuple[Sample, Demand]]) -> None:
    direction = Direction(way, start, 0.0)
    for sample, demand in ticks:
        check(direction.step(sample, demand), demand.ceiling)


@settings(max_examples=30, deadline=None)
@given(way=WAYS, ticks=st.lists(st.tuples(samples, demand_values), min_size=1, max_size=60))
def test_the_same_samples_give_the_same_decisions(
    way: Literal["up", "down"], ticks: list[tuple[Sample, Demand]]
) -> None:
    first, second = Direction(way, V1, 0.0), Direction(way, V1, 0.0)
    assert [first.step(*tick) for tick in ticks] == [second.step(*tick) for tick in ticks]


@settings(max_examples=25, deadline=None)
@given(way=WAYS, junk=st.lists(samples, max_size=10))
def test_a_good_link_recovers_from_any_garbage(way: Literal["up", "down"], junk: list[Sample]) -> None:
    """Ten ticks of nonsense, then two good minutes: video again, even if it looked like one fall after the other."""
    direction = Direction(way, V1, 0.0)
    for sample in junk:
        direction.step(sample, Demand())
    decision = None
    carried = V1
    for tick in range(1, 1300):
        at = 1000.0 + tick / 10
        wire = need_bps(carried) / 80
        shadow = need_bps(V0) / 80 if decision and decision.shadow else 0
        padding = decision.padding_bps / 80 if decision else 0
        size = int(max(wire, shadow) + padding) // 4
        passages = tuple((at + i / 40, at + i / 40 + 0.05, max(60, size)) for i in range(4))
        total = max(60, size) * 4
        sample = Sample(at, passages, total, total, 4, 0, 0.1, 0.05)
        decision = direction.step(sample, Demand(carried=carried))
        carried = decision.rung
    assert decision is not None
    assert decision.rung <= V0


@settings(max_examples=15, deadline=None)
@given(
    way=WAYS,
    before=st.integers(200_000, 1_500_000),
    after=st.integers(30_000, 1_500_000),
    delay_s=st.floats(0.01, 0.25),
    queue_s=st.sampled_from([0.2, 0.5, 1.0]),
)
def test_never_above_the_link_for_longer_than_6_s(
    way: Literal["up", "down"], before: int, after: int, delay_s: float, queue_s: float
) -> None:
    rate = steps((0, before), (15, after))
    log = World(way, Link(rate, delay_s, queue_s), Link(constant(2e6), delay_s), V1).run(45)
    above_since = None
    for at, decision in log.decisions:
        if decision.rung >= A1 or need_bps(decision.rung) * 0.8 <= rate(at):
            above_since = None
        elif above_since is None:
            above_since = at
        else:
            assert at - above_since <= 6, (at, LADDER[decision.rung].name)


@settings(max_examples=15, deadline=None)
@given(way=WAYS, rate=rates, delay_s=st.floats(0.01, 0.3), loss=st.floats(0, 0.05), seed=st.integers(0, 99))
def test_on_a_steady_link_nothing_oscillates(
    way: Literal["up", "down"], rate: int, delay_s: float, loss: float, seed: int
) -> None:
    log = World(way, Link(constant(rate), delay_s, 0.5, Loss(loss), seed), Link(constant(2e6), delay_s), V1).run(100)
    assert len(log.changes(40, 100)) <= 6
    climbs = [(at, d.rung) for at, d in log.decisions if d.changed and d.reason == "recovered"]
    assert all(later - sooner >= 1.4 for (sooner, _), (later, _) in pairwise(climbs))


@settings(max_examples=15, deadline=None)
@given(way=WAYS, rate=st.integers(30_000, 1_500_000), delay_s=st.floats(0.01, 0.2))
def test_what_is_sent_fits_what_is_believed(way: Literal["up", "down"], rate: int, delay_s: float) -> None:
    log = World(way, Link(constant(rate), delay_s, 0.3), Link(constant(2e6), delay_s), V1).run(40)
    for _, decision in log.decisions:
        if decision.video_bps > LEAST_VIDEO_BPS:
            wire = video_wire_bps(decision.video_bps) + audio_bps(decision.rung)
            assert wire <= decision.capacity_bps + 10


def fed_with_loss(way: Literal["up", "down"], share: float, start: int, queue_s: float = 0.0) -> Decision:
    """Open loop: 50 packets a second of which `share` is lost, evenly."""
    direction = Direction(way, start, 0.0)
    told, owed, decision = 0, 0.0, None
    carried = start
    for tick in range(1, 400):
        at = tick / 10
        way_s = 0.05 + (queue_s if tick > 50 else 0.0)
        owed += 5 * share if tick > 50 else 0.0
        lost = int(owed)
        owed -= lost
        passages = tuple((at + i / 50, at + i / 50 + way_s, 250) for i in range(5 - lost))
        told += 5
        sample = Sample(at, passages, 1250, 250 * (5 - lost), 5, lost, 0.1, 0.05)
        decision = direction.step(sample, Demand(useful=start, carried=carried))
        carried = decision.rung
    assert decision is not None
    return decision


@settings(max_examples=15, deadline=None)
@given(way=WAYS, start=st.sampled_from([0, 1, V1, V0, A2]), shares=st.lists(st.floats(0, 1), min_size=2, max_size=2))
def test_more_loss_never_means_a_better_rung(way: Literal["up", "down"], start: int, shares: list[float]) -> None:
    less, more = sorted(shares)
    good, bad = fed_with_loss(way, less, start), fed_with_loss(way, more, start)
    assert good.rung <= bad.rung


@pytest.mark.parametrize("way", ["up", "down"])
@pytest.mark.parametrize("share", [0.05, 0.15, 0.25])
def test_random_loss_without_a_queue_keeps_video(way: Literal["up", "down"], share: float) -> None:
    decision = fed_with_loss(way, share, V1)
    assert decision.rung == V1
    protection = decision.protection
    assert protection.duplicate
    assert (protection.jitter_ms, protection.picture_ms) == ((250, 250) if share < 0.08 else (350, 350))


reasons: st.SearchStrategy[Reason] = st.sampled_from(["start", "congested"])
decisions = st.builds(
    Decision,
    rung=st.integers(0, T),
    reason=reasons,
    changed=st.booleans(),
    capacity_bps=st.integers(8_000, 700_000),
    video_bps=st.integers(0, 350_000),
    queue_ms=st.just(0.0),
    loss=st.just(0.0),
    shadow=st.booleans(),
)
members = st.lists(
    st.builds(
        Member,
        id=st.sampled_from("abcdef"),
        up=decisions,
        down=decisions,
        ceiling=st.integers(0, T),
        has_audio=st.booleans(),
        has_video=st.booleans(),
        speaking=st.booleans(),
    ),
    unique_by=lambda member: member.id,
    max_size=6,
)


@settings(max_examples=150, deadline=None)
@given(room=members)
def test_an_allotment_never_exceeds_either_side(room: list[Member]) -> None:
    allotment = allocate(room)
    by_id = {member.id: member for member in room}
    assert set(allotment.publish) == set(by_id)
    assert set(allotment.flows) == {(a, b) for a in by_id for b in by_id if a != b}
    for (viewer_id, publisher_id), flow in allotment.flows.items():
        viewer, publisher = by_id[viewer_id], by_id[publisher_id]
        publication = allotment.publish[publisher_id]
        if flow.video:
            assert publisher.has_video
            assert publication.video is not None
            assert max(viewer.takes, publisher.sends) <= publication.video <= V0
            assert publication.video_bps <= min(publisher.up.video_bps, viewer.down.video_bps)
        if flow.audio:
            assert publisher.has_audio
            assert publication.audio is not None
            assert max(viewer.takes, publisher.sends) <= publication.audio < T
        if T in (viewer.takes, publisher.sends):
            assert not flow.audio
            assert not flow.video


@settings(max_examples=100, deadline=None)
@given(room=members)
def test_demands_are_in_range_and_ask_for_nothing_useless(room: list[Member]) -> None:
    allotment = allocate(room)
    for member_id, (up, down) in demands(room, allotment).items():
        member = next(m for m in room if m.id == member_id)
        assert up.ceiling == down.ceiling == member.ceiling
        assert 0 <= up.useful <= A2
        assert 0 <= down.useful <= A2
        assert member.has_video or up.useful == A2
        assert any(other.has_video for other in room if other.id != member_id) or down.useful == A2
        assert up.carried == allotment.publish[member_id].level
