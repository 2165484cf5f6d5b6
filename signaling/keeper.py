"""Once a day one process deletes what has been kept long enough and anchors the audit (clinic/holdings/keeping.py)."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from typing import Final

from clinic.unavailable import Unavailable
from signaling.office import Office

log = logging.getLogger(__name__)

FIRST_AFTER_S: Final = 60.0
"""A process that has just started has better things to do."""

EVERY_S: Final = 600.0
"""To look whether the day's round is done. A few minutes after an erasure the append-only file is rewritten."""


class Keeper:
    """The rounds of one signaling process."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def run(self) -> None:
        """Until cancelled."""
        await asyncio.sleep(FIRST_AFTER_S)
        while True:
            try:
                await self.look()
            except Unavailable:
                log.warning("the store is away")
            await asyncio.sleep(EVERY_S)

    async def look(self) -> None:
        """The day's round, if it is to be done. May raise `Unavailable`."""
        done = await self._office.keeping.today(self._office.now())
        if done is not None:
            counts = Counter(held.data_class for held in done.deleted)
            log.info("retention", extra={"deleted": dict(counts), "anchor": str(done.anchor or "")})
