"""How far one page has read the timeline of its consultation, and what comes next for it."""

from __future__ import annotations

import asyncio

from clinic.consultation import Seat
from clinic.records import Page, SeatLink
from signaling import protocol as p
from signaling.services import Services
from signaling.texts import Lang
from signaling.welcome import stored_events, welcome


class Timeline:
    """One reader. Its methods may raise `Unavailable`, and then have read nothing."""

    def __init__(self, services: Services, link: SeatLink, lang: Lang, after: str | None) -> None:
        self._services = services
        self._link = link
        self._lang = lang
        self._after = after
        self._reading = asyncio.Lock()
        self._behind = False
        """The page was given a part only, and fetches the rest before it gets anything new."""

    async def welcome(self) -> tuple[p.Welcome, Seat]:
        """The answer to a hello, and the seat that said it."""
        s = self._services
        async with self._reading:
            snapshot = await s.store.load(self._link.consultation)
            page = await self._read(self._after)
            self._behind = page.more
        seat = snapshot.consultation.seat(self._link.seat)
        assert seat is not None, "links are issued for seats that exist"
        return welcome(snapshot, seat, page, self._lang, s.place, s.ice_servers()), seat

    async def fetch(self, after: str | None) -> p.Events:
        """What comes after an event that the page names; it reads on from there."""
        async with self._reading:
            page = await self._read(after)
            self._behind = page.more
        return _events(page)

    async def new(self) -> p.Events | None:
        """What came since the last one that was read; None when there is nothing, or older ones are to be fetched."""
        async with self._reading:
            page = None if self._behind else await self._read(self._after)
        return _events(page) if page is not None and page.events else None

    async def _read(self, after: str | None) -> Page:
        page = await self._services.store.events_after(self._link.consultation, after, p.PAGE_EVENTS)
        self._after = page.events[-1].id if page.events else after
        return page


def _events(page: Page) -> p.Events:
    return p.Events(events=stored_events(page.events), more=page.more)
