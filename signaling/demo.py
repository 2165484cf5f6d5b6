"""`hilo demo`: a whole Hilo on this machine with one appointment in it, and the two links to try it with."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Literal

import ifaddr

from signaling import ports
from signaling.demo_clinic import COMPANION, PATIENT, PHYSICIAN, STAFF, make
from signaling.office import open_office
from signaling.ready import wait_for_store, wait_until_served
from signaling.redis_client import connect
from signaling.settings import Settings

Links = dict[Literal["patient_url", "physician_url", "companion_url", "staff_url", "sign_in", "password"], str]
"""`staff_url` is where `sign_in` and `password` are typed; all staff of the demo have that password."""


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


async def seed(settings: Settings, redis_url: str, now: datetime, companion: bool) -> Links:
    """Put a clinic with one appointment into the store; the links hold the join tokens of its seats."""
    async with connect(redis_url) as redis:
        office = open_office(settings, redis, lambda: now)
        made = await make(office, now, companion)
        office.hasher.close()
    base_url = settings.base_url
    links: Links = {
        "patient_url": f"{base_url}/join/{made.tokens['patient']}",
        "physician_url": f"{base_url}/console/{made.tokens['physician']}",
        "staff_url": f"{base_url}/enter",
        "sign_in": STAFF[0].sign_in,
        "password": made.password,
    }
    return links | {"companion_url": f"{base_url}/join/{made.tokens['companion']}"} if companion else links


async def prepare(settings: Settings, redis_url: str, companion: bool) -> Links:
    """Seed as soon as the store answers, and return the links once the server is ready for them."""
    await wait_for_store(redis_url)
    links = await seed(settings, redis_url, datetime.now(UTC), companion)
    await wait_until_served(settings)
    return links


def as_text(links: Links) -> str:
    """What a person reads on the terminal."""
    names = {
        "patient_url": f"{PATIENT} (patient)",
        "physician_url": f"{PHYSICIAN} (physician), for this call alone",
        "companion_url": f"{COMPANION} (companion)",
        "staff_url": f"{PHYSICIAN} (physician and administrator), the whole console",
    }
    shown = "".join(f"\n  {name}:\n    {links[which]}\n" for which, name in names.items() if which in links)
    signing = f"    sign in as {links['sign_in']} with: {links['password']}\n" if "password" in links else ""
    return f"{shown}{signing}\nOpen each in a window of its own. Ctrl-C ends the demo.\n"


def as_json(links: Links) -> str:
    """The same as one line."""
    return json.dumps(links)
