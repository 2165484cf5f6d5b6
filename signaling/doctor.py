"""`hilo doctor`: looks at this machine and the services around it, and says what is wrong and what to do."""

from __future__ import annotations

import shutil
import time
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from signaling import certificate, embedded, local, programs, redis_check, turn_check
from signaling.findings import Finding, fail, ok, warn
from signaling.ports import is_free, taken_media
from signaling.settings import Settings
from signaling.turn import ice_servers

MEDIA_RECEIVE_BUFFER = 4 * 1024 * 1024
"""Bytes that a media process asks for: what may wait in the kernel during one slow moment of 100 calls."""

DISK_WARN_BYTES = 2 * 1024**3
DISK_FAIL_BYTES = 200 * 1024**2
BUILT_AT = datetime(2026, 1, 1, tzinfo=UTC)
"""An earlier time is a clock that lost its battery."""


async def examine(settings: Settings, now: datetime | None = None) -> list[Finding]:
    """All findings, most basic first."""
    now = now or datetime.now(UTC)
    redis_url = settings.redis_url or embedded.running_url(settings.data_dir)
    return [
        clock(now),
        disk(settings.data_dir),
        receive_buffer(Path("/proc/sys/net/core/rmem_max")),
        *await redis(redis_url, time.time()),
        await http_port(settings),
        *await media_ports(settings, redis_url),
        secure_context(settings.base_url),
        *tls(settings, now),
        *await turn(settings, time.time()),
    ]


def clock(now: datetime) -> Finding:
    if now < BUILT_AT:
        return fail(f"Clock: it says {now:%Y-%m-%d}", "set it, and let NTP keep it (timedatectl set-ntp true)")
    return ok(f"Clock: {now:%Y-%m-%d %H:%M:%S} UTC")


def disk(data_dir: Path) -> Finding:
    place = next(path for path in (data_dir.absolute(), *data_dir.absolute().parents) if path.exists())
    free = shutil.disk_usage(place).free
    words = f"Disk: {free / 1024**3:.1f} GiB free at {place}"
    if free < DISK_FAIL_BYTES:
        return fail(words, "make room: a full disk stops every consultation")
    return warn(words, "make room soon") if free < DISK_WARN_BYTES else ok(words)


def receive_buffer(limit_file: Path) -> Finding:
    if not limit_file.exists():
        return ok("Network: no net.core.rmem_max on this system")
    limit = int(limit_file.read_text())
    if limit < MEDIA_RECEIVE_BUFFER:
        advice = f"sysctl -w net.core.rmem_max={MEDIA_RECEIVE_BUFFER}, and write it to /etc/sysctl.d/hilo.conf"
        return warn(f"Network: net.core.rmem_max is {limit}: bursts of media may be dropped", advice)
    return ok(f"Network: net.core.rmem_max is {limit}")


async def redis(redis_url: str | None, now_s: float) -> list[Finding]:
    if redis_url is None:
        return [ok("Redis: `hilo serve` starts the embedded Valkey; it does not run now")]
    return await redis_check.check(redis_url, now_s)


async def http_port(settings: Settings) -> Finding:
    where = f"{settings.host} port {settings.port}"
    if is_free(settings.host, settings.port):
        return ok(f"HTTP: {where} is free")
    async with local.client() as http:
        if await local.answers(http, local.url(settings, "/healthz")):
            return ok(f"HTTP: Hilo serves on {where}")
    return fail(f"HTTP: cannot listen on {where}", "end what has the port, or set HILO_PORT or HILO_HOST to another")


async def media_ports(settings: Settings, redis_url: str | None) -> list[Finding]:
    taken = taken_media(settings.media_ports)
    ours = {port for port in taken if redis_url and await _is_our_node(settings, redis_url, port)}
    return [_media_port(port, port in taken, port in ours) for port in settings.media_ports]


def secure_context(base_url: str) -> Finding:
    """Browsers give camera and microphone to HTTPS and to localhost only (W3C Secure Contexts)."""
    parts = urlsplit(base_url)
    if parts.scheme == "https" or _is_loopback(parts.hostname or ""):
        return ok(f"Pages: browsers allow the camera on {base_url}")
    return warn(
        f"Pages: browsers refuse camera and microphone on {base_url}",
        "serve HTTPS: HILO_TLS_CERT and HILO_TLS_KEY, or a TLS front and an https:// HILO_PUBLIC_URL",
    )


def tls(settings: Settings, now: datetime) -> list[Finding]:
    if settings.tls_cert is None or settings.tls_key is None:
        return []
    return certificate.check(settings.tls_cert, settings.tls_key, urlsplit(settings.base_url).hostname or "", now)


async def turn(settings: Settings, now_s: float) -> list[Finding]:
    if not settings.turn_urls or settings.turn_secret is None:
        advice = "run coturn (deploy/coturn.conf), and set HILO_TURN_URLS and HILO_TURN_SECRET"
        return [warn("TURN: none is set: browsers behind strict firewalls get chat only", advice)]
    [server] = ice_servers(settings.turn_urls, settings.turn_secret.get_secret_value(), settings.turn_ttl_s, now_s)
    return [await turn_check.check(url, server.username, server.credential) for url in server.urls]


async def _is_our_node(settings: Settings, redis_url: str, port: int) -> bool:
    config = programs.media_config(settings, redis_url, settings.media_ports.index(port))
    return await redis_check.media_node_lives(redis_url, config.node_id)


def _media_port(port: int, taken: bool, ours: bool) -> Finding:
    if ours:
        return ok(f"Media: our media process has UDP and TCP port {port}")
    if taken:
        return fail(f"Media: UDP or TCP port {port} is taken", "end what has it, or set HILO_MEDIA_PORT to another")
    return ok(f"Media: UDP and TCP port {port} are free")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
