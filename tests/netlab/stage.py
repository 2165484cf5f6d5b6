"""The stage: the real server and real Chromiums on both sides of the lab's link, listened to while a story happens."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from e2e import voice
from e2e.appointment import appointment
from e2e.chromium import Chromiums, ChromiumTab, chromiums
from e2e.demo import Demo
from e2e.distance import SECURE, demo_beyond
from e2e.participant import Participant
from e2e.picture import BLUE
from e2e.voice import Voice
from netlab import speech
from netlab.camera import film
from netlab.lab import Lab
from netlab.listen import Listener
from netlab.speech import Speaker, speak
from netlab.story import Story
from signaling.settings import Settings

CAPTURE: Final = Path(__file__).with_name("capture.js").read_text()
SETTLE_S: Final = 2.0
JOIN_TIMEOUT_S: Final = 90.0
TRACES: Final = "traces"


@dataclass(frozen=True)
class Person:
    """One of the cast, at a browser that is written down."""

    name: str
    participant: Participant
    listener: Listener = field(default_factory=Listener)

    @property
    def page(self) -> ChromiumTab:
        assert isinstance(self.participant.tab, ChromiumTab)
        return self.participant.tab


@dataclass(frozen=True)
class Stage:
    """Everybody has opened their page; who is to be let in last waits behind the link."""

    lab: Lab
    server: Demo
    people: dict[str, Person]
    newcomer: Person
    """Whose admission starts the story's clock."""
    admitting: Person
    faults: list[str]
    """What went wrong around the story, told at its end."""

    async def admit(self) -> float:
        """Let the newcomer in; the time of the click, seconds since 1970."""
        at_s = time.time()
        await self.admitting.participant.press("admit", JOIN_TIMEOUT_S)
        return at_s


@asynccontextmanager
async def stage(story: Story, lab: Lab, directory: Path) -> AsyncIterator[Stage]:
    """`directory` takes what is made on the way: speech, films, profiles, logs, traces."""
    faults: list[str] = []
    with _server(lab, directory, faults) as server:
        async with chromiums(directory) as browsers:
            casting = _Casting(lab, server, browsers, directory)
            yield await _CASTS[story.cast](casting, faults)


@contextmanager
def _server(lab: Lab, directory: Path, faults: list[str]) -> Iterator[Demo]:
    """A server that ends badly spoils no story: that is told beside it."""
    traces = {"HILO_MEDIA_TRACE_DIR": str(directory / TRACES)} if "media_trace_dir" in Settings.model_fields else {}
    running = demo_beyond(lab, directory, **traces)
    yield running.__enter__()
    try:
        running.__exit__(None, None, None)
    except (AssertionError, RuntimeError) as error:
        faults.append(f"server: {error}"[:2000])


class _Casting:
    """Opens browsers for the parts of a story."""

    def __init__(self, lab: Lab, server: Demo, browsers: Chromiums, directory: Path) -> None:
        self.lab = lab
        self.server = server
        self._browsers = browsers
        self._directory = directory
        self._films = 0

    async def open(self, name: str, speaker: Speaker, url: str, away: bool) -> Person:
        """`away`: behind the link."""
        sound, picture = await asyncio.to_thread(self._devices, name, speaker)
        arguments = (
            SECURE,
            "--autoplay-policy=no-user-gesture-required",  # the recorder's audio clock has to run from the start
            f"--use-file-for-fake-audio-capture={sound}",
            f"--use-file-for-fake-video-capture={picture}",
        )
        tab = await self._browsers.open(
            Voice(name, voice.PATIENT.notes_hz),  # voice and colour give way to the files
            BLUE,
            self.lab.patient if away else self.lab.server,
            arguments,
            phone=away,
        )
        person = Person(name, Participant(tab, url, voice.PATIENT, BLUE))
        await _write_down(tab, person.listener)
        return person

    def _devices(self, name: str, speaker: Speaker) -> tuple[Path, Path]:
        self._films += 1
        return speak(speaker, self._directory), film(self._directory / f"{name}.y4m", seed=self._films)


async def _write_down(tab: ChromiumTab, listener: Listener) -> None:
    """The recorder comes with the page, past the policy that lets no other script in."""
    session = await tab.page.context.new_cdp_session(tab.page)
    await session.send("Page.setBypassCSP", {"enabled": True})

    async def take(_: Any, box: dict[str, list[Any]]) -> None:
        listener.take(box)

    await tab.page.expose_binding("hiloCaptured", take)
    await tab.page.add_init_script(CAPTURE)


async def _pair(casting: _Casting, faults: list[str]) -> Stage:
    patient, physician = await asyncio.gather(
        casting.open("patient", speech.PATIENT, casting.server.patient_url, away=True),
        casting.open("physician", speech.PHYSICIAN, casting.server.physician_url, away=False),
    )
    await _wait_outside(patient, physician)
    return Stage(casting.lab, casting.server, _by_name(patient, physician), patient, physician, faults)


async def _three(casting: _Casting, faults: list[str]) -> Stage:
    urls = (await appointment(casting.server)).urls
    patient, physician, companion = await asyncio.gather(
        casting.open("patient", speech.PATIENT, urls["patient"], away=False),
        casting.open("physician", speech.PHYSICIAN, urls["physician"], away=False),
        casting.open("companion", speech.COMPANION, urls["companion"], away=True),
    )
    await _wait_outside(patient, physician)
    await _let_in(patient, physician)
    await companion.participant.ask_to_be_let_in(JOIN_TIMEOUT_S)
    return Stage(casting.lab, casting.server, _by_name(patient, physician, companion), companion, physician, faults)


async def _two_calls(casting: _Casting, faults: list[str]) -> Stage:
    urls = (await appointment(casting.server)).urls
    first = await _pair(casting, faults)
    patient, physician = await asyncio.gather(
        casting.open("patient2", speech.COMPANION, urls["patient"], away=True),
        casting.open("physician2", speech.PATIENT, urls["physician"], away=False),
    )
    await _wait_outside(patient, physician)
    await _let_in(patient, physician)
    return Stage(
        casting.lab,
        casting.server,
        first.people | _by_name(patient, physician),
        first.newcomer,
        first.admitting,
        faults,
    )


_CASTS: Final = {"two": _pair, "three": _three, "two calls": _two_calls}


async def _wait_outside(guest: Person, physician: Person) -> None:
    await asyncio.gather(guest.participant.ask_to_be_let_in(JOIN_TIMEOUT_S), physician.participant.open(JOIN_TIMEOUT_S))


async def _let_in(guest: Person, physician: Person) -> None:
    await physician.participant.press("admit", JOIN_TIMEOUT_S)
    await asyncio.gather(
        guest.participant.until_in_call(JOIN_TIMEOUT_S), physician.participant.until_in_call(JOIN_TIMEOUT_S)
    )


def _by_name(*people: Person) -> dict[str, Person]:
    return {person.name: person for person in people}
