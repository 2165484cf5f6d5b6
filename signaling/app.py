"""The HTTP side of signaling: routes, who may open a socket, and what probes and Prometheus ask for."""

from __future__ import annotations

import asyncio
import logging
from ipaddress import ip_address
from typing import Final

from aiohttp import WSCloseCode, web
from aiohttp.abc import AbstractAccessLogger
from prometheus_client import CONTENT_TYPE_LATEST

from signaling import protocol as p
from signaling.connection import HEARTBEAT_S, Connection
from signaling.pages import Pages
from signaling.services import Services

HARD_LIMIT_BYTES: Final = 2 * p.MAX_MESSAGE_BYTES
"""Above `MAX_MESSAGE_BYTES` we answer `too-large`; above this the socket is closed unread, code 1009."""

CLOSE_WAIT_S: Final = 2.0
"""For the page's close frame: a queue of 2G is about that long."""


class Gate:
    """Accepts WebSockets, and closes them all when the process drains."""

    def __init__(self, services: Services, origins: frozenset[str]) -> None:
        self._services = services
        self._origins = origins
        self._connections: dict[Connection, asyncio.Task[None] | None] = {}
        self.draining = False

    async def accept(self, request: web.Request) -> web.StreamResponse:
        """The handler of `/ws`; it owns the connection until it is closed."""
        origin = request.headers.get("Origin")
        if origin is not None and origin not in self._origins:
            return self._refuse("origin", 403)
        if self.draining:
            return self._refuse("draining", 503)
        remote = remote_of(request)
        if not self._services.addresses.open(remote, self._services.monotonic_s()):
            return self._refuse("address", 429)
        try:
            return await self._serve(request, remote)
        finally:
            self._services.addresses.close(remote)

    async def drain(self) -> None:
        """Let every socket finish the message in hand and close it with 1001."""
        self.draining = True
        tasks = [task for task in self._connections.values() if task is not None]
        await asyncio.gather(*(connection.drain(p.CLOSE_GOING_AWAY) for connection in list(self._connections)))
        if tasks:
            await asyncio.wait(tasks, timeout=CLOSE_WAIT_S)

    async def _serve(self, request: web.Request, remote: str) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(timeout=CLOSE_WAIT_S, heartbeat=HEARTBEAT_S, max_msg_size=HARD_LIMIT_BYTES)
        await socket.prepare(request)
        connection = Connection(self._services, socket, remote)
        self._connections[connection] = asyncio.current_task()
        try:
            await connection.serve()
        finally:
            del self._connections[connection]
            if request.transport is not None and socket.close_code == WSCloseCode.ABNORMAL_CLOSURE:
                request.transport.abort()
        return socket

    def _refuse(self, why: str, status: int) -> web.Response:
        self._services.metrics.refused_sockets.labels(why).inc()
        return web.Response(status=status)


class Probes:
    """`/healthz`, `/readyz` and `/metrics`."""

    def __init__(self, services: Services, gate: Gate) -> None:
        self._services = services
        self._gate = gate

    async def healthz(self, request: web.Request) -> web.Response:
        """The process is up."""
        return web.json_response({"status": "ok"})

    async def readyz(self, request: web.Request) -> web.Response:
        """200 when a consultation could begin here now; else 503 with what is missing."""
        missing = {
            "store": not await self._services.presence.is_reachable(),
            "media": self._services.nodes.least_loaded() is None,
            "draining": self._gate.draining,
        }
        wrong = [name for name, is_missing in missing.items() if is_missing]
        return web.json_response(
            {"status": "not ready" if wrong else "ok", "missing": wrong}, status=503 if wrong else 200
        )

    async def metrics(self, request: web.Request) -> web.Response:
        return web.Response(body=self._services.metrics.render(), headers={"Content-Type": CONTENT_TYPE_LATEST})


class AccessLog(AbstractAccessLogger):
    """A line per request with the route's name in place of the path: paths hold join tokens."""

    @property
    def enabled(self) -> bool:
        return self.logger.isEnabledFor(logging.DEBUG)

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        route = request.match_info.route.name if isinstance(request, web.Request) else None
        fields = {"route": route or "unknown", "status": response.status, "ms": round(time * 1000)}
        self.logger.debug("request", extra=fields)


def make_app(services: Services, pages: Pages, gate: Gate) -> web.Application:
    """All routes."""
    app = web.Application()
    probes = Probes(services, gate)
    app.router.add_get("/ws", gate.accept, name="ws")
    app.router.add_get("/healthz", probes.healthz, name="healthz")
    app.router.add_get("/readyz", probes.readyz, name="readyz")
    app.router.add_get("/metrics", probes.metrics, name="metrics")
    pages.add_routes(app)
    return app


def remote_of(request: web.Request) -> str:
    """The page's address. Behind a TLS front on this machine or in its private network, what that front says."""
    remote = request.remote or "127.0.0.1"
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    if not forwarded or ip_address(remote.partition("%")[0]).is_global:
        return remote
    try:
        return str(ip_address(forwarded))
    except ValueError:
        return remote
