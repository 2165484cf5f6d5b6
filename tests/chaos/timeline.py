"""From an event as it is stored or told to an entry as the checker takes it. Pure."""

from __future__ import annotations

from typing import Any

from chaos.history import Entry

Json = dict[str, Any]


def entry(id: str, event: Json) -> Entry:
    return Entry(
        id=id,
        type=event["type"],
        seat=event.get("seat") or event.get("by") or "",
        command=event.get("command_id", ""),
        value=event["text"] if "text" in event else _switch(event),
        generation=event.get("generation", 0),
    )


def order(id: str) -> tuple[int, int]:
    """Stream ids compare as two numbers."""
    ms, _, number = id.partition("-")
    return int(ms), int(number)


def _switch(event: Json) -> str:
    """The camera's: the harness leaves the microphone on."""
    return "" if event["type"] != "media_changed" else "on" if event["video"] else "off"
