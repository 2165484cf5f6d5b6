"""`hilo demo`: a whole Hilo on this machine with one appointment in it, and the two links to try it with."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Literal

import ifaddr

from clinic.records import NewSeat
from clinic.store import Store
from signaling import local, ports
from signaling.presence import Presence
from signaling.redis_client import connect
from signaling.settings import Settings

PHYSICIAN = "Dra. Carmen Rojas"
PATIENT = "María González"
REASON = "Control de presión arterial y dolor de cabeza desde hace una semana"
LENGTH = timedelta(minutes=60)


COMPANION = "Luis González"

Links = dict[Literal["patient_url", "physician_url", "companion_url"], str]


def free_settings(settings: Settings) -> Settings:
    """The settings moved to free ports and to a data directory of their own, except where the administrator chose."""
    chosen = settings.model_fields_set
    port = ports.next_free(settings.host, settings.port)
    block = ports.next_free_block(settings.media_ports)
    changes: dict[str, object] = {"port": port, "media_port": block.start, "media_processes": len(block)}
    if "data_dir" not in chosen:
        changes["data_dir"] = settings.data_dir / f"demo-{port}"
    if "media_public_ips" not in chosen:
        changes["media_public_ips"] = interface_addresses()
    return settings.model_copy(update=changes)


def interface_addresses() -> tuple[str, ...]:
    """This machine's addresses, loopback last, so that browsers on it and in its network reach the media ports."""
    found = [ip for adapter in ifaddr.get_adapters() for ip in adapter.ips if ip.is_IPv4]
    return (*dict.fromkeys(str(ip.ip) for ip in found if not str(ip.ip).startswith("127.")), "127.0.0.1")


async def seed(redis_url: str, base_url: str, now: datetime, companion: bool) -> Links:
    """Put one appointment into the clinic; the links hold the join tokens of its seats."""
    seats = [NewSeat("patient", PATIENT), NewSeat("physician", PHYSICIAN)]
    if companion:
        seats.append(NewSeat("companion", COMPANION))
    async with connect(redis_url) as redis:
        store = Store(redis)
        created = await store.create_consultation(starts_at=now, ends_at=now + LENGTH, reason=REASON, seats=seats)
        tokens = {seat.role: await store.issue_link(created.consultation, seat.id) for seat in created.seats}
    links: Links = {
        "patient_url": f"{base_url}/join/{tokens['patient']}",
        "physician_url": f"{base_url}/console/{tokens['physician']}",
    }
    return links | {"companion_url": f"{base_url}/join/{tokens['companion']}"} if companion else links


async def prepare(settings: Settings, redis_url: str, companion: bool) -> Links:
    """Seed as soon as the store answers, and return the links once the server is ready for them."""
    await wait_for_store(redis_url)
    links = await seed(redis_url, settings.base_url, datetime.now(UTC), companion)
    await wait_until_served(settings)
    return links


async def wait_for_store(redis_url: str, interval_s: float = 0.1) -> None:
    """Return once the store answers."""
    async with connect(redis_url) as redis:
        presence = Presence(redis)
        while not await presence.is_reachable():  # noqa: ASYNC110 (another process has no Event)
            await asyncio.sleep(interval_s)


async def wait_until_served(settings: Settings, interval_s: float = 0.1) -> None:
    """Return once `/readyz` answers 200."""
    url = local.url(settings, "/readyz")
    async with local.client() as http:
        while not await local.answers(http, url):  # noqa: ASYNC110 (another process has no Event)
            await asyncio.sleep(interval_s)


def as_text(links: Links) -> str:
    """What a person reads on the terminal."""
    names = {
        "patient_url": f"{PATIENT} (patient)",
        "physician_url": f"{PHYSICIAN} (physician)",
        "companion_url": f"{COMPANION} (companion)",
    }
    shown = "".join(f"\n  {names[which]}:\n    {url}\n" for which, url in links.items())
    return f"{shown}\nOpen each in a window of its own. Ctrl-C ends the demo.\n"


def as_json(links: Links) -> str:
    """The same as one line."""
    return json.dumps(links)
