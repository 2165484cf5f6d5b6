"""Does Redis answer, keep what it acknowledges, and agree on the time? One of the doctor's checks."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from media.contract import node_key
from media.redis_client import connect, group
from signaling.findings import Finding, fail, ok, warn

CLOCK_WARN_S = 1.0
CLOCK_FAIL_S = 30.0
ANSWER_TIMEOUT_S = 5.0

WANTED = {
    "appendonly": ("yes", fail, "without it a restart forgets consultations"),
    "appendfsync": ("always", warn, "a power cut may lose the last second, though it was acknowledged"),
    "maxmemory-policy": ("noeviction", fail, "a full Redis would throw consultations away"),
}


async def check(redis_url: str, now_s: float) -> list[Finding]:
    """Findings about the Redis at this URL; one only, when it cannot be reached."""
    try:
        async with asyncio.timeout(ANSWER_TIMEOUT_S), connect(redis_url, decode_responses=True) as redis:
            seconds, microseconds = await redis.time()
            found = [ok("Redis: answers"), _clock(seconds + microseconds / 1e6 - now_s)]
            return [*found, *await _persistence(redis, redis_url), *await _replicas(redis, redis_url)]
    except (RedisError, OSError, ValueError) as error:
        return [fail(f"Redis: cannot be used ({error})", "check HILO_REDIS_URL, its password, and that it runs")]


async def media_node_lives(redis_url: str, node_id: str) -> bool:
    """Has the node a fresh heartbeat? False also where Redis does not answer."""
    try:
        async with asyncio.timeout(ANSWER_TIMEOUT_S), connect(redis_url) as redis:
            return bool(await redis.exists(node_key(node_id)))
    except (RedisError, OSError, ValueError):
        return False


def _clock(ahead_s: float) -> Finding:
    words = f"Clock: this machine and Redis differ by {abs(ahead_s):.1f} s"
    advice = "let NTP set the clocks (timedatectl set-ntp true)"
    if abs(ahead_s) >= CLOCK_FAIL_S:
        return fail(words, advice)
    return warn(words, advice) if abs(ahead_s) >= CLOCK_WARN_S else ok(words)


async def _persistence(redis: Redis, redis_url: str) -> list[Finding]:
    """Of a Cluster the first setting that is wrong anywhere: any master may have the clinic's slot one day."""
    of = group(redis_url)
    try:
        if of is not None and of.kind == "cluster":
            each: dict[str, dict[str, str]] = await cast("Any", redis).config_get(*WANTED, target_nodes="primaries")
            servers = list(each.values())
        else:
            servers = [await cast("Any", redis.config_get(*WANTED))]
    except ResponseError:  # hosted ones forbid CONFIG
        return [warn("Redis: does not tell its settings", f"make sure of {_wanted()}")]
    return [_setting(name, [server.get(name) for server in servers]) for name in WANTED]


async def _replicas(redis: Redis, redis_url: str) -> list[Finding]:
    """Behind Sentinels nothing is acknowledged that only the master has."""
    of = group(redis_url)
    if of is None or of.kind != "sentinel":
        return []
    count = int((await cast("Any", redis.info("replication")))["connected_slaves"])
    words, advice = (
        f"Redis: the master has {count} replica(s)",
        "run two, so that writes go on when any one server dies",
    )
    return [fail(words, advice) if count == 0 else warn(words, advice) if count == 1 else ok(words)]


def _setting(name: str, values: list[str | None]) -> Finding:
    wanted, blame, why = WANTED[name]
    wrong = [value for value in values if value != wanted]
    if not wrong:
        return ok(f"Redis: {name} {wanted}")
    return blame(f"Redis: {name} is {wrong[0]}: {why}", f"set it to {wanted} in redis.conf or valkey.conf")


def _wanted() -> str:
    return ", ".join(f"{name} {wanted}" for name, (wanted, _, _) in WANTED.items())
