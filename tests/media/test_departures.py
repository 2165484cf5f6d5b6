"""What transport-wide feedback is believed of."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from media import rtcp
from media.departures import DEPARTURES_MASK, OUTCOMES, OVERHEAD, Departures

PERIOD_US = (1 << 24) * 64_000


def sent(count: int, *, first: int = 1, size: int = 100) -> Departures:
    departures = Departures()
    for number in range(first, first + count):
        departures.number = number & 0xFFFF
        departures.ring[number & DEPARTURES_MASK] = (number & 0xFFFF, number / 100, size)
    return departures


def feedback(*arrivals: tuple[int, int | None]) -> rtcp.TransportFeedback:
    return rtcp.TransportFeedback(1, 2, arrivals[0][0] if arrivals else 0, len(arrivals), 0, arrivals)


def test_times_in_seconds_and_bytes_on_the_wire() -> None:
    departures = sent(3)
    departures.read(feedback((1, 1_000_000), (2, None), (3, 1_250_000)), 5.0)
    wire = 100 + OVERHEAD
    assert departures.take() == [(0.01, 1.0, wire), (0.02, None, wire), (0.03, 1.25, wire)]
    assert departures.take() == []


def test_repeated_feedback_says_nothing() -> None:
    departures = sent(2)
    for _ in range(3):
        departures.read(feedback((1, 1_000_000), (2, None)), 5.0)
    assert len(departures.take()) == 2
    assert (departures.acknowledged, departures.lost) == (1, 1)


def test_a_packet_told_lost_that_came_later_is_told_again() -> None:
    departures = sent(2)
    departures.read(feedback((1, None), (2, 1_000_000)), 5.0)
    departures.read(feedback((1, 1_100_000)), 5.1)
    departures.read(feedback((1, None)), 5.2)
    assert [(arrived_s, size) for _, arrived_s, size in departures.take()] == [(None, 144), (1.0, 144), (1.1, 144)]
    assert (departures.acknowledged, departures.lost) == (2, 0)


def test_numbers_never_sent_say_nothing() -> None:
    departures = sent(2)
    departures.read(feedback((3, 1_000), (40_000, None), (1 + 1024, 5)), 5.0)
    assert departures.take() == []
    departures.read(feedback(), 5.0)


def test_the_receivers_clock_wraps_around() -> None:
    departures = sent(2)
    departures.read(feedback((1, PERIOD_US // 2 - 50_000)), 5.0)
    departures.read(feedback((2, -PERIOD_US // 2 + 50_000)), 5.1)
    (_, first, _), (_, second, _) = departures.take()
    assert first is not None
    assert second is not None
    assert round(second - first, 6) == 0.1


def test_a_clock_that_jumps_is_not_believed_until_it_goes_on_steadily() -> None:
    departures = sent(5)
    departures.read(feedback((1, 1_000_000)), 5.0)
    departures.read(feedback((2, 400_000_000_000)), 5.1)
    departures.read(feedback((3, 1_200_000)), 5.2)
    departures.read(feedback((4, 1_300_000), (5, 90_000_000)), 5.3)
    assert [arrived_s for _, arrived_s, _ in departures.take()] == [1.0, 1.3]


def test_an_outage_of_a_minute_is_no_jump() -> None:
    departures = sent(2)
    departures.read(feedback((1, 1_000_000)), 5.0)
    departures.read(feedback((2, 63_000_000)), 65.0)
    assert [arrived_s for _, arrived_s, _ in departures.take()] == [1.0, 63.0]


def test_nobody_takes_them_and_they_stay_few() -> None:
    departures = Departures()
    for number in range(3 * OUTCOMES):
        departures.ring[number & DEPARTURES_MASK] = (number, 0.0, 10)
        departures.read(feedback((number, number)), 0.0)
    assert len(departures.take()) == OUTCOMES


numbers = st.integers(0, 0xFFFF) | st.integers(0, 40)
clocks = st.none() | st.integers(-PERIOD_US, PERIOD_US)


@settings(deadline=None)
@given(st.lists(st.tuples(st.lists(st.tuples(numbers, clocks), max_size=50), st.floats(0, 1e6)), max_size=20))
def test_no_feedback_makes_more_of_what_was_sent(messages: list[tuple[list[tuple[int, int | None]], float]]) -> None:
    departures = sent(30)
    for arrivals, now in messages:
        departures.read(feedback(*arrivals), now)
    outcomes = departures.take()
    assert sum(arrived_s is not None for _, arrived_s, _ in outcomes) <= 30
    assert len({sent_s for sent_s, _, _ in outcomes}) <= 30
    assert len(outcomes) <= 60
    assert departures.lost >= 0
