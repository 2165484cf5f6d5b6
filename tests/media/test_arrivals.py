"""When packets left and came: stamps, their wrap-around, and what stands in where there are none."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptation.sample import Passage
from media import rtcp
from media.arrivals import ARRIVALS, STAMP_MASK, STAMP_PER_S, SenderClock
from tests.media.wire import TAG, Wire, packet, stamped

MID = bytes([0x31, 0x30, 0x31])
"""An element of two bytes under id 3, as sent until the first report came."""


@pytest.fixture
def luis() -> Wire:
    wire = Wire("luis")
    wire.audio.stamp_extension = wire.video.stamp_extension = 2
    return wire


def voice(sequence: int, timestamp: int = 0) -> bytes:
    return packet(sequence, b"a" * 60, ssrc=1000, payload_type=111, timestamp=timestamp)


def transits(passages: list[Passage]) -> list[float]:
    return [arrived_s - sent_s for sent_s, arrived_s, _ in passages]


def test_sound_picture_and_repair_are_timed_by_their_stamps(luis: Wire) -> None:
    luis.publish(stamped(voice(1), 10.0), now=100.0)
    luis.publish(stamped(packet(1, b"p" * 900), 10.02), now=100.03)
    luis.publish(stamped(packet(7, bytes(2) + b"p" * 900, ssrc=2001, payload_type=97), 10.04), now=100.07)
    passages = luis.peer.arrivals.take()
    assert [arrived_s for _, arrived_s, _ in passages] == [100.0, 100.03, 100.07]
    assert [a - b for a, b in zip(transits(passages), [90.0, 90.01, 90.03], strict=True)] == pytest.approx(
        [0] * 3, abs=1e-5
    )
    assert [size for _, _, size in passages] == [20 + size + TAG + 28 for size in (60, 900, 902)]
    assert luis.peer.arrivals.take() == []


def test_a_stamp_is_found_again_when_the_extensions_before_it_change(luis: Wire) -> None:
    for step in range(12):
        before = [b"", MID, bytes([0x10, 0x22])][step // 4]
        luis.publish(stamped(voice(step), 10 + step * 0.02, before=before), now=100 + step * 0.02)
    assert transits(luis.peer.arrivals.take()) == pytest.approx([90.0] * 12, abs=1e-4)


def test_stamps_wrap_around_every_64_seconds_and_silence_may_be_longer(luis: Wire) -> None:
    sent = [60.0, 63.99, 64.01, 70.0, 70.0 + 300, 70.0 + 331, 70.0 + 331 + 64 * 20 + 3]
    for step, sent_s in enumerate(sent):
        luis.publish(stamped(voice(step), sent_s), now=sent_s + 1000)
    passages = luis.peer.arrivals.take()
    assert [s - passages[0][0] for s, _, _ in passages] == pytest.approx([s - 60.0 for s in sent], abs=1e-4)


def test_without_stamps_sound_is_timed_by_its_timestamps_across_their_wrap(luis: Wire) -> None:
    luis.audio.stamp_extension = luis.video.stamp_extension = 0
    for step in range(5):
        timestamp = (0xFFFFFFFF - 1000 + step * 960) & 0xFFFFFFFF
        luis.publish(voice(step, timestamp), now=100 + step * 0.03)
        luis.publish(packet(step, b"p", timestamp=step), now=100 + step * 0.03)  # a frame's packets share a timestamp
    passages = luis.peer.arrivals.take()
    assert [later - earlier for (earlier, _, _), (later, _, _) in pairwise(passages)] == (pytest.approx([0.02] * 4))


def test_stamped_video_takes_over_from_timestamps_and_back_without_a_jump(luis: Wire) -> None:
    luis.audio.stamp_extension = 0  # what Firefox offers
    clock = 0
    for step in range(500):
        now = 100 + step * 0.02
        luis.publish(voice(step, step * 960), now=now + 0.1)
        if 100 <= step < 200:
            luis.publish(stamped(packet(clock := clock + 1, b"p"), 7 + step * 0.02), now=now + 0.1)
    passages = luis.peer.arrivals.take()
    assert transits(passages) == pytest.approx([passages[0][1] - passages[0][0]] * len(passages), abs=1e-4)
    assert len(passages) == pytest.approx(500 - 100 + 100 - 25, abs=2)  # and for half a second nobody knows


def test_a_stamp_that_stands_in_the_payload_is_none(luis: Wire) -> None:
    luis.publish(stamped(voice(1), 10.0), now=100.0)
    bare = bytes([0x80, 111, 0, 2]) + bytes(4) + (1000).to_bytes(4, "big") + bytes([0xBE, 0xDE, 0, 1, 0x22, 1, 2, 3])
    luis.publish(bare + b"a" * 40, now=100.02)
    assert len(luis.peer.arrivals.take()) == 1


def test_nobody_takes_them_and_they_stay_few(luis: Wire) -> None:
    for step in range(ARRIVALS + 200):
        luis.publish(stamped(voice(step), step * 0.02), now=step * 0.02)
    passages = luis.peer.arrivals.take()
    assert len(passages) == ARRIVALS
    assert passages[-1][1] == pytest.approx((ARRIVALS + 199) * 0.02)


def test_octets_are_all_that_the_wire_carried(luis: Wire) -> None:
    sizes = [len(data) for data in (voice(1), packet(1, b"p" * 500))]
    luis.publish(voice(1))
    luis.publish(packet(1, b"p" * 500))
    report = rtcp.receiver_report(1, [])
    luis.publish(report)
    assert luis.peer.arrivals.octets == sum(sizes) + 2 * (TAG + 28) + len(report) + TAG + 4 + 28


def test_counts_before_repair_never_fall(luis: Wire) -> None:
    counts = []
    for sequence in (1, 2, 5, 4, 3, 10, 8, 30_000, 30_001, 30_003, 12, 13, 65_535, 0, 1, 40_000):
        received = memoryview(voice(sequence))
        luis.audio.receive(received, len(received), sequence, 0, 0, 0.0)
        counts.append(luis.peer.uplink_counts())
    assert counts[:3] == [(1, 0), (2, 0), (5, 2)]
    for before, after in pairwise(counts):
        assert after[0] >= before[0]
        assert after[1] >= before[1]


def test_a_late_packet_that_nobody_asked_for_was_not_lost(luis: Wire) -> None:
    for sequence in (1, 3, 2):
        luis.publish(voice(sequence))
    assert luis.audio.lost == 0
    luis.publish(voice(5))
    luis.audio.due_nacks(1.0, 0.1)
    luis.publish(voice(4))
    assert luis.audio.lost == 1


@given(st.lists(st.floats(0.0, 400.0), min_size=1, max_size=30), st.floats(0, 64))
def test_any_silence_is_bridged(steps: list[float], start_s: float) -> None:
    clock = SenderClock(STAMP_MASK + 1, STAMP_PER_S)
    now = start_s
    first = clock.seconds(int(now * STAMP_PER_S) & STAMP_MASK, now)
    for step in steps:
        now += step
        assert clock.seconds(int(now * STAMP_PER_S) & STAMP_MASK, now) - first == pytest.approx(now - start_s, abs=1e-4)
