"""The newest media session of each seat that a media node told of: what an older one still says is not for pages."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from media.contract import MediaEvent

MAX_SEATS: Final = 10_000


class Generations:
    """By seat. Holds `MAX_SEATS`; the one that was quiet longest is forgotten first."""

    def __init__(self) -> None:
        self._newest: OrderedDict[tuple[str, str], int] = OrderedDict()

    def is_newest(self, event: MediaEvent) -> bool:
        """Whether no newer session of this participant has been heard of."""
        key = (event.room, event.participant)
        newest = max(self._newest.get(key, 0), event.generation)
        self._newest[key] = newest
        self._newest.move_to_end(key)
        if len(self._newest) > MAX_SEATS:
            self._newest.popitem(last=False)
        return event.generation == newest
