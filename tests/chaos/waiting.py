"""Commands that are not answered yet, in the order in which they were made: what a browser keeps over
reloads, and how fast they may go out. Pure: time comes in."""

from __future__ import annotations

from typing import Any, Final

CHAT_BURST: Final = 20
CHAT_PER_S: Final = 1.5
"""As the browser's queue: the server takes a little more (signaling/limits.py)."""
REFUSED_WAIT_S: Final = 2.0

Json = dict[str, Any]


class Waiting:
    """The memory of one device; its commands are numbered from 1 on."""

    def __init__(self, device: str) -> None:
        self.device = device
        self.commands: list[Json] = []
        self._sent: set[str] = set()
        self._made = 0
        self._tokens = float(CHAT_BURST)
        self._filled_at_s = 0.0

    def make(self, kind: str, **fields: Any) -> tuple[int, Json]:
        """A new command and its number."""
        self._made += 1
        command = {"type": kind, "id": f"{self.device}-{self._made:05}", **fields}
        self.commands.append(command)
        return self._made, command

    def has(self, kind: str) -> bool:
        return any(command["type"] == kind for command in self.commands)

    def settle(self, id: str) -> None:
        self.commands = [command for command in self.commands if command["id"] != id]

    def again(self, now_s: float) -> None:
        """A new line: all of it goes out again."""
        self._sent.clear()
        self._tokens, self._filled_at_s = float(CHAT_BURST), now_s

    def too_fast(self, id: str, now_s: float) -> None:
        """This one and all after it go out again, later."""
        ids = [command["id"] for command in self.commands]
        if id in ids:
            self._sent -= set(ids[ids.index(id) :])
            self._tokens, self._filled_at_s = 0.0, now_s + REFUSED_WAIT_S

    def due(self, now_s: float) -> list[Json]:
        """What goes out now, in order: a chat message that must wait holds back what was made after it."""
        self._tokens = min(CHAT_BURST, self._tokens + max(0.0, now_s - self._filled_at_s) * CHAT_PER_S)
        self._filled_at_s = max(now_s, self._filled_at_s)
        found: list[Json] = []
        for command in self.commands:
            if command["id"] in self._sent:
                continue
            if command["type"] == "chat":
                if self._tokens < 1:
                    break
                self._tokens -= 1
            self._sent.add(command["id"])
            found.append(command)
        return found
