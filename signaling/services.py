"""What sessions work with: built once in signaling/server.py and passed on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from clinic.store import Store
from signaling.diarist import Diarist
from signaling.hub import Hub
from signaling.limits import Addresses, PollingSeats
from signaling.media_link import MediaLink
from signaling.metrics import Metrics
from signaling.nodes import Nodes
from signaling.office import Office
from signaling.presence import Presence
from signaling.protocol import IceServer
from signaling.slot_memory import SlotMemory
from signaling.waiting_rooms import WaitingRooms
from signaling.welcome import Place

GREETINGS_AT_ONCE: Final = 16
"""When a district's power returns, pages give up together if all of them are greeted equally slowly."""


@dataclass(frozen=True)
class Services:
    office: Office
    store: Store
    hub: Hub
    presence: Presence
    nodes: Nodes
    link: MediaLink
    metrics: Metrics
    place: Place
    rooms: WaitingRooms
    diarist: Diarist
    ice_servers: Callable[[], tuple[IceServer, ...]]
    """Fresh credentials for one page."""
    monotonic_s: Callable[[], float]
    slots: SlotMemory = field(default_factory=SlotMemory)
    addresses: Addresses = field(default_factory=Addresses)
    polling_seats: PollingSeats = field(default_factory=PollingSeats)
    greetings: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(GREETINGS_AT_ONCE))
    """For one page from its hello to its welcome, first come first served."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
