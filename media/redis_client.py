"""How a process reaches Redis or Valkey by its address: one server, the master that Sentinels name, or a Cluster."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Any, Final, Literal, cast
from urllib.parse import parse_qs, unquote, urlsplit

from redis.asyncio import Redis
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from media import redis_sentinel
from media.redis_cluster import Cluster

CONNECT_TIMEOUT_S: Final = 2.0
MAX_CONNECTIONS: Final = 4096
"""redis-py's limit is 100, and then it raises: a district that comes back in the same second asks more at once."""

DEFAULT_PORT: Final = {"sentinel": 26379, "cluster": 6379}
OPTIONS: Final = {"sentinel": {"db", "sentinel_username", "sentinel_password"}, "cluster": set[str]()}

NOTICE_DEATH: Final = {
    getattr(socket, name): value
    for name, value in {"TCP_KEEPIDLE": 5, "TCP_KEEPINTVL": 2, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 8000}.items()
    if hasattr(socket, name)
}
"""A host that lost its power says no goodbye: give its connections up in seconds, not in TCP's 15 minutes (tcp(7))."""


@dataclass(frozen=True)
class Group:
    """The address of several servers: `redis+sentinel://user:pass@host:port,host/service?db=0` or `redis+cluster://…`."""

    kind: Literal["sentinel", "cluster"]
    hosts: tuple[tuple[str, int], ...]
    service: str
    login: dict[str, Any]
    sentinel_login: dict[str, Any]
    db: int
    tls: bool


def group(url: str) -> Group | None:
    """The parts of a Sentinel's or a Cluster's address, None for that of one server; ValueError when malformed."""
    parts = urlsplit(url)
    scheme, _, kind = parts.scheme.partition("+")
    if not kind:
        return None
    service, asked = unquote(parts.path.strip("/")), {name: last for name, [*_, last] in parse_qs(parts.query).items()}
    if scheme not in ("redis", "rediss") or kind not in OPTIONS or (kind == "sentinel") != bool(service):
        raise ValueError("expected redis+sentinel://host,host/service or redis+cluster://host,host")
    if unknown := asked.keys() - OPTIONS[kind]:
        raise ValueError(f"unknown option {min(unknown)}")
    user, _, hosts = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    return Group(
        kind=cast("Literal['sentinel', 'cluster']", kind),
        hosts=tuple(_host(host, DEFAULT_PORT[kind]) for host in hosts.split(",")),
        service=service,
        login=_given(username=unquote(name), password=unquote(password)),
        sentinel_login=_given(username=asked.get("sentinel_username"), password=asked.get("sentinel_password")),
        db=int(asked.get("db", 0)),
        tls=scheme == "rediss",
    )


def connect(url: str, **options: Any) -> Redis:
    """A client with a pool; answers are bytes. One retry: every step of ours is idempotent.

    Without `socket_timeout`: with one redis-py waits through `asyncio.wait_for`, which in Python 3.11 swallows a
    cancellation that arrives with the answer. Whoever waits sets a limit. A Cluster's client has the same methods.
    """
    of = group(url)
    if url.startswith("unix:"):
        return Redis.from_url(url, **(_settings() | options))
    settings = _settings() | _tcp() | options
    if of is None:
        return Redis.from_url(url, **settings)
    if of.tls:
        settings["ssl"] = True
    if of.kind == "cluster":
        nodes = [ClusterNode(host, port) for host, port in of.hosts]
        return cast("Redis", Cluster(startup_nodes=nodes, **of.login, **settings))
    watchers = [settings | of.sentinel_login | {"host": host, "port": port} for host, port in of.hosts]
    return redis_sentinel.connect(of.service, watchers, settings | of.login | {"db": of.db})


def _settings() -> dict[str, Any]:
    return {
        "socket_timeout": None,
        "socket_connect_timeout": CONNECT_TIMEOUT_S,
        "retry": Retry(NoBackoff(), 1),
        "max_connections": MAX_CONNECTIONS,
    }


def _tcp() -> dict[str, Any]:
    return {"socket_keepalive": True, "socket_keepalive_options": NOTICE_DEATH}


def _host(text: str, default_port: int) -> tuple[str, int]:
    parts = urlsplit(f"//{text}")
    if not parts.hostname:
        raise ValueError("a host is missing")
    return parts.hostname, parts.port or default_port


def _given(**values: str | None) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}
