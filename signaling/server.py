"""The composition root of a signaling process: builds every service, serves until SIGTERM, then drains."""

from __future__ import annotations

import asyncio
import logging
import secrets
import signal
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from aiohttp import web
from redis.asyncio import Redis

from clinic.unavailable import Unavailable
from signaling.api.gate import ApiGate
from signaling.api.table import routes
from signaling.app import AccessLog, Gate, Probes, make_app
from signaling.clock import Clock
from signaling.diarist import Diarist
from signaling.door import Door
from signaling.fanout import Fanout
from signaling.hub import Hub
from signaling.keeper import Keeper
from signaling.media_events import MediaEvents
from signaling.media_link import MediaLink
from signaling.metrics import Metrics
from signaling.node_loss import NodeLoss
from signaling.nodes import Nodes
from signaling.office import Office, open_office
from signaling.pages import WEB, Pages
from signaling.polling import Polling
from signaling.presence import Presence
from signaling.protocol import IceServer
from signaling.redis_client import connect
from signaling.services import Services
from signaling.settings import Settings
from signaling.turn import ice_servers
from signaling.usher import Usher
from signaling.waiting_rooms import WaitingRooms
from signaling.welcome import Place

log = logging.getLogger(__name__)


async def run(settings: Settings, redis_url: str) -> None:
    """Serve until SIGTERM or SIGINT, then drain: no new sockets, acknowledgements in flight are sent, 1001 to all."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with serving(settings, redis_url):
        log.info("signaling serves", extra={"host": settings.host, "port": settings.port})
        await stop.wait()
        log.info("signaling drains")


@asynccontextmanager
async def serving(
    settings: Settings,
    redis_url: str,
    monotonic_s: Callable[[], float] = time.monotonic,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> AsyncIterator[Services]:
    """A whole signaling process inside this event loop; leaving the context drains it."""
    redis = connect(redis_url)
    services = build(settings, redis, monotonic_s, now)
    door = Door(services, settings.origins)
    gate, polling = Gate(services, door), Polling(services, door)
    app = make_app(Pages(WEB, settings.base_url), gate, polling, Probes(services, door))
    api = ApiGate(
        services.office,
        settings.origins,
        services.addresses,
        monotonic_s,
        secure=settings.base_url.startswith("https:"),
        services=services,
    )
    api.add_routes(app, routes(api))
    runner = web.AppRunner(
        app,
        access_log_class=AccessLog,
        handle_signals=False,
        shutdown_timeout=1.0,
    )
    await runner.setup()
    try:
        async with asyncio.TaskGroup() as group:
            background = [group.create_task(work) for work in _background(redis, services)]
            site = web.TCPSite(runner, settings.host, settings.port, ssl_context=settings.ssl_context())
            await site.start()
            yield services
            services.hub.close()
            await site.stop()
            door.draining = True
            await asyncio.gather(gate.drain(), polling.drain())
            for task in background:
                task.cancel()
    finally:
        await runner.cleanup()
        services.office.hasher.close()
        await redis.aclose()


def build(settings: Settings, redis: Redis, monotonic_s: Callable[[], float], now: Callable[[], datetime]) -> Services:
    """Every service of a process, by constructor."""
    nodes = Nodes(redis)
    secret = settings.turn_secret.get_secret_value() if settings.turn_secret else None

    def credentials() -> tuple[IceServer, ...]:
        return ice_servers(settings.turn_urls, secret, settings.turn_ttl_s, time.time())

    office = open_office(settings, redis, now)
    rooms = WaitingRooms(office)
    return Services(
        office=office,
        store=office.store,
        hub=Hub(),
        presence=Presence(redis),
        nodes=nodes,
        link=MediaLink(redis, nodes, signaling_id=secrets.token_hex(8)),
        metrics=Metrics(lambda: nodes.alive),
        place=Place(settings.clinic_name, office.zone),
        rooms=rooms,
        diarist=Diarist(office, rooms),
        ice_servers=credentials,
        monotonic_s=monotonic_s,
        now=now,
    )


def _background(redis: Redis, services: Services) -> tuple[Coroutine[None, None, None], ...]:
    """What runs beside the sockets for as long as the process does."""
    loss = NodeLoss(services)

    def node_died(life: str) -> None:
        services.link.node_died(life)
        loss.node_died(life)

    return (
        services.nodes.run(node_died),
        loss.run(),
        services.link.run(),
        MediaEvents(redis, services).run(),
        Fanout(redis, services.hub, services.presence).run(),
        Clock(services).run(),
        Usher(services).run(),
        services.diarist.run(),
        Keeper(services.office).run(),
        found(services.office),
    )


async def found(office: Office, retry_s: float = 1.0) -> None:
    """Once Redis answers: is it this clinic's, and has it a consent text? MasterKeyError ends the process."""
    while True:
        try:
            await office.vault.claim()
            await office.consent_texts.found(office.now())
        except Unavailable:
            await asyncio.sleep(retry_s)
        else:
            return
