"""Breaks a promise on purpose, in the real store at the end of a run: the checker must find it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final, Literal, cast, get_args

from redis.asyncio import Redis

from chaos.check_words import acknowledged
from chaos.history import History, Said
from clinic import keys
from clinic.events import Ended

Planted = Literal["lost", "doubled", "reordered", "ended"]
KINDS: Final = get_args(Planted)


async def plant(redis: Redis, history: History, kinds: Sequence[Planted]) -> str:
    """Do these to acknowledged chat messages of the run, each to its own; what was done."""
    acks = acknowledged(history)
    victims = (said for said in history.said if said.kind == "chat" and said.id in acks)
    return ", ".join([await _plant(redis, kind, said) for kind, said in zip(kinds, victims, strict=False)])


async def _plant(redis: Redis, kind: Planted, said: Said) -> str:
    timeline = keys.timeline(said.consultation)
    if kind == "ended":
        await redis.xadd(timeline, {"e": Ended(by="clock", reason="expired").model_dump_json()})
        return f"{said.consultation} ended"
    entry_id, fields = await _entry(redis, timeline, said)
    if kind != "doubled":
        await redis.xdel(timeline, entry_id)
    if kind != "lost":
        await redis.xadd(timeline, fields)
    return f"{said.id} {kind}"


async def _entry(redis: Redis, timeline: str, said: Said) -> tuple[bytes, Any]:
    for entry_id, fields in await cast("Any", redis.xrange(timeline)):
        if json.loads(fields[b"e"]).get("command_id") == said.id:
            return entry_id, fields
    raise LookupError(f"{said.id} was acknowledged and is not there")
