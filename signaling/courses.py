"""What happened in consultations, without words: read once in this process, and then only what came after."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from clinic.events import Chat, LevelChanged, MediaChanged, NoteSaved, PreferenceChanged
from clinic.records import Stored
from clinic.store import Store

MAX_COURSES: Final = 1000
PAGE: Final = 500
_WORDS: Final = (Chat, LevelChanged, MediaChanged, NoteSaved, PreferenceChanged)
"""Most of a timeline, and nothing that a waiting room asks for."""

_Known = tuple[str | None, tuple[Stored, ...]]


class Courses:
    """By consultation. Holds `MAX_COURSES`; the one that was asked for longest ago is read anew."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: OrderedDict[str, _Known] = OrderedDict()

    async def of(self, consultation: str) -> tuple[Stored, ...]:
        """All so far, oldest first. May raise `Unavailable`."""
        last, events = self._known.get(consultation, (None, ()))
        while True:
            page = await self._store.events_after(consultation, last, PAGE)
            events += tuple(stored for stored in page.events if not isinstance(stored.event, _WORDS))
            last = page.events[-1].id if page.events else last
            if not page.more:
                break
        self._known[consultation] = (last, events)
        self._known.move_to_end(consultation)
        if len(self._known) > MAX_COURSES:
            self._known.popitem(last=False)
        return events
