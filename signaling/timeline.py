"""How far one page has read the timeline of its consultation, and what comes next for it.

Events of the physicians' private note are for their pages only, and only those that a welcome's state does not hold
already. They are passed over here: a page never sees the id of what it is not told.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from clinic.consultation import Seat
from clinic.events import HandedOver, Invited, NoteSaved
from clinic.records import Page, SeatLink, Snapshot, Stored
from signaling import protocol as p
from signaling.cast import named
from signaling.consent import asked
from signaling.parsing import ProtocolError
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
        self._is_physician: bool | None = None
        """None: nobody asked yet."""
        self._upto = (0, 0)
        """What the page's state was made of."""

    async def welcome(self) -> tuple[p.Welcome, Seat]:
        """The answer to a hello, and the seat that said it. Raises ProtocolError where it was taken back."""
        s = self._services
        async with self._reading:
            snapshot, first = await asyncio.gather(self._load(), self._events(self._after))
            self._upto = _order(snapshot.upto) if snapshot.upto else (0, 0)
            page = await self._shown(first, self._after)
            self._behind = page.more
        snapshot = replace(snapshot, consultation=await named(s.office, snapshot.consultation))
        seat = _seat(snapshot, self._link)
        if seat.revoked:
            raise ProtocolError("seat-revoked")
        missing = await asked(s.office, snapshot.consultation, seat, self._lang)
        place = s.place.named((await s.office.profiles.newest()).profile.name)
        return welcome(snapshot, seat, page, missing, place, s.ice_servers()), seat

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

    async def seat(self) -> Seat:
        """The page's own, as it is now."""
        return _seat(await self._load(), self._link)

    async def _read(self, after: str | None) -> Page:
        return await self._shown(await self._events(after), after)

    async def _shown(self, page: Page, after: str | None) -> Page:
        """What of a page is for this one. Reads on where that is nothing: an empty page would look like the end."""
        while True:
            if self._is_physician is None and any(isinstance(stored.event, NoteSaved) for stored in page.events):
                await self._load()
            shown = tuple(filter(self._is_for_page, page.events))
            after = page.events[-1].id if page.events else after
            if shown or not page.more:
                self._after = after
                return Page(await self._named(shown), page.more)
            page = await self._events(after)

    async def _named(self, events: tuple[Stored, ...]) -> tuple[Stored, ...]:
        """Who came, by name: facts hold seats only."""
        if not any(isinstance(stored.event, Invited | HandedOver) for stored in events):
            return events
        s = self._services
        state = await named(s.office, (await s.store.load(self._link.consultation)).consultation)
        names = {seat.id: seat.name for seat in state.seats}
        return tuple(_with_name(stored, names) for stored in events)

    def _is_for_page(self, stored: Stored) -> bool:
        if not isinstance(stored.event, NoteSaved):
            return True
        return bool(self._is_physician) and _order(stored.id) > self._upto

    async def _events(self, after: str | None) -> Page:
        return await self._services.store.events_after(self._link.consultation, after, p.PAGE_EVENTS)

    async def _load(self) -> Snapshot:
        snapshot = await self._services.store.load(self._link.consultation)
        self._is_physician = _seat(snapshot, self._link).is_physician
        return snapshot


def _with_name(stored: Stored, names: dict[str, str]) -> Stored:
    if not isinstance(stored.event, Invited | HandedOver):
        return stored
    return replace(stored, event=stored.event.model_copy(update={"name": names.get(stored.event.seat, "")}))


def _events(page: Page) -> p.Events:
    return p.Events(events=stored_events(page.events), more=page.more)


def _seat(snapshot: Snapshot, link: SeatLink) -> Seat:
    seat = snapshot.consultation.seat(link.seat)
    assert seat is not None, "links are issued for seats that exist"
    return seat


def _order(event_id: str) -> tuple[int, int]:
    at_ms, _, n = event_id.partition("-")
    return int(at_ms), int(n)
