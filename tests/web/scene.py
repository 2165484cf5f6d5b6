"""One page in a real Chromium, put into any state of a call: the server's part and the network are played here.

The page is the real one, served as the real server serves it; its WebSocket and PeerConnection are not.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

from aiohttp import web
from playwright.async_api import Browser, ConsoleMessage, Page, Route, ViewportSize, WebSocketRoute, async_playwright

from clinic.intake.consent_default import DEFAULT
from signaling.pages import WEB, Pages

Role = Literal["patient", "physician", "companion"]
Json = dict[str, Any]

CHROMIUM = "/usr/bin/chromium"
LEVELS = ["V3", "V2", "V1", "V0", "A2", "A1", "A0", "T"]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
PHONE = ViewportSize(width=360, height=640)
DESK = ViewportSize(width=1280, height=800)
CAST = "\n".join(Path(__file__).with_name(name).read_text() for name in ("person.js", "scene.js"))
NAMES: dict[Role, str] = {"patient": "María González", "physician": "Dra. Carmen Rojas", "companion": "Pedro González"}
REASON = "Control de presión arterial y dolor de cabeza desde hace una semana"
CONSENT: Json = {
    "version": "1", "lang": "es", "sha256": "0" * 64, "why": "never-given", "by": "self",
    "items": [
        {"id": item.id, "text": item.text.es, "optional": item.optional} for item in DEFAULT.items
    ],
}  # fmt: skip


class Scene:
    """A page of one seat. `say` puts facts on the timeline, `send` gives the page any other message."""

    def __init__(self, page: Page, origin: str, role: Role, seats: list[Json], past: list[tuple[int, Json]]) -> None:
        self.page = page
        self.role = role
        self.seats = seats
        self.said: list[Json] = []
        self.hears = True
        """Whether commands are acknowledged."""
        self.status = "in-progress"
        self.needs_check = False
        """Whether the link opens only with a device's proof."""
        self.refuses: dict[str, str] = {}
        """Kinds of commands, and with which code."""
        self.complaints: list[str] = []
        self.consent: Json = CONSENT
        """What the seat is asked to accept, unless it did before."""
        self.note = ""
        """The physicians' private one, as the server has it when the page says hello."""
        self._url = f"{origin}/{'console' if role == 'physician' else 'join'}/{'t' * 22}"
        self._socket: WebSocketRoute | None = None
        self._events = 0
        self._epoch = 0
        self._past = [self._stored(fact, at_ms) for at_ms, fact in past]
        self.visit: dict[str, Any] = {"triage": {"questions": []}, "documents": {"documents": []}}
        """What `/api/v1/visit/<name>` answers: JSON, or a function of the request that gives status and JSON."""
        page.on("console", self._complained)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    async def open(self) -> None:
        await self.page.add_init_script(CAST)
        await self.page.route_web_socket(re.compile(r"/ws"), self._connected)
        await self.page.route("**/api/v1/visit/**", self._asked)
        await self.page.goto(self._url)
        await self.page.wait_for_selector("[data-testid=status]")
        await self.until("link", "open")

    async def join(self) -> None:
        """Into the call, as far as the seat may. Who was in it already comes back without a tap."""
        if await self.page.get_attribute("html", "data-state") == "idle":
            await self.page.get_by_test_id("join").click()
        if self._seat(self.role)["admitted"]:
            await self.until("state", "in-call")

    async def until(self, name: str, value: str) -> None:
        """`<html data-name>` has the value. Not by wait_for_function: the page's policy forbids what that evaluates."""
        await self.page.wait_for_selector(f"html[data-{name}='{value}']")

    def say(self, *facts: Json, at_ms: int | None = None) -> None:
        stored = [self._stored(fact, at_ms) for fact in facts]
        self.send({"type": "events", "events": stored, "more": False})

    def send(self, message: Json) -> None:
        assert self._socket is not None
        self._socket.send(json.dumps(message))

    def level(self, role: Role, up: str | None = None, down: str | None = None, reason: str = "congested") -> None:
        """The seat's ladders moved, and with them what comes of each picture."""
        for direction, level in (("up", up), ("down", down)):
            if level:
                self._seat(role)[f"{direction}_level"] = level
                change = {"direction": direction, "level": level, "reason": reason}
                self.say({"type": "level_changed", "seat": role} | change)
        self._adapt()

    async def lose_the_line(self) -> None:
        """The server is away and stays so."""
        self.hears = False
        assert self._socket is not None
        await self._socket.close(code=1013)

    async def lose_the_seat(self) -> None:
        """A newer page of the same seat has it."""
        self.hears = False
        self.send({"type": "taken_over"})
        assert self._socket is not None
        await self._socket.close(code=4001)

    async def lose_the_path(self) -> None:
        """Nothing of the call comes in any more."""
        await self.page.evaluate("scene.path = false, scene.stalled = true, undefined")

    async def find_the_path(self) -> None:
        await self.page.evaluate("scene.path = true, scene.stalled = false, undefined")

    async def pass_time(self, seconds: int) -> None:
        """Whatever the page waits for comes due at once; its clock was installed before the call."""
        await self.page.clock.fast_forward(seconds * 1000)

    async def _asked(self, route: Route) -> None:
        """A question of the page beside the call."""
        answer = self.visit[route.request.url.partition("/visit/")[2]]
        if callable(answer):
            answer = answer(route.request)
        if answer is None:
            await route.abort()
        elif isinstance(answer, bytes):
            name = {"Content-Disposition": 'attachment; filename="indicaciones-1.pdf"'}
            await route.fulfill(body=answer, content_type="application/pdf", headers=name)
        else:
            await route.fulfill(json=answer, status=200 if "code" not in answer else 403)

    def _complained(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _connected(self, socket: WebSocketRoute) -> None:
        if not self.hears:
            return
        self._socket = socket
        socket.on_message(lambda text: self._heard(json.loads(text)))

    def _heard(self, message: Json) -> None:
        self.said.append(message)
        match message["type"]:
            case "hello" if self.needs_check and "." not in message["token"]:
                self.send({"type": "error", "code": "check-needed", "message": "check-needed", "fatal": True})
            case "hello":
                self.send(self._welcome())
                if message.get("offer"):
                    self._heard(message["offer"])
            case "ping":
                self.send({"type": "pong", "n": message["n"]})
            case "offer":
                self.send({"type": "answer", "request": message["request"], "sdp": "v=0\r\n", "slots": self._slots()})
                self._adapt()
            case "chat" if self.hears:
                self.say({"type": "chat", "seat": self.role, "text": message["text"], "command_id": message["id"]})
                self.send({"type": "ack", "id": message["id"]})
            case "set_preference":
                self.send({"type": "ack", "id": message["id"]})
                wish = {key: message[key] for key in ("hold", "save_data")}
                self.say({"type": "preference_changed", "seat": self.role} | wish)
            case "save_note" if self.hears:
                self.say(
                    {"type": "note_saved", "seat": self.role, "text": message["text"], "command_id": message["id"]}
                )
                self.send({"type": "ack", "id": message["id"]})
            case kind if kind in self.refuses:
                code = self.refuses[kind]
                self.send({"type": "refused", "id": message["id"], "code": code, "message": code})
            case "set_media" | "arrive" | "leave" | "consent" | "withdraw" | "admit" | "end":
                self.send({"type": "ack", "id": message["id"]})

    def _adapt(self) -> None:
        others = [seat for seat in self.seats if seat["id"] != self.role and seat["present"]]
        own = self._seat(self.role)
        self._epoch += 1
        receives = [
            {"seat": seat["id"], "audio": _kind(seat["up_level"], own["down_level"]) != "text",
             "video": seat["video"] and _kind(seat["up_level"], own["down_level"]) == "video"}
            for seat in others
        ]  # fmt: skip
        kind = _kind(own["up_level"])
        video = {"width": 640, "height": 360, "frames_per_s": 15, "bitrate_bps": 350_000} if kind == "video" else None
        audio = None if kind == "text" else {"bitrate_bps": 16_000, "ptime_ms": 60}
        self.send({"type": "adapt", "epoch": self._epoch, "level": own["up_level"], "video": video, "audio": audio,
                   "jitter_ms": None, "receives": receives})  # fmt: skip

    def _slots(self) -> list[Json]:
        others = [seat["id"] for seat in self.seats if seat["id"] != self.role and seat["present"]]
        mids = [(str(2 + 2 * n), str(3 + 2 * n)) for n in range(len(others))]
        return [
            {"seat": seat, "audio_mid": audio, "video_mid": video}
            for seat, (audio, video) in zip(others, mids, strict=True)
        ]

    def _welcome(self) -> Json:
        consultation = {
            "id": "c", "status": self.status, "clinic": "Clínica Hilo", "seats": self.seats,
            "starts_at": "2026-11-23T14:30:00-04:00", "ends_at": "2026-11-23T15:00:00-04:00",
            "upto": self._past[-1]["id"] if self._past else None, "reason": REASON if self.role == "physician" else "",
            "note": self.note, "note_id": "note-0" if self.note else "",
        }  # fmt: skip
        consent = None if self._seat(self.role)["consented"] else self.consent
        return {"type": "welcome", "v": 1, "seat": self.role, "consultation": consultation, "consent": consent,
                "ice_servers": [], "slots": 2, "events": self._past, "more": False}  # fmt: skip

    def _stored(self, fact: Json, at_ms: int | None = None) -> Json:
        self._events += 1
        at_ms = at_ms or int(time.time() * 1000)
        return {"id": f"{at_ms}-{self._events}", "at_ms": at_ms, "event": fact}

    def _seat(self, role: Role) -> Json:
        return next(seat for seat in self.seats if seat["id"] == role)


def seat(role: Role, **changes: Any) -> Json:
    """A seat that is in the call, on the top rung both ways."""
    return {
        "id": role, "role": role, "name": NAMES[role], "consented": True, "arrived": True, "admitted": True,
        "present": True, "path_lost": False, "audio": True, "video": True, "problem": None,
        "up_level": "V3", "down_level": "V3", "level_reason": "start", "hold": "video", "save_data": False,
    } | changes  # fmt: skip


class Theatre:
    """A browser and a server of nothing but pages."""

    def __init__(self, browser: Browser, origin: str) -> None:
        self._browser = browser
        self._origin = origin

    async def scene(self, role: Role, size: ViewportSize, seats: list[Json], past: list[tuple[int, Json]] | None = None,
                    lang: str = "es-VE", scale: float = 1, note: str = "",
                    consent: Json = CONSENT, visit: dict[str, Any] | None = None) -> Scene:  # fmt: skip
        """A page that has said hello and was welcomed."""
        context = await self._browser.new_context(
            viewport=size,
            locale=lang,
            device_scale_factor=scale,
            service_workers="block",
            timezone_id="America/Caracas",
        )
        made = Scene(await context.new_page(), self._origin, role, seats, past or [])
        made.note, made.consent = note, consent
        made.visit |= visit or {}
        await made.open()
        return made


@asynccontextmanager
async def theatre() -> AsyncIterator[Theatre]:
    app = web.Application()
    Pages(WEB, "http://127.0.0.1").add_routes(app)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield Theatre(browser, origin)
        finally:
            await browser.close()
            await runner.cleanup()


def _kind(*levels: str) -> str:
    worst = max(levels, key=LEVELS.index)
    return "video" if worst[0] == "V" else "text" if worst == "T" else "voice"
