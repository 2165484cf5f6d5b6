"""A patient and a physician in one call: they write while things happen, and tell what was lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from chaos.resume import hearing, words
from chaos.resume.clinic import Clinic
from chaos.resume.person import Person, seat
from chaos.resume.words import Message
from e2e.chromium import Chromiums
from e2e.meeting import meet
from netlab.lab import Link

MEET_TIMEOUT_S: Final = 60.0
POLL_S: Final = 0.1
SEATS: Final = 2
BAD_STATES: Final = ("ended", "taken-over", "refused")
"""What `html[data-state]` and `html[data-link]` must never say."""


class Pair:
    """`people` are the patient and the physician; `said` is everything they wrote, in order."""

    def __init__(self, patient: Person, physician: Person) -> None:
        self.patient = patient
        self.physician = physician
        self.people = (patient, physician)
        self.said: list[Message] = []
        self.seats: dict[str, str] = {}

    async def meet(self) -> None:
        """They come into one call and hear each other."""
        began_s = time.time()
        await meet(self.patient.participant, self.physician.participant, MEET_TIMEOUT_S)
        await self.until_back(began_s, MEET_TIMEOUT_S)
        self.seats = {person.name: person.diary.welcomes[-1].seat for person in self.people}

    async def say(self, what: str, *people: Person) -> None:
        """Each of them (all, when nobody is named) writes the message, at once."""
        await asyncio.gather(*(self._says(person, what) for person in people or self.people))

    async def until_back(self, since_s: float, timeout_s: float) -> dict[str, float | None]:
        """Each one's seconds until the other is heard for good; None: not within the time."""
        await _until(lambda: None not in self.back_s(since_s).values(), timeout_s)
        return self.back_s(since_s)

    def back_s(self, since_s: float) -> dict[str, float | None]:
        return {each.role: hearing.back_s(each.diary.since(since_s - hearing.HOLE_S), since_s) for each in self.people}

    def longest_hole_s(self, from_s: float, to_s: float) -> float:
        """Of both, the longer one."""
        return max(hearing.longest_hole_s(each.diary.since(from_s - 1), from_s, to_s) for each in self.people)

    async def until_read(self, since_s: float, timeout_s: float) -> float | None:
        """Seconds until everything that was said is on both pages; None: not within the time."""
        found = [self._read_s(message, reader) for message in self.said for reader in self._readers(message)]
        await _until(lambda: all(look() is not None for look in found), timeout_s)
        times = [look() for look in found]
        return None if None in times else max(0.0, *(at_s - since_s for at_s in times if at_s is not None))

    async def faults(self, reload: bool) -> list[str]:
        """What is lost, doubled or out of order; with `reload` each page is asked for everything anew."""
        if reload:
            since_s = time.time()
            await asyncio.gather(*(person.reload() for person in self.people))
            await self.until_back(since_s, MEET_TIMEOUT_S)
        pages = {person.name: await person.chat() for person in self.people}
        texts = {name: [str(message["text"]) for message in page] for name, page in pages.items()}
        unsent = [f"{m['text']!r} is unsent at {name}" for name, page in pages.items() for m in page if not m["sent"]]
        lost = [fault for name, page in texts.items() for fault in words.faults(self.said, page, name)]
        return [*unsent, *lost, *self._seat_faults(), *(words.differing(texts.values()) if reload else ())]

    def _seat_faults(self) -> Iterator[str]:
        """A page has to have its own seat of two, in a consultation that nobody ended, and never a take-over."""
        for person in self.people:
            for told in person.diary.welcomes:
                if told.seat != self.seats[person.name] or told.seats != SEATS or told.status == "ended":
                    yield f"{person.name} was welcomed to seat {told.seat} of {told.seats}, {told.status}"
            for mark in person.diary.marks:
                if mark.what == "shows" and set(mark.detail.split()) & set(BAD_STATES):
                    yield f"{person.name}'s page showed {mark.detail}"

    async def _says(self, person: Person, what: str) -> None:
        text = f"{person.name} {what}"
        self.said.append(Message(person.name, text))
        await person.say(text)

    def _readers(self, message: Message) -> list[Person]:
        return [person for person in self.people if person.name != message.by]

    def _read_s(self, message: Message, reader: Person) -> Callable[[], float | None]:
        return lambda: reader.diary.shown_at_s(message.text, 0.0)


async def pair(browsers: Chromiums, directory: Path, clinic: Clinic, number: int, links: tuple[Link, Link]) -> Pair:
    """In their call; the patient is behind the first link."""
    urls = await clinic.appoint()
    made = Pair(
        *await asyncio.gather(
            seat(browsers, directory, "patient", number, links[0], urls.patient),
            seat(browsers, directory, "physician", number, links[1], urls.physician),
        )
    )
    await made.meet()
    return made


async def _until(right: Callable[[], bool], timeout_s: float) -> None:
    """Or until the time is over."""
    deadline = time.monotonic() + timeout_s
    while not right() and time.monotonic() < deadline:  # noqa: ASYNC110 (another process has no Event)
        await asyncio.sleep(POLL_S)
