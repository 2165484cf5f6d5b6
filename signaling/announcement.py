"""What `hilo serve` tells its administrator at the first start: the link that makes the first account."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Final

from clinic.unavailable import Unavailable
from signaling.ready import wait_for_store, wait_until_served
from signaling.redis_client import connect
from signaling.settings import Settings

RETRY_S: Final = 1.0


async def set_up(settings: Settings, redis_url: str) -> None:
    """Print it once the server is ready for it, as long as nobody works here. To standard output alone: whoever has the
    link has the clinic."""
    await wait_for_store(redis_url)
    await wait_until_served(settings)
    while True:
        try:
            link = await setup_link(settings, redis_url)
        except Unavailable:
            await asyncio.sleep(RETRY_S)
        else:
            break
    if link is not None:
        print(text(link), flush=True)


def text(link: str) -> str:
    """What a person reads on the terminal or in the journal."""
    return (
        "\n  Nobody works here yet. Make the first administrator's account at\n\n"
        f"    {link}\n\n"
        "  within 24 hours, once. A new start prints a new link.\n"
    )


async def setup_link(settings: Settings, redis_url: str) -> str | None:
    """A new link, and the one before is worth nothing; None when somebody works here. Raises Unavailable."""
    from signaling.office import open_office  # loaded once all else runs: it takes a second

    async with connect(redis_url) as redis:
        office = open_office(settings, redis, lambda: datetime.now(UTC))
        try:
            await office.vault.claim()
            token = await office.roster.issue_setup_link(office.now())
        finally:
            office.hasher.close()
    return f"{settings.base_url}/setup#{token}" if token else None
