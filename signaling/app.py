"""The HTTP side of signaling: routes, WebSockets, and what probes and Prometheus ask for."""

from __future__ import annotations

import asyncio
import logging
import socket
from contextlib import suppress
from typing import Final

from aiohttp import ClientConnectionResetError, WSCloseCode, web
from aiohttp.abc import AbstractAccessLogger
from prometheus_client import CONTENT_TYPE_LATEST

from signaling import protocol as p
from signaling.connection import HEARTBEAT_S, Connection
from signaling.door import Door, Shut
from signaling.pages import Pages
from signaling.polling import Polling
from signaling.services import Services

HARD_LIMIT_BYTES: Final = 2 * p.MAX_MESSAGE_BYTES
"""Above `MAX_MESSAGE_BYTES` we answer `too-large`; above this the socket is closed unread, code 1009."""

THIN_LINEAR_TIMEOUTS: Final = 16
"""Linux's TCP_THIN_LINEAR_TIMEOUTS; the socket module does not name it."""

UNSENT_BYTES: Final = 32 * 1024
"""More than a thin link takes in a second waits in our own queue (outgoing.py), which knows what can be left out."""

CLOSE_WAIT_S: Final = 2.0
"""For the page's close frame: a queue of 2G is about that long."""


class Gate:
    """Accepts WebSockets, and closes them all when the process drains."""

    def __init__(self, services: Services, door: Door) -> None:
        self._services = services
        self._door = door
        self._connections: dict[Connection, asyncio.Task[None] | None] = {}

    async def accept(self, request: web.Request) -> web.StreamResponse:
        """The handler of `/ws`; it owns the connection until it is closed."""
        try:
            with self._door.entered(request, self._services.addresses.open) as remote:
                return await self._serve(request, remote)
        except Shut as shut:
            self._services.metrics.refused_sockets.labels(shut.why).inc()
            return web.Response(status=shut.status)
        except ClientConnectionResetError:  # a page that gave up before its turn: many do when a district comes back
            self._services.metrics.refused_sockets.labels("gone").inc()
            return web.Response()

    async def drain(self) -> None:
        """Let every socket finish the message in hand and close it with 1001."""
        tasks = [task for task in self._connections.values() if task is not None]
        await asyncio.gather(*(connection.drain(p.CLOSE_GOING_AWAY) for connection in list(self._connections)))
        if tasks:
            await asyncio.wait(tasks, timeout=CLOSE_WAIT_S)

    async def _serve(self, request: web.Request, remote: str) -> web.WebSocketResponse:
        answer = web.WebSocketResponse(  # permessage-deflate (RFC 7692): Chromium's offer shrinks from 11.9 to 1.8 kB
            timeout=CLOSE_WAIT_S, heartbeat=HEARTBEAT_S, max_msg_size=HARD_LIMIT_BYTES, compress=True
        )
        await answer.prepare(request)
        tune(request.transport)
        connection = Connection(self._services, answer, remote)
        self._connections[connection] = asyncio.current_task()
        try:
            await connection.serve()
        finally:
            del self._connections[connection]
            if request.transport is not None and answer.close_code == WSCloseCode.ABNORMAL_CLOSURE:
                request.transport.abort()
        return answer


def tune(transport: asyncio.Transport | None) -> None:
    """For orders that must get through a jam (tcp(7)): resend a lost segment at a steady pace, not twice as late each
    time, and keep little unsent in the kernel, where nothing overtakes it and a slow reader holds megabytes.
    """
    sock = transport.get_extra_info("socket") if transport is not None else None
    if sock is not None:
        with suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, THIN_LINEAR_TIMEOUTS, 1)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)


class Probes:
    """`/healthz`, `/readyz` and `/metrics`."""

    def __init__(self, services: Services, door: Door) -> None:
        self._services = services
        self._door = door

    async def healthz(self, request: web.Request) -> web.Response:
        """The process is up."""
        return web.json_response({"status": "ok"})

    async def readyz(self, request: web.Request) -> web.Response:
        """200 when a consultation could begin here now; else 503 with what is missing."""
        missing = {
            "store": not await self._services.presence.is_reachable(),
            "media": self._services.nodes.least_loaded() is None,
            "draining": self._door.draining,
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


def make_app(pages: Pages, gate: Gate, polling: Polling, probes: Probes) -> web.Application:
    """All routes."""
    app = web.Application()
    app.router.add_get("/ws", gate.accept, name="ws")
    app.router.add_post("/poll", polling.accept, name="poll")
    app.router.add_get("/healthz", probes.healthz, name="healthz")
    app.router.add_get("/readyz", probes.readyz, name="readyz")
    app.router.add_get("/metrics", probes.metrics, name="metrics")
    pages.add_routes(app)
    return app
