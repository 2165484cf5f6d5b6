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
REPORTS: Final = Rate(per_s=3, burst=6)
"""A page reports once a second, and once more for each order that it applied."""

SOCKETS: Final = Rate(per_s=5, burst=100)
"""New sockets of one address: a whole clinic behind one NAT comes back at once after a power cut."""

BAD_TOKENS: Final = Rate(per_s=0.2, burst=20)
MAX_SOCKETS_PER_ADDRESS: Final = 300
MAX_SOCKETS_PER_SEAT: Final = 4
"""A moment's overlap of old and new sockets; newer ones take over."""

MAX_ADDRESSES: Final = 10_000


@dataclass
class Bucket:
    """A token bucket."""

    rate: Rate
    _tokens: float = field(init=False)
    _at: float | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._tokens = self.rate.burst

    def take(self, now: float) -> bool:
        """Take one token if there is one."""
        since = 0.0 if self._at is None else max(0.0, now - self._at)
        self._at = now
        self._tokens = min(self.rate.burst, self._tokens + since * self.rate.per_s)
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def is_empty(self, now: float) -> bool:
        """Whether `take` would refuse; takes nothing."""
        since = 0.0 if self._at is None else max(0.0, now - self._at)
        return self._tokens + since * self.rate.per_s < 1


class Addresses:
    """Per address: how many sockets are open, how fast new ones come, how many tokens were wrong.

    Holds `MAX_ADDRESSES`; the one that was quiet longest, and has no socket, is forgotten first.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[str, _Address] = OrderedDict()

    def open(self, remote: str, now: float) -> bool:
        """Count a new socket, or refuse it."""
        address = self._of(remote)
        if address.sockets >= MAX_SOCKETS_PER_ADDRESS or address.bad_tokens.is_empty(now):
            return False
        if not address.new_sockets.take(now):
            return False
        address.sockets += 1
        return True

    def close(self, remote: str) -> None:
        """The socket that `open` counted is gone."""
        self._of(remote).sockets -= 1

    def bad_token(self, remote: str, now: float) -> None:
        """Somebody there guessed a token, or uses a revoked one."""
        self._of(remote).bad_tokens.take(now)

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
    bad_tokens: Bucket = field(default_factory=lambda: Bucket(BAD_TOKENS))


def network_of(remote: str) -> str:
    """The address itself, or for IPv6 its /64, which one household has all of."""
    address = ip_address(remote.partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network((address, 64), strict=False))
    return str(address)
