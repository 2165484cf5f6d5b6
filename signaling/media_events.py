"""Reads what media nodes tell: paths become facts on the timeline, the rest goes to the pages of the room.

Every signaling process reads every event. A fact is stored once, because its command id is the event's stream id.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final, cast

from pydantic import ValidationError
from redis.asyncio import Redis

from clinic.commands import ReportPathBack, ReportPathLost
from clinic.store import UnknownConsultation
from clinic.unavailable import Unavailable
from media import contract as m
from signaling import protocol as p
from signaling.offers import room_slots
from signaling.redis_client import BLOCK_MS, DOWN, READ_TIMEOUT_S, RETRY_DELAY_S
from signaling.services import Services

REPLAYED_MS: Final = 60_000
"""Facts this much older than our start are taken in: perhaps nobody listened then. Older events tell of slots only."""

log = logging.getLogger(__name__)


class MediaEvents:
    """The one reader of the nodes' events in this process."""

    def __init__(self, redis: Redis, services: Services) -> None:
        self._redis = redis
        self._services = services
        self._facts_from_ms = int(services.now().timestamp() * 1000) - REPLAYED_MS

    async def run(self) -> None:
        """From the oldest event that is kept on, until cancelled."""
        last = b"0-0"
        while True:
            try:
                last = await self._read(last)
            except (*DOWN, Unavailable):
                await asyncio.sleep(RETRY_DELAY_S)

    def node_died(self, life: str) -> None:
        """Every page whose media was there makes a new session, unasked."""
        for session in self._services.hub:
            if session.life == life:
                session.life = None
                session.send(p.Renegotiate())

    async def _read(self, last: bytes) -> bytes:
        async with asyncio.timeout(READ_TIMEOUT_S):
            streams = await cast("Any", self._redis.xread({m.EVENTS: last}, count=500, block=BLOCK_MS))
        for _, entries in streams or ():
            for entry_id, fields in entries:
                await self._take(entry_id.decode(), fields.get(b"m", b""))
                last = entry_id
        return last

    async def _take(self, event_id: str, raw: bytes) -> None:
        """Take in one event; while the store is away, wait for it, so that facts keep their order."""
        try:
            event = m.media_event.validate_json(raw)
        except ValidationError:
            log.exception("unreadable event of a media node")
            return
        self._tell(event)
        if int(event_id.partition("-")[0]) < self._facts_from_ms:
            return
        self._services.metrics.media_events.labels(event.type).inc()
        await self._store(event_id, event)

    def _tell(self, event: m.MediaEvent) -> None:
        """To the sockets, and into the memory of slots."""
        s = self._services
        match event:
            case m.SlotsChanged():
                s.slots.changed(event)
                self._to_seat(event, p.Slots(slots=room_slots(event.slots)))
            case m.Speaking():
                self._to_room(event, p.Speaking(seat=event.participant, speaking=event.speaking))
            case m.Quality():
                self._to_room(event, _quality(event))
            case m.Closed():
                s.slots.closed(event)
                if event.reason in ("expired", "dtls-failed", "node-stopping"):
                    self._to_seat(event, p.Renegotiate())
            case _:
                pass

    async def _store(self, event_id: str, event: m.MediaEvent) -> None:
        command = _fact(event_id, event)
        if command is None:
            return
        while True:
            try:
                await self._services.store.execute(event.room, command, self._services.now())
            except Unavailable:
                await asyncio.sleep(RETRY_DELAY_S)
            except UnknownConsultation:
                log.warning("event of an unknown room", extra={"node": event.node_id})
                return
            else:
                return

    def _to_room(self, event: m.MediaEvent, message: p.Message) -> None:
        for session in self._services.hub.of(event.room):
            session.send(message)

    def _to_seat(self, event: m.MediaEvent, message: p.Message) -> None:
        """To the page that has this very media session."""
        for session in self._services.hub.of_seat(event.room, event.participant):
            if session.generation == event.generation:
                session.send(message)


def _fact(event_id: str, event: m.MediaEvent) -> ReportPathLost | ReportPathBack | None:
    """The command that an event stands for."""
    command_id = f"media-{event_id}"
    match event:
        case m.PathLost() | m.Closed(reason="expired" | "dtls-failed" | "node-stopping"):
            return ReportPathLost(command_id, event.participant, event.generation)
        case m.PathBack() | m.Connected():
            return ReportPathBack(command_id, event.participant, event.generation)
        case _:
            return None


def _quality(event: m.Quality) -> p.Quality:
    return p.Quality(
        seat=event.participant,
        rtt_ms=event.rtt_ms,
        up_bps=event.up_bps,
        down_bps=event.down_bps,
        up_loss=event.up_loss,
        down_loss=event.down_loss,
    )
