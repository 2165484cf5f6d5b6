"""One performance of a story: the link moves, people write, everything is written down; what is left is a `Take`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from netlab.competitor import competing
from netlab.counters import LinkCounters
from netlab.lab import Lab, lab
from netlab.listen import Record
from netlab.player import playing
from netlab.profile import Profile
from netlab.stage import SETTLE_S, TRACES, Person, Stage, stage
from netlab.story import DOWNLOAD_AT_S, Story
from netlab.trace import Tick, read_traces

LINGER_S: Final = 2.0
"""Listened on after the end, so that late speech of the last segment still counts."""
COUNT_S: Final = 0.25
CHAT_EVERY_S: Final = 3.0
LOADING_BPS: Final = 4_000_000
"""While pages are loaded: the delay and loss of the story's link, but not its rate, to save the lab's time."""


@dataclass(frozen=True)
class Sent:
    """A chat message that somebody wrote; the text is found again word for word."""

    by: str
    text: str
    at_s: float


@dataclass(frozen=True)
class Take:
    """All times are seconds since the admission."""

    story: Story
    records: dict[str, Record]
    """By person."""
    counters: tuple[LinkCounters, ...]
    traces: dict[tuple[str, str], tuple[Tick, ...]]
    """By person and way (`up`, `down`): what the ladders saw and decided; empty where the server wrote nothing."""
    sent: tuple[Sent, ...] = ()
    downloaded: tuple[tuple[float, int], ...] = ()
    """When how many bytes of the file beside the call had come."""
    faults: tuple[str, ...] = ()


@dataclass
class _Notes:
    counters: list[LinkCounters] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    downloaded: list[tuple[float, int]] = field(default_factory=list)


async def perform(story: Story, directory: Path, seed: int = 1) -> Take:
    """Run it once. `directory` is empty and its path short (sockets lie in it); logs and traces stay there."""
    start = story.link.at(0.0)
    with lab(_loading(start), seed=seed) as link:
        async with stage(story, link, directory) as scene:
            link.set(start)
            await asyncio.sleep(SETTLE_S)
            notes = _Notes()
            started_s = await scene.admit()
            await _play(story, scene, started_s, notes)
        records = {
            name: person.listener.record(started_s, started_s + story.seconds + LINGER_S)
            for name, person in scene.people.items()
        }
    return Take(
        story,
        records,
        counters=tuple(_since(counted, started_s) for counted in notes.counters),
        traces=read_traces(directory / TRACES, {record.me: name for name, record in records.items()}, _mono(started_s)),
        sent=tuple(notes.sent),
        downloaded=tuple(notes.downloaded),
        faults=tuple(scene.faults),
    )


async def _play(story: Story, scene: Stage, started_s: float, notes: _Notes) -> None:
    ends_s = started_s + story.seconds
    with playing(story.link, scene.lab.set, _mono(started_s)):
        async with _beside(_counting(scene.lab, notes)), asyncio.TaskGroup() as group:
            if story.chats:
                for person in scene.people.values():
                    group.create_task(_write(person, started_s, ends_s, notes))
            if story.download:
                group.create_task(_download(scene.lab, started_s, ends_s, notes))
            group.create_task(_sleep_until(ends_s + LINGER_S))


async def _download(link: Lab, started_s: float, ends_s: float, notes: _Notes) -> None:
    """An endless file to the patient's side, beside the call."""
    await _sleep_until(started_s + DOWNLOAD_AT_S)
    with competing(link.server, link.patient) as competitor:
        await _sleep_until(ends_s)
        notes.downloaded = [(each.at_s - _mono(started_s), each.total_bytes) for each in competitor.progress()]


async def _write(person: Person, started_s: float, ends_s: float, notes: _Notes) -> None:
    """Numbered messages, the last early enough to arrive before the end."""
    await person.participant.until_in_call(ends_s - time.time())
    number = 0
    while time.time() < ends_s - CHAT_EVERY_S:
        number += 1
        text = f"{person.name} número {number}."
        notes.sent.append(Sent(person.name, text, time.time() - started_s))
        await person.participant.say(text)
        await asyncio.sleep(CHAT_EVERY_S)


async def _counting(link: Lab, notes: _Notes) -> None:
    while True:
        notes.counters.append(link.counters())
        await asyncio.sleep(COUNT_S)


@asynccontextmanager
async def _beside(work: object) -> AsyncIterator[None]:
    """Runs until the body ends."""
    task = asyncio.ensure_future(work)  # type: ignore[call-overload]
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _sleep_until(at_s: float) -> None:
    await asyncio.sleep(max(0.0, at_s - time.time()))


def _loading(profile: Profile) -> Profile:
    paths = {
        way: path.model_copy(update={"rate_bps": max(path.rate_bps or LOADING_BPS, LOADING_BPS), "down": False})
        for way, path in (("up", profile.up), ("down", profile.down))
    }
    return Profile(**paths)


def _mono(wall_s: float) -> float:
    """The machine's monotonic clock at that moment of the wall clock."""
    return wall_s - time.time() + time.monotonic()


def _since(counted: LinkCounters, started_s: float) -> LinkCounters:
    return counted.model_copy(update={"at_s": counted.at_s - _mono(started_s)})
