"""Reads what media nodes tell: paths and levels become facts on the timeline, the rest goes to the pages of the room.

Every signaling process reads every event. A fact is stored once, because its command id is the event's stream id.
A thin link is for the call: `quality` goes to physicians only, who look at it; `speaking`, an ornament, also to other
pages that receive video.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final, cast

from pydantic import ValidationError
from redis.asyncio import Redis

from clinic.commands import ReportLevel, ReportPathBack, ReportPathLost
from clinic.events import LevelChanged
from clinic.records import Applied, Refused
from clinic.store import UnknownConsultation
from clinic.unavailable import Unavailable
from media import contract as m
from signaling import protocol as p
from signaling.generations import Generations
from signaling.hub import Listener
from signaling.link_tests import TEST_ROOM
from signaling.offers import room_slots
from signaling.redis_client import BLOCK_MS, DOWN, READ_TIMEOUT_S, RETRY_DELAY_S
from signaling.services import Services
from signaling.welcome import is_video

REPLAYED_MS: Final = 60_000
"""Facts this much older than our start are taken in: perhaps nobody listened then. Older events tell of slots only."""

Fact = ReportPathLost | ReportPathBack | ReportLevel

log = logging.getLogger(__name__)


class MediaEvents:
    """The one reader of the nodes' events in this process."""

    def __init__(self, redis: Redis, services: Services) -> None:
        self._redis = redis
        self._services = services
        self._generations = Generations()
        self._facts: asyncio.Queue[tuple[m.MediaEvent, Fact]] = asyncio.Queue(m.STREAM_MAXLEN)
        """What was taken in and is not stored yet. Whoever starts anew reads it again."""
        self._facts_from_ms = int(services.now().timestamp() * 1000) - REPLAYED_MS

    async def run(self) -> None:
        """From the oldest event that is kept on, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._store_facts())
            last = b"0-0"
            while True:
                try:
                    last = await self._read(last)
                except DOWN:
                    await asyncio.sleep(RETRY_DELAY_S)

    async def _read(self, last: bytes) -> bytes:
        async with asyncio.timeout(READ_TIMEOUT_S):
            streams = await cast("Any", self._redis.xread({m.EVENTS: last}, count=500, block=BLOCK_MS))
        for _, entries in streams or ():
            for entry_id, fields in entries:
                await self._take(entry_id.decode(), fields.get(b"m", b""))
                last = entry_id
        return last

    async def _take(self, event_id: str, raw: bytes) -> None:
        """Tell pages at once. What is a fact waits its turn for the store, so that an order never waits for it."""
        try:
            event = m.media_event.validate_json(raw)
        except ValidationError:
            log.exception("unreadable event of a media node")
            return
        if event.room.startswith(TEST_ROOM):
            self._tell_test(event)
            return
        if self._generations.is_newest(event):
            self._tell(event)
        if int(event_id.partition("-")[0]) < self._facts_from_ms:
            return
        self._services.metrics.media_events.labels(event.type).inc()
        command = _fact(event_id, event)
        if command is not None:
            await self._facts.put((event, command))

    def _tell_test(self, event: m.MediaEvent) -> None:
        """To every page of the seat: the one that asked knows what for."""
        if not isinstance(event, m.Tested):
            return
        consultation = event.room.removeprefix(TEST_ROOM).partition("/")[0]
        found = p.Tested(down_bps=event.down_bps, down_loss=round(event.down_loss, 3), level=event.level)
        for page in self._services.hub.of_seat(consultation, event.participant):
            page.send(found)

    def _tell(self, event: m.MediaEvent) -> None:
        """To the sockets, and into the memory of slots. Not what an older session says: its node may not know yet."""
        s = self._services
        match event:
            case m.SlotsChanged():
                s.slots.changed(event)
                self._to_seat(event, p.Slots(slots=room_slots(event.slots)))
            case m.Speaking():
                speaking = p.Speaking(seat=event.participant, speaking=event.speaking)
                self._to_room(event, speaking, lambda page: page.is_physician or page.receives_video)
            case m.Quality():
                self._to_room(event, _quality(event), lambda page: page.is_physician)
            case m.Adapt():
                self._adapt(event)
            case m.LevelChanged(direction="down"):
                for page in self._pages_of(event):
                    page.receives_video = is_video(event.level)
            case m.Closed():
                s.slots.closed(event)
                if event.reason in ("expired", "dtls-failed", "node-stopping"):
                    self._to_seat(event, p.Renegotiate())
            case _:
                pass

    async def _store_facts(self) -> None:
        while True:
            await self._store(*await self._facts.get())

    async def _store(self, event: m.MediaEvent, command: Fact) -> None:
        """While the store is away, wait for it: facts keep their order."""
        while True:
            try:
                done = await self._services.store.execute(event.room, command, self._services.now())
            except Unavailable:
                await asyncio.sleep(RETRY_DELAY_S)
            except UnknownConsultation:
                log.warning("event of an unknown room", extra={"node": event.node_id})
                return
            else:
                self._count(done)
                return

    def _count(self, done: Applied | Refused) -> None:
        """A change of level, in the one process that made it a fact."""
        for fact in done.events if isinstance(done, Applied) else ():
            if isinstance(fact, LevelChanged):
                self._services.metrics.levels.labels(fact.direction, fact.level, fact.reason).inc()

    def _adapt(self, event: m.Adapt) -> None:
        message = _orders(event)
        for page in self._pages_of(event):
            self._services.metrics.adapts.inc()
            page.send(message)

    def _to_room(self, event: m.MediaEvent, message: p.Message, wants: Callable[[Listener], bool]) -> None:
        for page in self._services.hub.of(event.room):
            if wants(page):
                page.send(message)

    def _to_seat(self, event: m.MediaEvent, message: p.Message) -> None:
        for page in self._pages_of(event):
            page.send(message)

    def _pages_of(self, event: m.MediaEvent) -> list[Listener]:
        """The page that has this very media session."""
        pages = self._services.hub.of_seat(event.room, event.participant)
        return [page for page in pages if page.generation == event.generation]


def _fact(event_id: str, event: m.MediaEvent) -> Fact | None:
    """The command that an event stands for."""
    command_id = f"media-{event_id}"
    match event:
        case m.PathLost() | m.Closed(reason="expired" | "dtls-failed" | "node-stopping"):
            return ReportPathLost(command_id, event.participant, event.generation)
        case m.PathBack() | m.Connected():
            return ReportPathBack(command_id, event.participant, event.generation)
        case m.LevelChanged():
            return ReportLevel(
                command_id, event.participant, event.generation, event.direction, event.level, event.reason
            )
        case _:
            return None


def _orders(event: m.Adapt) -> p.Adapt:
    """A participant's id is its seat's."""
    return p.Adapt(
        epoch=event.epoch,
        level=event.level,
        video=p.VideoOrder(**event.video.model_dump()) if event.video else None,
        audio=p.AudioOrder(**event.audio.model_dump()) if event.audio else None,
        jitter_ms=event.jitter_ms,
        picture_ms=event.picture_ms,
        receives=tuple(p.Received(seat=r.participant, audio=r.audio, video=r.video) for r in event.receives),
    )


def _quality(event: m.Quality) -> p.Quality:
    """No more digits than a physician can use."""
    return p.Quality(
        seat=event.participant,
        rtt_ms=None if event.rtt_ms is None else round(event.rtt_ms),
        up_bps=event.up_bps,
        down_bps=event.down_bps,
        up_loss=round(event.up_loss, 3),
        down_loss=round(event.down_loss, 3),
        up_level=event.up_level,
        down_level=event.down_level,
        up_queue_ms=event.up_queue_ms,
        down_queue_ms=event.down_queue_ms,
        up_capacity_bps=event.up_capacity_bps,
        down_capacity_bps=event.down_capacity_bps,
    )
