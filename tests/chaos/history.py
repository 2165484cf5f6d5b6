"""What is written down during a run, for the checker: values, with times in seconds since its begin, and no opinion."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

Way = tuple[str, str]
"""A consultation and the seat that listens."""


@dataclass(frozen=True)
class Said:
    """A page was given a command. `number` counts one device's commands, in the order in which it sends them."""

    at_s: float
    consultation: str
    seat: str
    device: str
    number: int
    id: str
    kind: Literal["consent", "arrive", "admit", "chat", "save_note", "set_media", "end"]
    value: str = ""
    """The text, or the switches; what must be found again."""


@dataclass(frozen=True)
class Answered:
    """`ack`, or the code of a refusal. The same command may be answered several times."""

    at_s: float
    id: str
    outcome: str


@dataclass(frozen=True)
class Held:
    """From welcome to the socket's end a page took itself for the seat's."""

    begin_s: float
    end_s: float
    consultation: str
    seat: str
    device: str


@dataclass(frozen=True)
class TurnedAway:
    """A page was refused for good, in a run in which every link is valid."""

    at_s: float
    consultation: str
    seat: str
    code: str


@dataclass(frozen=True)
class Silence:
    """Nothing of the other side was heard, although there should have been; `end_s` is when sound was back."""

    consultation: str
    seat: str
    begin_s: float
    end_s: float


@dataclass(frozen=True)
class Mixed:
    """In one media session sound of an older session of the speaker came after a newer one's."""

    at_s: float
    consultation: str
    seat: str
    older: int
    newer: int


@dataclass(frozen=True)
class Happened:
    """A fault as it was done: from its first effect to when all was in order again but for Hilo itself."""

    number: int
    kind: str
    detail: str
    begin_s: float
    end_s: float
    consultation: str | None = None
    """The only one that it touches; None: any."""


@dataclass(frozen=True)
class Stalled:
    """The harness itself did not run: nobody could hear anything."""

    begin_s: float
    end_s: float


@dataclass(frozen=True)
class Entry:
    """An event on a timeline. `command` and `value` are those of chat, notes and switches."""

    id: str
    type: str
    seat: str
    command: str = ""
    value: str = ""
    generation: int = 0


@dataclass(frozen=True)
class Reading:
    """What somebody knows of the timeline at the end.

    `store`: all that is kept there. `fresh`: what a new page of the seat is told, from the first event on.
    `gathered`: what the seat's page was told over the run. Pages are not told of notes that the welcome's state holds.
    """

    consultation: str
    seat: str
    of: Literal["store", "fresh", "gathered"]
    entries: tuple[Entry, ...]
    status: str = ""
    note_id: str = ""
    """Of a physician's state."""


Record = Said | Answered | Held | TurnedAway | Silence | Mixed | Happened | Stalled | Reading


@dataclass
class History:
    """Everything of one run."""

    said: list[Said] = field(default_factory=list)
    answered: list[Answered] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    turned_away: list[TurnedAway] = field(default_factory=list)
    silences: list[Silence] = field(default_factory=list)
    mixed: list[Mixed] = field(default_factory=list)
    happened: list[Happened] = field(default_factory=list)
    stalled: list[Stalled] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)

    def add(self, record: Record) -> None:
        self._list_of(record).append(record)

    def of(self, kind: Literal["store", "fresh", "gathered"]) -> list[Reading]:
        return [reading for reading in self.readings if reading.of == kind]

    def stalled_s(self, begin_s: float, end_s: float) -> float:
        """How much of this time the harness did not run, s."""
        return sum(max(0.0, min(stall.end_s, end_s) - max(stall.begin_s, begin_s)) for stall in self.stalled)

    def __iter__(self) -> Iterator[Record]:
        for kind in fields(self):
            yield from getattr(self, kind.name)

    def write(self, path: Path) -> None:
        """One JSON object a line."""
        with path.open("w") as file:
            for record in self:
                file.write(json.dumps({"record": type(record).__name__} | asdict(record), ensure_ascii=False) + "\n")

    def _list_of(self, record: Record) -> list[Any]:
        match record:
            case Said():
                return self.said
            case Answered():
                return self.answered
            case Held():
                return self.held
            case TurnedAway():
                return self.turned_away
            case Silence():
                return self.silences
            case Mixed():
                return self.mixed
            case Happened():
                return self.happened
            case Stalled():
                return self.stalled
            case Reading():
                return self.readings
