"""All keys of the clinic at one moment, as Redis' own dumps: what a backup holds, and how it comes back.

Leases, presence and what media says are other keys' and are not in it. While it is read, Redis does nothing else.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from redis.asyncio import Redis

from clinic import keys as clinic_keys
from clinic.privacy import keys
from clinic.privacy.vault import tombstone

PATTERN: Final = "{clinic}:*"
_LENGTHS: Final = struct.Struct(">IqQ")

_READ: Final = """
-- KEYS: 1 any key of the clinic
-- ARGV: 1 pattern
-- Result: key, Unix ms at which it expires (0: never), dump, and so on
local now, all = redis.call('TIME'), {}
local now_ms = now[1] * 1000 + math.floor(now[2] / 1000)
for _, key in ipairs(redis.call('KEYS', ARGV[1])) do
  local dump, left = redis.call('DUMP', key), redis.call('PTTL', key)
  if dump then
    all[#all + 1] = key
    all[#all + 1] = left < 0 and '0' or string.format('%.0f', now_ms + left)
    all[#all + 1] = dump
  end
end
return all
"""


class DataThere(Exception):
    """Redis holds a clinic already, and nobody said that it may go."""


class CutShort(ValueError):
    """The bytes end inside a key: they are no snapshot."""


@dataclass(frozen=True)
class Kept:
    """One key. `expires_ms`: Unix time; 0 for never."""

    key: bytes
    expires_ms: int
    dump: bytes


async def take(redis: Redis) -> tuple[Kept, ...]:
    """Everything, at one moment. Raises redis' exceptions."""
    raw: list[bytes] = await cast("Any", redis.eval(_READ, 1, clinic_keys.AUDIT, PATTERN))
    return tuple(Kept(key, int(expires), dump) for key, expires, dump in zip(*[iter(raw)] * 3, strict=True))


async def put_back(redis: Redis, all_kept: Iterable[Kept], erased: Mapping[str, datetime], *, replace: bool) -> None:
    """Make Redis hold this and no other data of a clinic, in one step. `erased`: subjects whose data keys are destroyed
    in the same step. Raises DataThere, and redis' exceptions."""
    there = [key async for key in redis.scan_iter(PATTERN, count=1000)]
    if there and not replace:
        raise DataThere
    async with redis.pipeline(transaction=True) as pipeline:
        for key in there:
            pipeline.unlink(key)
        for kept in all_kept:
            pipeline.restore(cast("Any", kept.key), kept.expires_ms, kept.dump, replace=True, absttl=True)
        for subject, at in erased.items():
            pipeline.hset(keys.DATAKEYS, subject, tombstone(at))
        await pipeline.execute()


def encoded(all_kept: Iterable[Kept]) -> Iterator[bytes]:
    """As bytes: for each key the three lengths and values, big endian."""
    for kept in all_kept:
        yield _LENGTHS.pack(len(kept.key), kept.expires_ms, len(kept.dump)) + kept.key + kept.dump


def decoded(pieces: Iterable[bytes]) -> Iterator[Kept]:
    """Raises CutShort."""
    content = memoryview(b"".join(pieces))
    at = 0
    while at < len(content):
        if at + _LENGTHS.size > len(content):
            raise CutShort
        key_length, expires_ms, dump_length = _LENGTHS.unpack_from(content, at)
        key_at = at + _LENGTHS.size
        dump_at, at = key_at + key_length, key_at + key_length + dump_length
        if at > len(content):
            raise CutShort
        yield Kept(bytes(content[key_at:dump_at]), expires_ms, bytes(content[dump_at:at]))
