"""A page's call: makes offers, takes answers, and heals the path as the page's watchdog does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, Final

from chaos.path import Means, Path
from chaos.voice import Heard

Json = dict[str, Any]

SILENT_S: Final = 2.0

RESTART_PATIENCE_S: Final = 2.0
REOPEN_PATIENCE_S: Final = (4.0, 5.0, 7.0, 10.0)
RETIRED_FOR_S: Final = 3.0
"""The session before stays until the new one has been up so long: make before break."""
LOOK_EVERY: Final = 4
"""Turns of `EVERY_S` between two looks at the path."""
CHECK_EVERY: Final = 30
REPORT_EVERY: Final = 17


class Call:
    """From the first offer to `close`. `say` sends a message if the line is open, and tells whether it did."""

    def __init__(
        self,
        means: Means,
        ip: str,
        speaker: int,
        say: Callable[[Json], bool],
        heard: Callable[[Path, Heard], None],
        sessions: Callable[[], int],
    ) -> None:
        self._means, self._ip, self._speaker = means, ip, speaker
        self._say = say
        self._heard = heard
        self._sessions = sessions
        self.path: Path | None = None
        self._retired: Path | None = None
        self._request = 0
        self._unanswered: Json | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._sends = True
        self._ordered = ""
        self._epoch = 0
        self._turns = 0
        self._inbound = self._sounds = 0
        self._heard_at_s = self._acted_at_s = self._up_at_s = time.monotonic()
        self._last: str | None = None
        self._reopened = 0
        self.closed = False

    @property
    def state(self) -> str:
        """For the run's log."""
        up = self.path is not None and self.path.up
        asked = self._unanswered and ("restart" if self._unanswered["restart"] else "offer")
        port = self.path and self.path.port
        session, inbound = self.path and self.path.session, self.path and self.path.ear.inbound
        return (
            f"{session=} {up=} {port=} {inbound=} last={self._last} {asked=} request={self._request}, "
            f"ordered {self._ordered}"
        )

    def open(self) -> None:
        """A new media session; the one before goes on until this one flows."""
        if self.path is not None:
            self._retire(self.path)
        self.path = Path(self._means, self._ip, self._speaker, self._sessions(), self._heard)
        self._epoch = self._inbound = self._sounds = 0
        self._sends = True
        self._act("reopen")
        self._offer(self.path.offer(), restart=False)

    def restart(self) -> None:
        if self.path is None or not self.path.up:
            return self.open()
        self._act("restart")
        return self._offer(self.path.restart_offer(), restart=True)

    def take(self, message: Json) -> None:
        """What the server says to the call."""
        match message["type"]:
            case "answer" if self._is_mine(message) and self.path is not None:
                self.path.answered = True
                self._go(self._answered(message["sdp"], restart=self._settle()["restart"]))
            case "no_answer" if self._is_mine(message):
                self._settle()
                self._not_answered(message["code"], message["after_ms"] / 1000)
            case "renegotiate":
                self.open()
            case "adapt" if self.path and self.path.answered and message["epoch"] > self._epoch:
                self._epoch = message["epoch"]
                self._sends = message["audio"] is not None
                self._ordered = f"{message['level']}, receives {message['receives']}"
                self._report()

    def line_opened(self) -> None:
        if self._unanswered is not None:
            self._say(self._unanswered)

    def turn(self, now_ns: int, *, can_ask: bool) -> None:
        """Every `EVERY_S`: say something, and look after the path now and then."""
        self._turns += 1
        path = self.path
        for one in (path, self._retired):
            if one is not None and one.up and self._sends:
                one.mouth.speak(now_ns)
        if path is None:
            return
        if path.up:
            self._owe(path, now_ns)
        if self._turns % LOOK_EVERY == 0:
            self._look(path, can_ask=can_ask)

    def close(self) -> None:
        self.closed = True
        for path in (self.path, self._retired):
            if path is not None:
                path.close()
        for task in self._tasks:
            task.cancel()

    def _owe(self, path: Path, now_ns: int) -> None:
        """Consents, reports and feedback."""
        if self._turns % CHECK_EVERY == 0 or (self._last and self._turns % LOOK_EVERY == 0):
            path.mouth.check()
        if self._turns % REPORT_EVERY == 0:
            path.mouth.report(now_ns, path.ear.blocks())
            self._report()
        if self._turns % 2 == 0:
            path.feed_back()

    def _look(self, path: Path, *, can_ask: bool) -> None:
        """Silent for long: an ICE restart; still silent: a new session; again and again, slower."""
        now_s = time.monotonic()
        if path.ear.inbound != self._inbound:
            self._heard_at_s = now_s
        self._inbound = path.ear.inbound
        if path.up and now_s - self._heard_at_s < SILENT_S:
            self._last, self._reopened = None, 0
            self._let_go(now_s)
            return
        if not can_ask or (self._last and now_s - self._acted_at_s < self._patience_s()):
            return
        if self._last is None:
            self.restart()
        else:
            self._reopened += 1
            self.open()

    def _patience_s(self) -> float:
        if self._last == "restart":
            return RESTART_PATIENCE_S
        return REOPEN_PATIENCE_S[min(self._reopened, len(REOPEN_PATIENCE_S) - 1)]

    def _let_go(self, now_s: float) -> None:
        if self._retired is not None and now_s - self._up_at_s > RETIRED_FOR_S:
            self._retired.close()
            self._retired = None

    def _retire(self, path: Path) -> None:
        if path.up and (self._retired is None or not self._retired.up):
            self._retired = path
        else:
            path.close()

    def _act(self, what: str) -> None:
        self._last = what
        self._acted_at_s = time.monotonic()

    def _offer(self, sdp: str, *, restart: bool) -> None:
        self._request += 1
        self._unanswered = {"type": "offer", "request": self._request, "sdp": sdp, "restart": restart, "rtt_ms": 5}
        self._say(self._unanswered)

    def _is_mine(self, message: Json) -> bool:
        return self._unanswered is not None and message["request"] == self._unanswered["request"]

    def _settle(self) -> Json:
        settled, self._unanswered = self._unanswered, None
        assert settled is not None
        return settled

    async def _answered(self, sdp: str, *, restart: bool) -> None:
        path = self.path
        if path is None:
            return
        if restart:
            await path.move(sdp)
        elif await path.connect(sdp) and path is self.path:
            self._up_at_s = self._heard_at_s = time.monotonic()

    def _not_answered(self, code: str, after_s: float) -> None:
        if code == "restart-unknown":
            self.open()
        elif code == "retry":
            self._go(self._open_after(after_s))

    async def _open_after(self, after_s: float) -> None:
        await asyncio.sleep(after_s)
        if not self.closed and self._unanswered is None:
            self.open()

    def _report(self) -> None:
        path = self.path
        if path is None or not self._epoch:
            return
        received = path.ear.sounds - self._sounds
        self._sounds = path.ear.sounds
        self._say({
            "type": "report", "epoch": self._epoch, "interval_ms": 1000, "received_bytes": received * 130,
            "audio_received": received, "audio_lost": 0, "played_ms": min(1000, received * 60), "concealed_ms": 0,
            "jitter_buffer_ms": 60, "frozen_ms": 0, "rtt_ms": 5,
        })  # fmt: skip

    def _go(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
