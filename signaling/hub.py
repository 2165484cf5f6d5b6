"""The sessions of this process: who is to be told what happens in a consultation."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from signaling.protocol import Message, Waiting


class Listener(Protocol):
    """What the hub knows of a session."""

    consultation: str
    seat: str
    client_id: str
    claim: int
    """Grows with each connection of the seat in any process; the highest holds the seat."""
    life: str | None
    """The life of the media node where that session is."""
    waits: bool
    """It has arrived, and was not let in, as far as it was told."""
    bell: asyncio.Event
    """Set when the timeline may have grown."""
    is_physician: bool
    receives_video: bool
    """Whether its link carries video to it; True until media told."""

    @property
    def generation(self) -> int:
        """Of the seat's media session that this page made, or found when it came; 0 for none."""

    def send(self, message: Message) -> None: ...

    def tell_waiting(self, message: Waiting) -> None:
        """Where it stands in the line now; what it was told already it is not told again."""

    def superseded(self, by_client_id: str) -> None:
        """A newer connection holds the seat."""


class Hub:
    """Sessions by consultation."""

    def __init__(self) -> None:
        self._sessions: defaultdict[str, set[Listener]] = defaultdict(set)
        self._watchers: set[asyncio.Event] = set()
        self.closed = False
        """The process drains: whoever waits for news is answered with what there is."""

    def __iter__(self) -> Iterator[Listener]:
        return iter([session for sessions in self._sessions.values() for session in sessions])

    def add(self, session: Listener) -> None:
        self._sessions[session.consultation].add(session)

    def remove(self, session: Listener) -> None:
        self._sessions[session.consultation].discard(session)
        if not self._sessions[session.consultation]:
            del self._sessions[session.consultation]

    def of(self, consultation: str) -> list[Listener]:
        """Everybody in a consultation."""
        return list(self._sessions.get(consultation, ()))

    def of_seat(self, consultation: str, seat: str) -> list[Listener]:
        return [session for session in self.of(consultation) if session.seat == seat]

    @contextmanager
    def watching(self) -> Iterator[asyncio.Event]:
        """An event that is set whenever anything happens in any consultation."""
        bell = asyncio.Event()
        self._watchers.add(bell)
        try:
            yield bell
        finally:
            self._watchers.discard(bell)

    def ring(self, consultation: str) -> None:
        for session in self.of(consultation):
            session.bell.set()
        self.ring_watchers()

    def ring_all(self) -> None:
        for session in self:
            session.bell.set()
        self.ring_watchers()

    def close(self) -> None:
        """Nothing more is to be waited for here."""
        self.closed = True
        self.ring_watchers()

    def ring_watchers(self) -> None:
        """Something is there to be looked at that no timeline tells of."""
        for bell in self._watchers:
            bell.set()
