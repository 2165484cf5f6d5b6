"""Who was last put into each participant's slots: told again to a page whose socket was away when it changed."""

from __future__ import annotations

from media.contract import Closed, Slot, SlotsChanged


class SlotMemory:
    """One entry per participant with a media session; `Closed` removes it."""

    def __init__(self) -> None:
        self._slots: dict[tuple[str, str], SlotsChanged] = {}

    def changed(self, event: SlotsChanged) -> None:
        known = self._slots.get((event.room, event.participant))
        if known is None or known.generation <= event.generation:
            self._slots[event.room, event.participant] = event

    def closed(self, event: Closed) -> None:
        known = self._slots.get((event.room, event.participant))
        if known is not None and known.generation <= event.generation:
            del self._slots[event.room, event.participant]

    def last(self, room: str, participant: str, generation: int) -> tuple[Slot, ...] | None:
        """The slots of this very media session; None when they did not change since its answer."""
        known = self._slots.get((room, participant))
        return known.slots if known is not None and known.generation == generation else None
