"""Which connection holds a seat, and since when a seat has none: claims and leases in Redis.

A claim is a number that grows with each connection of a seat, in whichever process. A lease is kept up by the process
that has the socket; when it runs out, the seat is without a page, also after that process was killed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, cast

from pydantic import BaseModel, ConfigDict
from redis.asyncio import Redis

from clinic.keys import claims
from clinic.store import Superseded
from clinic.unavailable import Unavailable, unavailable_when_down

CLAIMS: Final = "{clinic}:claims"
"""Channel of `Claim`s. One missed is harmless: after a reconnect each process asks `holders`."""

LEASES: Final = "{clinic}:leases"
"""Sorted set `<consultation> <seat>` by the Unix ms at which its lease runs out. Members leave with the sweep."""

CLAIMS_KEPT_S: Final = 7 * 24 * 3600
LEASE_S: Final = 10.0
REFRESH_S: Final = 3.0
POLL_LEASE_S: Final = 20.0
"""From one poll to the next: a new connection over a full 2G queue takes about so long."""

_CLAIM: Final = """
-- KEYS: 1 claims of the consultation, 2 leases, 3 clients of the consultation
-- ARGV: 1 consultation, 2 seat, 3 client id, 4 kept (s), 5 lease ends (Unix ms), 6 channel
-- Result: the claim; 0: another page took the seat from this one
local page = ARGV[2] .. ' ' .. ARGV[3]
local before, holder = redis.call('HGET', KEYS[3], page), redis.call('HGET', KEYS[1], ARGV[2])
if before and holder and before ~= holder then return 0 end
local claim = redis.call('HINCRBY', KEYS[1], ARGV[2], 1)
redis.call('EXPIRE', KEYS[1], ARGV[4])
redis.call('HSET', KEYS[3], page, claim)
redis.call('EXPIRE', KEYS[3], ARGV[4])
redis.call('ZADD', KEYS[2], ARGV[5], ARGV[1] .. ' ' .. ARGV[2])
local taken = {consultation = ARGV[1], seat = ARGV[2], client_id = ARGV[3], claim = claim}
redis.call('PUBLISH', ARGV[6], cjson.encode(taken))
return claim
"""


class Claim(BaseModel):
    """A connection took a seat."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    consultation: str
    seat: str
    client_id: str
    claim: int


def clients_key(consultation: str) -> str:
    """Hash `<seat> <client id>` -> that page's last claim of the seat. Expires a week after the last connection."""
    return f"{{clinic}}:consultation:{consultation}:clients"


class Presence:
    """Claims and leases of all processes. Methods may raise `Unavailable`."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._claim = redis.register_script(_CLAIM)

    async def claim(self, consultation: str, seat: str, client_id: str, now_s: float) -> int:
        """Take the seat for a new connection and tell every process. Raises `Superseded`.

        A page that lost its seat to another one says hello under a new client id when its human wants it back: else a
        reconnect, or a request that was long on its way, would take the seat from the newer page.
        """
        async with unavailable_when_down():
            claim = await self._claim(
                keys=[claims(consultation), LEASES, clients_key(consultation)],
                args=[consultation, seat, client_id, CLAIMS_KEPT_S, _lease_end_ms(now_s), CLAIMS],
            )
        if not claim:
            raise Superseded
        return int(claim)

    async def holders(self, consultation: str) -> dict[str, int]:
        """The claim that holds each seat of a consultation."""
        async with unavailable_when_down():
            found = await cast("Any", self._redis.hgetall(claims(consultation)))
        return {seat.decode(): int(claim) for seat, claim in found.items()}

    async def claim_of(self, consultation: str, seat: str, client_id: str) -> tuple[int, bool]:
        """A page's last claim of a seat, 0 for none, and whether it holds."""
        async with unavailable_when_down():
            pipeline = self._redis.pipeline(transaction=False)
            pipeline.hget(clients_key(consultation), f"{seat} {client_id}")
            pipeline.hget(claims(consultation), seat)
            mine, highest = (int(found or 0) for found in await pipeline.execute())
        return mine, mine == highest > 0

    async def refresh(self, seats: Iterable[tuple[str, str]], now_s: float, lease_s: float = LEASE_S) -> None:
        """Keep up the leases of these (consultation, seat)."""
        leases = {f"{consultation} {seat}": _lease_end_ms(now_s, lease_s) for consultation, seat in seats}
        if leases:
            async with unavailable_when_down():
                await self._redis.zadd(LEASES, cast("Any", leases), gt=False)

    async def overdue(self, now_s: float, limit: int = 100) -> list[tuple[str, str]]:
        """(consultation, seat) whose lease ran out."""
        async with unavailable_when_down():
            found = await cast("Any", self._redis.zrangebyscore(LEASES, "-inf", now_s * 1000, start=0, num=limit))
        pairs = [member.decode().partition(" ") for member in found]
        return [(consultation, seat) for consultation, _, seat in pairs]

    async def overdue_claim(self, consultation: str, seat: str, now_s: float) -> int | None:
        """The newest claim of a seat whose lease ran out, 0 for none; None when the lease was renewed.

        In this order: whoever comes back later has a higher claim, whoever came back before has a new lease.
        """
        async with unavailable_when_down():
            pipeline = self._redis.pipeline(transaction=False)
            pipeline.hget(claims(consultation), seat)
            pipeline.zscore(LEASES, f"{consultation} {seat}")
            claim, ends_ms = await pipeline.execute()
        return int(claim or 0) if ends_ms is not None and ends_ms <= now_s * 1000 else None

    async def is_reachable(self) -> bool:
        """Whether Redis answers."""
        try:
            async with unavailable_when_down():
                await cast("Any", self._redis.ping())
        except Unavailable:
            return False
        return True

    async def forget(self, consultation: str, seat: str) -> None:
        async with unavailable_when_down():
            await self._redis.zrem(LEASES, f"{consultation} {seat}")


def _lease_end_ms(now_s: float, lease_s: float = LEASE_S) -> int:
    return round((now_s + lease_s) * 1000)
