"""One of the two at a browser of their own, behind a link of their own, whose page keeps a diary."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Final, Literal

from chaos.resume.diary import Diary
from chaos.resume.hum import hum
from e2e.chromium import Chromiums, ChromiumTab
from e2e.distance import SECURE
from e2e.participant import Participant
from e2e.picture import BLUE, RED, Colour
from e2e.voice import PATIENT, PHYSICIAN, Voice
from netlab.lab import Link

EAR: Final = Path(__file__).with_name("ear.js").read_text()
SAY: Final = """(text) => {
  const input = document.querySelector("[data-testid='chat-input']");
  input.value = text;
  input.form.requestSubmit();
}"""
Role = Literal["patient", "physician"]
COLOURS: Final[dict[Role, Colour]] = {"patient": RED, "physician": BLUE}
VOICES: Final[dict[Role, Voice]] = {"patient": PATIENT, "physician": PHYSICIAN}


class Person:
    """`name` tells pairs apart: patient1, physician1."""

    def __init__(self, role: Role, name: str, link: Link, tab: ChromiumTab, url: str) -> None:
        self.role = role
        self.name = name
        self.link = link
        self.tab = tab
        self.participant = Participant(tab, url, VOICES[role], COLOURS[role])
        self.diary = Diary()

    async def say(self, text: str) -> None:
        """In the chat, at once: a click would wait for the page to stand still."""
        await self.tab.evaluate(SAY, text)

    async def reload(self) -> float:
        """Press reload; when (seconds since 1970). Returns before the page is there."""
        at_s = time.time()
        await self.tab.page.reload(wait_until="commit")
        return at_s

    async def media_port(self) -> int:
        """Of the media process that has the call."""
        return int((await self.participant.selected_pair())["remote"]["port"])

    async def chat(self) -> list[dict[str, Any]]:
        """The messages on the page, from top to bottom: `text`, and whether the page says that it is `sent`."""
        found: list[dict[str, Any]] = await self.tab.evaluate("() => hiloChat()")
        return found


async def seat(browsers: Chromiums, directory: Path, role: Role, number: int, link: Link, url: str) -> Person:
    """A browser with nothing on it yet."""
    name = f"{role}{number}"
    sound = hum(directory / f"{name}.wav", VOICES[role].notes_hz[0])
    arguments = (
        SECURE,
        "--autoplay-policy=no-user-gesture-required",  # the ear's audio clock has to run from the start
        f"--use-file-for-fake-audio-capture={sound}",
    )
    voice = Voice(name, VOICES[role].notes_hz)  # gives way to the hum
    tab = await browsers.open(voice, COLOURS[role], link.patient, arguments, phone=role == "patient")
    person = Person(role, name, link, tab, url)

    async def take(_: Any, box: object) -> None:
        person.diary.take(box)

    await tab.page.expose_binding("hiloEar", take)
    await tab.page.add_init_script(EAR)
    return person
