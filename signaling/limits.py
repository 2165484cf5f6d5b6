"""How much a stranger may send: token buckets, and a bounded table of them by address. Pure: `now` is in seconds."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final


@dataclass(frozen=True)
class Rate:
    per_s: float
    burst: float


MESSAGES: Final = Rate(per_s=20, burst=100)
"""All messages of one socket. A page sends a few a second at most; the burst is what waited through an outage."""

CHAT: Final = Rate(per_s=2, burst=30)
OFFERS: Final = Rate(per_s=0.5, burst=10)
TESTS: Final = Rate(per_s=0.02, burst=3)
"""A page tests its link once."""

REPORTS: Final = Rate(per_s=3, burst=6)
"""A page reports once a second, and once more for each order that it applied."""

SOCKETS: Final = Rate(per_s=20, burst=300)
"""New sockets of one address: a whole district behind its provider's NAT comes back at once after a power cut."""

POLLS: Final = Rate(per_s=50, burst=300)
"""Polls of one address: twenty pages that chat behind one NAT make some 20 a second."""

SEAT_POLLS: Final = Rate(per_s=4, burst=40)
POLLED_MESSAGES: Final = Rate(per_s=20, burst=200)
"""In the polls of one seat; the burst is the most that one poll may bring."""

KEY_REQUESTS: Final = Rate(per_s=20, burst=100)
"""Of one API key, in one process: an import of a day's appointments takes seconds."""

BAD_TOKENS: Final = Rate(per_s=0.2, burst=20)
MAX_SOCKETS_PER_ADDRESS: Final = 600
"""After a power cut a page's old socket is still counted until the new one takes its seat over."""

MAX_SOCKETS_PER_SEAT: Final = 4
"""A moment's overlap of old and new sockets; newer ones take over."""

MAX_ADDRESSES: Final = 10_000
MAX_POLLING_SEATS: Final = 10_000


@dataclass
class Bucket:
    """A token bucket."""

    rate: Rate
    _tokens: float = field(init=False)
    _at: float | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._tokens = self.rate.burst

    def take(self, now: float, tokens: int = 1) -> bool:
        """Take so many tokens, if there are so many."""
        self._refill(now)
        if self._tokens < tokens:
            return False
        self._tokens -= tokens
        return True

    def wait_s(self, now: float, tokens: int = 1) -> float:
        """How long until `take` would give so many; 0: now. Takes nothing."""
        self._refill(now)
        return max(0.0, tokens - self._tokens) / self.rate.per_s

    def _refill(self, now: float) -> None:
        since = 0.0 if self._at is None else max(0.0, now - self._at)
        self._at = now
        self._tokens = min(self.rate.burst, self._tokens + since * self.rate.per_s)


class Addresses:
    """Per address: how many sockets are open, how fast new ones come, how many tokens were wrong.

    Holds `MAX_ADDRESSES`; the one that was quiet longest, and has no socket, is forgotten first.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[str, _Address] = OrderedDict()

    def open(self, remote: str, now: float) -> bool:
        """Count a new socket, or refuse it."""
        address = self._of(remote)
        return address.open(address.new_sockets, now)

    def open_poll(self, remote: str, now: float) -> bool:
        """Count a new poll, or refuse it. While it lasts it counts as a socket."""
        address = self._of(remote)
        return address.open(address.polls, now)

    def close(self, remote: str) -> None:
        """The socket or poll that was counted is gone."""
        self._of(remote).sockets -= 1

    def bad_token(self, remote: str, now: float) -> None:
        """Somebody there guessed a token, or uses a revoked one."""
        self._of(remote).bad_tokens.take(now)

    def guess_wait_s(self, remote: str, now: float) -> float:
        """How long until a token from there is looked at again; 0: now."""
        return self._of(remote).bad_tokens.wait_s(now)

    def _of(self, remote: str) -> _Address:
        key = network_of(remote)
        address = self._known.setdefault(key, _Address())
        self._known.move_to_end(key)
        self._forget()
        return address

    def _forget(self) -> None:
        for _ in range(len(self._known) if len(self._known) > MAX_ADDRESSES else 0):
            key, address = self._known.popitem(last=False)
            if address.sockets == 0:
                return
            self._known[key] = address


@dataclass
class _Address:
    sockets: int = 0
    new_sockets: Bucket = field(default_factory=lambda: Bucket(SOCKETS))
    polls: Bucket = field(default_factory=lambda: Bucket(POLLS))
    bad_tokens: Bucket = field(default_factory=lambda: Bucket(BAD_TOKENS))

    def open(self, bucket: Bucket, now: float) -> bool:
        if self.sockets >= MAX_SOCKETS_PER_ADDRESS or self.bad_tokens.wait_s(now) > 0 or not bucket.take(now):
            return False
        self.sockets += 1
        return True


@dataclass
class PollingSeat:
    """What a seat may still do by polls, in this process."""

    polls: Bucket = field(default_factory=lambda: Bucket(SEAT_POLLS))
    messages: Bucket = field(default_factory=lambda: Bucket(POLLED_MESSAGES))
    chat: Bucket = field(default_factory=lambda: Bucket(CHAT))
    waiting: object = None
    """What it was told last of the line."""


class PollingSeats:
    """By seat. Holds `MAX_POLLING_SEATS`; the one that was quiet longest is forgotten first."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, PollingSeat] = OrderedDict()

    def of(self, seat: str) -> PollingSeat:
        known = self._known.setdefault(seat, PollingSeat())
        self._known.move_to_end(seat)
        if len(self._known) > MAX_POLLING_SEATS:
            self._known.popitem(last=False)
        return known


class KeyRates:
    """By API key. Keys are few: made by administrators, and only known ones are counted."""

    def __init__(self) -> None:
        self._known: dict[str, Bucket] = {}

    def wait_s(self, key: str, now: float) -> float:
        """Count a request; or, over the rate, how long to wait before another."""
        bucket = self._known.setdefault(key, Bucket(KEY_REQUESTS))
        return 0.0 if bucket.take(now) else bucket.wait_s(now)


def network_of(remote: str) -> str:
    """The address itself, or for IPv6 its /64, which one household has all of."""
    address = ip_address(remote.partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network((address, 64), strict=False))
    return str(address)
