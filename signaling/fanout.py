"""Wakes the sessions of this process: one pub/sub reader for the bells of all timelines and all claims of seats."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from clinic.keys import BELL
from clinic.unavailable import Unavailable
from signaling.hub import Hub
from signaling.presence import CLAIMS, Claim, Presence
from signaling.redis_client import DOWN, READ_TIMEOUT_S, RETRY_DELAY_S

PING_S: Final = 5.0


class Fanout:
    """Bells may be missed: a session reads after its own last event, and all bells ring after each (re)subscription."""

    def __init__(self, redis: Redis, hub: Hub, presence: Presence) -> None:
        self._redis = redis
        self._hub = hub
        self._presence = presence
        self.subscribed = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self._listen()
            except (*DOWN, Unavailable):
                self.subscribed.clear()
                await asyncio.sleep(RETRY_DELAY_S)

    async def _listen(self) -> None:
        async with self._redis.pubsub() as channels:
            async with asyncio.timeout(READ_TIMEOUT_S):
                await channels.subscribe(BELL, CLAIMS)
            asked = False
            while True:
                message = await channels.get_message(timeout=PING_S)
                if message is None:
                    await self._ask(channels, asked)
                else:
                    await self._take(message)
                asked = message is None

    async def _ask(self, channels: PubSub, asked: bool) -> None:
        """It was quiet: is Redis still there? The pong is a message too; without it the server hangs or is gone."""
        if asked:
            raise ConnectionError("no pong")
        async with asyncio.timeout(READ_TIMEOUT_S):
            await channels.ping()

    async def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "subscribe":
            await self._catch_up()
        elif message["type"] == "message" and message["channel"] == BELL.encode():
            self._hub.ring(message["data"].decode())
        elif message["type"] == "message":
            self._claimed(Claim.model_validate_json(message["data"]))

    async def _catch_up(self) -> None:
        """After a gap: every session looks for events, and those whose seat was taken meanwhile go."""
        self._hub.ring_all()
        for consultation in {session.consultation for session in self._hub}:
            holders = await self._presence.holders(consultation)
            for session in self._hub.of(consultation):
                if session.claim < holders.get(session.seat, 0):
                    session.superseded("")
        self.subscribed.set()

    def _claimed(self, claim: Claim) -> None:
        for session in self._hub.of_seat(claim.consultation, claim.seat):
            if session.claim < claim.claim:
                session.superseded(claim.client_id)
