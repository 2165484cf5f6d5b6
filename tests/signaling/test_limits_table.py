"""Token buckets and addresses, on a clock that the test moves."""

from __future__ import annotations

import pytest

from signaling import limits
from signaling.limits import Addresses, Bucket, PollingSeats, Rate, network_of


def test_bucket_spends_its_burst_and_refills() -> None:
    bucket = Bucket(Rate(per_s=2, burst=3))
    assert [bucket.take(0.0) for _ in range(4)] == [True, True, True, False]
    assert bucket.wait_s(0.4) == pytest.approx(0.1)
    assert bucket.take(0.5)
    assert not bucket.take(0.5)
    assert [bucket.take(100.0) for _ in range(4)] == [True, True, True, False]


def test_many_tokens_are_taken_at_once_or_not_at_all() -> None:
    bucket = Bucket(Rate(per_s=2, burst=10))
    assert bucket.take(0.0, 8)
    assert not bucket.take(0.0, 3)
    assert bucket.wait_s(0.0, 3) == pytest.approx(0.5)
    assert bucket.wait_s(0.0, 2) == 0.0
    assert bucket.take(0.5, 3)


def test_polls_and_sockets_of_one_address_are_bounded_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_SOCKETS_PER_ADDRESS", 2)
    addresses = Addresses()
    assert addresses.open("192.0.2.1", 0.0)
    assert addresses.open_poll("192.0.2.1", 0.0)
    assert not addresses.open_poll("192.0.2.1", 0.0)
    addresses.close("192.0.2.1")
    assert addresses.open_poll("192.0.2.1", 0.0)


def test_polls_of_one_address_have_a_rate() -> None:
    addresses = Addresses()
    for _ in range(int(limits.POLLS.burst)):
        assert addresses.open_poll("192.0.2.1", 0.0)
        addresses.close("192.0.2.1")
    assert not addresses.open_poll("192.0.2.1", 0.0)
    assert addresses.open("192.0.2.1", 0.0)


def test_seats_that_polled_long_ago_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_POLLING_SEATS", 3)
    seats = PollingSeats()
    first = seats.of("seat-0")
    for n in range(1, 3):
        seats.of(f"seat-{n}")
    assert seats.of("seat-0") is first
    seats.of("seat-3")
    assert list(seats._known) == ["seat-2", "seat-0", "seat-3"]


def test_clock_that_steps_back_gives_nothing() -> None:
    bucket = Bucket(Rate(per_s=1, burst=1))
    assert bucket.take(10.0)
    assert not bucket.take(5.0)


def test_sockets_of_one_address_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_SOCKETS_PER_ADDRESS", 2)
    addresses = Addresses()
    assert [addresses.open("192.0.2.1", 0.0) for _ in range(3)] == [True, True, False]
    assert addresses.open("192.0.2.2", 0.0)
    addresses.close("192.0.2.1")
    assert addresses.open("192.0.2.1", 0.0)


def test_wrong_tokens_shut_the_door_for_a_while() -> None:
    addresses = Addresses()
    for _ in range(int(limits.BAD_TOKENS.burst)):
        addresses.bad_token("192.0.2.1", 0.0)
    assert not addresses.open("192.0.2.1", 0.0)
    assert addresses.open("192.0.2.1", 60.0)


def test_addresses_are_forgotten_unless_they_have_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_ADDRESSES", 10)
    addresses = Addresses()
    addresses.open("198.51.100.1", 0.0)
    for n in range(100):
        addresses.bad_token(f"192.0.2.{n}", 0.0)
    assert len(addresses._known) <= 10
    assert "198.51.100.1" in addresses._known


@pytest.mark.parametrize(
    ("remote", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "::ffff:c000:201"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_one_household_is_one_address(remote: str, network: str) -> None:
    assert network_of(remote) in (network, "::ffff:192.0.2.1")
