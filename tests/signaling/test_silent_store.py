"""A store that says nothing more, but keeps its connections: noticed by the pong that does not come."""

from __future__ import annotations

import asyncio

import pytest
from eventually import eventually

from signaling import fanout
from signaling.fanout import Fanout
from signaling.hub import Hub
from signaling.presence import Presence
from signaling.redis_client import connect
from valkey_process import ValkeyProcess


async def test_listens_anew_after_a_hang(own_valkey: ValkeyProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanout, "PING_S", 0.2)
    async with connect(own_valkey.url) as redis:
        bells = Fanout(redis, Hub(), Presence(redis))
        task = asyncio.create_task(bells.run())
        await eventually(bells.subscribed.is_set, "it listens")
        own_valkey.pause()
        await eventually(lambda: not bells.subscribed.is_set(), "the silence is noticed")
        own_valkey.resume()
        await eventually(bells.subscribed.is_set, "it listens again")
        task.cancel()
        await asyncio.wait([task])
