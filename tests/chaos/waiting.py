"""Commands that are not answered yet, in the order in which they were made: what a browser keeps over reloads. Pure."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


class Waiting:
    """The memory of one device; its commands are numbered from 1 on."""

    def __init__(self, device: str) -> None:
        self.device = device
        self.commands: list[Json] = []
        self._sent: set[str] = set()
        self._made = 0

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

    def again(self) -> None:
        """A new line, or one on which something was not done: all of it goes out again."""
        self._sent.clear()

    def due(self) -> list[Json]:
        """What goes out now."""
        found = [command for command in self.commands if command["id"] not in self._sent]
        self._sent.update(command["id"] for command in found)
        return found
