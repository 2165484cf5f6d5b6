"""Does Redis answer, keep what it acknowledges, and agree on the time? One of the doctor's checks."""

from __future__ import annotations

from redis import asyncio as aioredis
from redis.exceptions import RedisError, ResponseError

from media.contract import node_key
from signaling.findings import Finding, fail, ok, warn

CLOCK_WARN_S = 1.0
CLOCK_FAIL_S = 30.0

WANTED = {
    "appendonly": ("yes", fail, "without it a restart forgets consultations"),
    "appendfsync": ("always", warn, "a power cut may lose the last second, though it was acknowledged"),
    "maxmemory-policy": ("noeviction", fail, "a full Redis would throw consultations away"),
}


async def check(redis_url: str, now_s: float) -> list[Finding]:
    """Findings about the Redis at this URL; one only, when it cannot be reached."""
    try:
        async with aioredis.Redis.from_url(
            redis_url, decode_responses=True, socket_timeout=5, socket_connect_timeout=5
        ) as redis:
            seconds, microseconds = await redis.time()
            return [ok("Redis: answers"), _clock(seconds + microseconds / 1e6 - now_s), *await _persistence(redis)]
    except (RedisError, OSError, ValueError) as error:
        return [fail(f"Redis: cannot be used ({error})", "check HILO_REDIS_URL, its password, and that it runs")]


async def media_node_lives(redis_url: str, node_id: str) -> bool:
    """Has the node a fresh heartbeat? False also where Redis does not answer."""
    try:
        async with aioredis.Redis.from_url(redis_url, socket_timeout=5, socket_connect_timeout=5) as redis:
            return bool(await redis.exists(node_key(node_id)))
    except (RedisError, OSError, ValueError):
        return False


def _clock(ahead_s: float) -> Finding:
    words = f"Clock: this machine and Redis differ by {abs(ahead_s):.1f} s"
    advice = "let NTP set the clocks (timedatectl set-ntp true)"
    if abs(ahead_s) >= CLOCK_FAIL_S:
        return fail(words, advice)
    return warn(words, advice) if abs(ahead_s) >= CLOCK_WARN_S else ok(words)


async def _persistence(redis: aioredis.Redis) -> list[Finding]:
    try:
        found = await redis.config_get(*WANTED)
    except ResponseError:  # hosted ones forbid CONFIG
        return [warn("Redis: does not tell its settings", f"make sure of {_wanted()}")]
    return [_setting(name, found.get(name)) for name in WANTED]


def _setting(name: str, value: str | None) -> Finding:
    wanted, blame, why = WANTED[name]
    if value == wanted:
        return ok(f"Redis: {name} {value}")
    return blame(f"Redis: {name} is {value}: {why}", f"set it to {wanted} in redis.conf or valkey.conf")


def _wanted() -> str:
    return ", ".join(f"{name} {wanted}" for name, (wanted, _, _) in WANTED.items())
