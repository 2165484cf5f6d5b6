"""A consultation with other seats than the demo's, put into the running demo's store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from redis.asyncio import Redis

from clinic.consultation import Role
from clinic.records import NewSeat
from e2e.demo import Demo
from signaling.embedded import running_url
from stores import served_store

PATHS: dict[Role, str] = {"patient": "join", "companion": "join", "physician": "console"}
NAMES: dict[Role, str] = {"patient": "Luisa Prueba", "companion": "Pedro Prueba", "physician": "Dra. Ana Prueba"}


@dataclass(frozen=True)
class Appointment:
    """The token of each role's join link, and the links themselves."""

    tokens: dict[Role, str]
    urls: dict[Role, str]


async def appointment(server: Demo) -> Appointment:
    """One patient, one companion and one physician, now. Their names and tokens may not show up in the log."""
    url = running_url(server.data_dir)
    assert url is not None
    async with Redis.from_url(url) as redis:
        store = served_store(redis, server.data_dir)
        now = datetime.now(UTC)
        created = await store.create_consultation(
            starts_at=now,
            ends_at=now + timedelta(minutes=30),
            reason="Una prueba con tres personas",
            seats=[NewSeat(role, name) for role, name in NAMES.items()],
        )
        tokens = {seat.role: await store.issue_link(created.consultation, seat.id) for seat in created.seats}
    server.secrets.extend([*tokens.values(), *NAMES.values(), "Una prueba con tres personas"])
    return Appointment(tokens, {role: f"{server.origin}/{PATHS[role]}/{token}" for role, token in tokens.items()})
