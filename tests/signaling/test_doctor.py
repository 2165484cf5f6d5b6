"""The doctor against real things: sockets, a real Valkey, real certificates, a real coturn."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from certificates import issue
from eventually import eventually
from redis.asyncio import Redis

from free_port import free_port
from media.contract import node_key
from signaling import certificate, doctor, ports, programs, redis_check
from signaling.findings import Finding
from signaling.settings import Settings
from valkey_process import ValkeyProcess

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECRET = "a-shared-secret"


def levels(findings: list[Finding]) -> list[str]:
    return [finding.level for finding in findings]


def test_prints_what_to_do() -> None:
    finding = Finding("fail", "Redis: gone", "start it")
    assert finding.line() == "fail  Redis: gone\n      -> start it"


def test_an_old_clock_lost_its_battery() -> None:
    assert doctor.clock(datetime(1970, 1, 1, tzinfo=UTC)).level == "fail"
    assert doctor.clock(NOW).level == "ok"


def test_disk_is_measured_where_the_data_will_be(tmp_path: Path) -> None:
    assert str(tmp_path) in doctor.disk(tmp_path / "not" / "yet").what


@pytest.mark.parametrize(("limit", "level"), [("212992", "warn"), ("4194304", "ok")])
def test_receive_buffer(tmp_path: Path, limit: str, level: str) -> None:
    (tmp_path / "rmem_max").write_text(limit + "\n")
    finding = doctor.receive_buffer(tmp_path / "rmem_max")
    assert finding.level == level
    assert limit in finding.what


@pytest.mark.parametrize(
    ("url", "level"),
    [
        ("http://localhost:8080", "ok"),
        ("http://127.0.0.1:8080", "ok"),
        ("http://[::1]:8080", "ok"),
        ("https://hilo.example", "ok"),
        ("http://hilo.example", "warn"),
        ("http://192.168.1.20:8080", "warn"),
        ("http://localhost.example", "warn"),
    ],
)
def test_secure_context(url: str, level: str) -> None:
    assert doctor.secure_context(url).level == level


# --- Redis ----------------------------------------------------------------------------------------------------------


async def test_a_durable_redis_is_fine(redis_url: str, redis: Redis) -> None:
    seconds, _ = await redis.time()
    findings = await redis_check.check(redis_url, float(seconds))
    assert levels(findings) == ["ok"] * 5


async def test_a_forgetful_redis_fails(own_valkey: ValkeyProcess) -> None:
    async with Redis.from_url(own_valkey.url) as redis:
        await redis.config_set("appendonly", "no")
        await redis.config_set("appendfsync", "everysec")
        await redis.config_set("maxmemory-policy", "allkeys-lru")
        seconds, _ = await redis.time()
    findings = await redis_check.check(own_valkey.url, float(seconds))
    assert levels(findings) == ["ok", "ok", "fail", "warn", "fail"]


@pytest.mark.parametrize(("off_s", "level"), [(0.5, "ok"), (-5, "warn"), (5, "warn"), (3600, "fail")])
async def test_clocks_that_differ(redis_url: str, redis: Redis, off_s: float, level: str) -> None:
    seconds, microseconds = await redis.time()
    findings = await redis_check.check(redis_url, seconds + microseconds / 1e6 + off_s)
    assert findings[1].level == level


async def test_no_redis_there() -> None:
    findings = await redis_check.check(f"redis://127.0.0.1:{free_port()}", 0)
    assert levels(findings) == ["fail"]


async def test_a_redis_that_keeps_its_settings_to_itself(own_valkey: ValkeyProcess) -> None:
    async with Redis.from_url(own_valkey.url) as redis:
        await redis.execute_command("ACL", "SETUSER", "guest", "on", ">guest", "+@all", "-config", "~*")
        seconds, _ = await redis.time()
    findings = await redis_check.check(own_valkey.url.replace("//", "//guest:guest@"), float(seconds))
    assert levels(findings) == ["ok", "ok", "warn"]


# --- ports ----------------------------------------------------------------------------------------------------------


async def test_http_port_free_then_taken() -> None:
    settings = Settings(port=free_port())
    assert (await doctor.http_port(settings)).level == "ok"
    with socket.create_server(("127.0.0.1", settings.port)):
        finding = doctor.http_port(settings)
        assert (await finding).level == "fail"


async def test_http_port_that_is_ours() -> None:
    async def healthy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(healthy, "127.0.0.1", 0) as server:
        finding = await doctor.http_port(Settings(port=server.sockets[0].getsockname()[1]))
    assert finding.level == "ok"
    assert "Hilo serves" in finding.what


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
async def test_media_port_taken_by_a_stranger_and_by_us(kind: socket.SocketKind, redis_url: str, redis: Redis) -> None:
    with socket.socket(socket.AF_INET, kind) as holder:
        holder.bind(("0.0.0.0", 0))
        settings = Settings(media_port=holder.getsockname()[1], media_processes=1)
        assert levels(await doctor.media_ports(settings, redis_url)) == ["fail"]
        await redis.set(node_key(programs.media_config(settings, redis_url, 0).node_id), "{}")
        assert levels(await doctor.media_ports(settings, redis_url)) == ["ok"]
    assert levels(await doctor.media_ports(settings, None)) == ["ok"]


# --- TLS ------------------------------------------------------------------------------------------------------------

YESTERDAY = NOW - timedelta(days=1)


@pytest.mark.parametrize(
    ("names", "host", "level"),
    [
        (["hilo.example"], "hilo.example", "ok"),
        (["HILO.example"], "hilo.example", "ok"),
        (["*.example.org"], "hilo.example.org", "ok"),
        (["*.example.org"], "a.hilo.example.org", "fail"),
        (["*.example.org"], "example.org", "fail"),
        (["192.0.2.1"], "192.0.2.1", "ok"),
        (["hilo.example"], "192.0.2.1", "fail"),
        (["other.example", "hilo.example"], "hilo.example", "ok"),
    ],
)
def test_certificate_name(tmp_path: Path, names: list[str], host: str, level: str) -> None:
    assert levels(certificate.check(*issue(tmp_path, *names, since=YESTERDAY), host, NOW)) == ["ok", "ok", level]


@pytest.mark.parametrize(
    ("since_days", "days", "level"), [(-1, 90, "ok"), (-80, 90, "warn"), (-91, 90, "fail"), (1, 90, "fail")]
)
def test_certificate_lifetime(tmp_path: Path, since_days: int, days: int, level: str) -> None:
    files = issue(tmp_path, "hilo.example", since=NOW + timedelta(days=since_days), days=days)
    assert certificate.check(*files, "hilo.example", NOW)[1].level == level


def test_certificate_with_another_key(tmp_path: Path) -> None:
    _, key = issue(tmp_path, "hilo.example", since=YESTERDAY)
    kept = shutil.copy(key, tmp_path / "old-key.pem")
    cert, _ = issue(tmp_path, "hilo.example", since=YESTERDAY)
    assert levels(certificate.check(cert, Path(kept), "hilo.example", NOW)) == ["fail"]


# --- TURN -----------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def coturn(tmp_path: Path) -> AsyncIterator[int]:
    """A real coturn on loopback with the REST scheme; yields its port."""
    port, log = free_port(), tmp_path / "coturn.log"
    process = await asyncio.create_subprocess_exec(
        "turnserver", "-n", "--use-auth-secret", f"--static-auth-secret={SECRET}", "--realm=hilo.test", "--no-tls",
        "--no-dtls", "--no-cli", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", "--allow-loopback-peers",
        f"--listening-port={port}", f"--log-file={log}", "--simple-log", f"--pidfile={tmp_path / 'pid'}",
        f"--userdb={tmp_path / 'turndb'}", stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        await eventually(lambda: not ports.is_free("127.0.0.1", port), "coturn listens")
        yield port
    finally:
        process.kill()
        await process.wait()


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_turn_relays(tmp_path: Path, transport: str) -> None:
    async with coturn(tmp_path) as port:
        settings = Settings(turn_urls=(f"turn:127.0.0.1:{port}?transport={transport}",), turn_secret=SECRET)
        [finding] = await doctor.turn(settings, datetime.now(UTC).timestamp())
    assert finding.level == "ok", finding
    assert "relays from 127.0.0.1" in finding.what


async def test_turn_refuses_a_wrong_secret(tmp_path: Path) -> None:
    async with coturn(tmp_path) as port:
        settings = Settings(turn_urls=(f"turn:127.0.0.1:{port}",), turn_secret="another-secret")
        [finding] = await doctor.turn(settings, datetime.now(UTC).timestamp())
    assert finding.level == "fail"
    assert "refused the credentials" in finding.what
    assert SECRET not in finding.line()


async def test_turn_that_is_not_there() -> None:
    settings = Settings(turn_urls=(f"turn:127.0.0.1:{free_port()}?transport=tcp", "turn:?"), turn_secret=SECRET)
    findings = await doctor.turn(settings, datetime.now(UTC).timestamp())
    assert levels(findings) == ["fail", "fail"]


async def test_no_turn_is_a_warning() -> None:
    assert levels(await doctor.turn(Settings(), 0)) == ["warn"]


async def test_all_of_it_on_a_fresh_machine(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, port=free_port(), media_port=free_port(), media_processes=1)
    assert "fail" not in levels(await doctor.examine(settings))
