"""Who sits at a seat: comes in, talks, writes, reloads, changes to another device; and notices when nobody is heard."""

from __future__ import annotations

import asyncio
import random
from typing import Any, Final, Literal

from chaos.call import Call
from chaos.history import Mixed, Reading, Said, Silence
from chaos.log import Log
from chaos.page import Access, Json, Page
from chaos.path import Means, Path
from chaos.voice import Heard
from chaos.waiting import Waiting

PAUSE_S: Final = (0.8, 2.8)
BURST: Final = 4
NOTICED_S: Final = 0.5
"""A shorter hole in the sound is none."""
HANDOVER_S: Final = 3.0


class Person:
    """`run` until cancelled; `well` when nothing is left to wish for."""

    def __init__(self, access: Access, means: Means, log: Log, dice: random.Random) -> None:
        self.access = access
        self.talks = True
        self._means = means
        self._log = log
        self._dice = dice
        self._devices = 0
        self._sessions = 0
        self._heard_at_s: float | None = None
        self._tasks: dict[Page, asyncio.Task[None]] = {}
        self._calls: dict[Page, Call] = {}
        self._note_id: str | None = None
        self._words = 0
        self.page = self._load(self._new_device())

    @property
    def well(self) -> bool:
        """In the call, heard, and all that was said is answered."""
        heard = self._heard_at_s is not None and self._log.now() - self._heard_at_s < NOTICED_S
        return heard and self.page.open and not self.page.waiting.commands

    @property
    def port(self) -> int:
        """Of the media process that has its call; 0 while there is none."""
        call = self._calls.get(self.page)
        return call.path.port if call and call.path else 0

    @property
    def complaint(self) -> str:
        """Why not, for the run's log."""
        silent_s = None if self._heard_at_s is None else round(self._log.now() - self._heard_at_s, 1)
        waiting = len(self.page.waiting.commands)
        call = self._calls.get(self.page)
        return (
            f"{self.access.seat} of {self.access.consultation}: silent for {silent_s} s, line {self.page.open}, "
            f"{waiting} commands wait, call {call and call.state}"
        )

    @property
    def answered(self) -> bool:
        return not self.page.waiting.commands

    async def run(self) -> None:
        """Talk now and then."""
        while True:
            await asyncio.sleep(self._dice.uniform(*PAUSE_S))
            if self.talks and self._heard_at_s is not None:
                self._something()

    def turn(self, now_ns: int) -> None:
        self.page.drain()
        for page, call in list(self._calls.items()):
            if not page.taken_over:
                call.turn(now_ns, can_ask=page.open)
            elif page is not self.page:
                call.close()

    async def reload(self) -> None:
        """The same device: what waited is kept, all else begins anew."""
        waiting = self.page.waiting
        await self._close(self.page)
        self.page = self._load(waiting)

    async def change_device(self) -> None:
        """The old one goes when it is told, or is put away."""
        old = self.page
        self.page = self._load(self._new_device())
        await asyncio.wait([self._tasks[old]], timeout=HANDOVER_S)
        await self._close(old)

    def end(self) -> None:
        self._say("end", "", reason="completed")

    async def close(self) -> None:
        """Stop, and tell what was gathered and how long it has been silent."""
        self.stop_listening()
        for page in list(self._tasks):
            await self._close(page)

    def stop_listening(self) -> None:
        """From here on silence is none."""
        if self._heard_at_s is not None:
            self._notice(self._log.now())
        self._heard_at_s = None

    def reading(self) -> Reading:
        """What its page gathered."""
        return reading(self.page, "gathered")

    def _load(self, waiting: Waiting) -> Page:
        page = Page(self.access, waiting, self._log, self._told)
        self._tasks[page] = asyncio.get_running_loop().create_task(page.run())
        return page

    def _new_device(self) -> Waiting:
        self._devices += 1
        return Waiting(f"{self.access.seat[:6]}{self._devices:03}")

    async def _close(self, page: Page) -> None:
        if page in self._calls:
            self._calls.pop(page).close()
        task = self._tasks.pop(page, None)
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    # --- what the server says

    def _told(self, page: Page, message: Json) -> None:
        if page is not self.page:
            return
        match message["type"]:
            case "welcome":
                self._note_id = message["consultation"]["note_id"] or None
                self._come_in(page, message)
            case "events":
                self._see([stored["event"] for stored in message["events"]])
        call = self._calls.get(page)
        if call is not None:
            call.take(message)
            if message["type"] == "welcome":
                call.line_opened()
        elif self._may_call(page):
            self._open_call(page)

    def _come_in(self, page: Page, welcome: Json) -> None:
        seats = {seat["id"]: seat for seat in page.consultation["seats"]}
        mine, other = seats[self.access.seat], seats[self.access.other]
        if self.access.is_physician:
            if other["arrived"] and not other["admitted"]:
                self._admit()
        elif not mine["consented"] and not page.waiting.has("consent"):
            text = welcome["consent"]
            self._say("consent", "", text_version=text["version"], text_sha256=text["sha256"], lang=text["lang"])
            self._say("arrive", "")

    def _see(self, events: list[Json]) -> None:
        for event in events:
            if event["type"] == "arrived" and event["seat"] == self.access.other and self.access.is_physician:
                self._admit()
            elif event["type"] == "note_saved":
                self._note_id = event["command_id"]

    def _admit(self) -> None:
        if not self.page.waiting.has("admit"):
            self._say("admit", "", seat=self.access.other)

    def _may_call(self, page: Page) -> bool:
        admitted = any(entry.type == "admitted" for entry in page.entries)
        return page.open and admitted

    def _open_call(self, page: Page) -> None:
        call = Call(self._means, self.access.ip, self.access.index, page.say, self._hear, self._next_session)
        self._calls[page] = call
        call.open()

    def _next_session(self) -> int:
        self._sessions += 1
        return self._sessions

    # --- what it says and hears

    def _something(self) -> None:
        kind = self._dice.random()
        if self.access.is_physician and kind < 0.25:
            self._write_note()
        elif kind < 0.35 and not self.page.waiting.has("set_media"):
            video = self._dice.random() < 0.5
            self._say("set_media", "on" if video else "off", audio=True, video=video)
        else:
            for _ in range(BURST if kind > 0.92 else 1):
                self._chat()

    def _chat(self) -> None:
        self._words += 1
        text = f"{self.access.seat} says {self._words}"
        self._say("chat", text, text=text)

    def _write_note(self) -> None:
        if not self.page.waiting.has("save_note"):
            self._words += 1
            text = f"{self.access.seat} notes {self._words}"
            self._say("save_note", text, text=text, base=self._note_id)

    def _say(self, kind: Any, value: str, **fields: Any) -> None:
        a, waiting = self.access, self.page.waiting
        number, command = waiting.make(kind, **fields)
        self._log.add(Said(self._log.now(), a.consultation, a.seat, waiting.device, number, command["id"], kind, value))
        self.page.drain()

    def _hear(self, path: Path, heard: Heard) -> None:
        """Of whichever session of this seat: what was heard at all counts."""
        now_s = self._log.now()
        newest = path.newest.get(heard.speaker, 0)
        if heard.session < newest:
            a = self.access
            self._log.add(Mixed(now_s, a.consultation, a.seat, heard.session, newest))
        path.newest[heard.speaker] = max(newest, heard.session)
        if self._heard_at_s is not None:
            self._notice(now_s)
        if self.page.consultation.get("status") != "ended":
            self._heard_at_s = now_s

    def _notice(self, now_s: float) -> None:
        assert self._heard_at_s is not None
        if now_s - self._heard_at_s > NOTICED_S:
            self._log.add(Silence(self.access.consultation, self.access.seat, self._heard_at_s, now_s))


def reading(page: Page, of: Literal["fresh", "gathered"]) -> Reading:
    a, state = page.access, page.consultation
    return Reading(a.consultation, a.seat, of, tuple(page.entries), state["status"], state["note_id"])
