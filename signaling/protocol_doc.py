"""Writes docs/protocol.md from the models: `python -m signaling.protocol_doc`. A test compares the two."""

from __future__ import annotations

import inspect
import json
import types
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from clinic import events
from signaling import protocol

DOC: Final = Path(__file__).resolve().parent.parent / "docs" / "protocol.md"

_HEAD: Final = f"""# The protocol between page and server, version {protocol.VERSION}

Generated from the models in signaling/ and clinic/ by `python -m signaling.protocol_doc`; do not edit.

{inspect.cleandoc(protocol.__doc__ or "")}

Every message is one JSON object in one text frame, told apart by `type`; one of a page has at most
{protocol.MAX_MESSAGE_BYTES} bytes. A field that is not listed is refused (`bad-message`). A message of a `type` that
the server does not know is answered with the error `unknown-type`; a `hello` of another version with
`unsupported-version`.
"""
_POLLING: Final = f"""A page that can open no WebSocket sends `POST /poll` with the JSON object `Poll` (at most
{protocol.MAX_POLL_BYTES} bytes) and gets the JSON object `Polled`. The token is in the body, never in the address.
One turn at a time keeps the order; a turn that waits may be given up for another one at any time.

| Status | Meaning |
| --- | --- |
| 200 | Every message of the body is answered; or the link, the version or the seat is not the page's (any more) |
| 400, 413 | The body is no `Poll`, or too large; the answer says so in an `error` |
| 403 | Another site's page asked |
| 429, 503 | Not now: say all of it again after `Retry-After` seconds, here or in any other process |
"""
_PARTS: Final = ("Seat", "Consultation", "ConsentText", "IceServer", "StoredEvent", "RoomSlot", "Wait", "Late")


_UNIONS: Final[dict[Any, str]] = {
    events.Consented: "an event",
    protocol.Consent: "a message from the page but `hello`",
    protocol.Welcome: "a message to the page",
}
"""By the first member."""


def render() -> str:
    """The whole document."""
    return "\n".join((
        _HEAD,
        "## From the page\n",
        *_messages(_members(protocol.FromPage)),
        "## To the page\n",
        *_messages(_members(protocol.ToPage)),
        "## Without a WebSocket\n",
        _POLLING,
        *_messages((protocol.Poll, protocol.Polled)),
        "## Parts of messages\n",
        *map(_message, (getattr(protocol, name) for name in _PARTS)),
        "## Events of the timeline\n",
        *_messages(_members(events.Event)),
        "## Close codes\n",
        *_close_codes(),
        "",
    ))  # fmt: skip


def _messages(models: Iterable[type[BaseModel]]) -> list[str]:
    return [_message(model) for model in models]


def _message(model: type[BaseModel]) -> str:
    kind = model.model_fields.get("type")
    title = f"`{kind.default}`" if kind is not None else f"`{model.__name__}`"
    own = {name: field for name, field in model.model_fields.items() if name != "type"}
    lines = [f"### {title}\n", *_words(model)]
    if own:
        lines += ["| Field | Type | Default | Meaning |", "| --- | --- | --- | --- |"]
        lines += [_row(name, field) for name, field in own.items()]
        lines.append("")
    return "\n".join(lines)


def _words(model: type[BaseModel]) -> list[str]:
    return [f"{inspect.cleandoc(model.__doc__)}\n"] if model.__doc__ else []


def _row(name: str, field: FieldInfo) -> str:
    default = "" if field.default is PydanticUndefined else f"`{json.dumps(field.default)}`"
    limits = _limits(field.metadata, "messages" if get_origin(field.annotation) is tuple else "characters")
    meaning = " ".join(filter(None, [field.description, limits])).replace("|", "\\|")
    return f"| `{name}` | {_type(field.annotation)} | {default} | {meaning} |"


def _limits(metadata: Iterable[Any], unit: str = "characters") -> str:
    """Constraints in words: `at least 8 characters`."""
    words = {
        "min_length": f"at least {{}} {unit}",
        "max_length": f"at most {{}} {unit}",
        "ge": "at least {}",
        "le": "at most {}",
    }
    found = [
        text.format(value)
        for constraint in metadata
        for name, text in words.items()
        if (value := getattr(constraint, name, None)) is not None
    ]
    patterns = [str(p) for constraint in metadata if (p := getattr(constraint, "pattern", None)) is not None]
    limits = ", ".join(found + [f"matches `{pattern}`" for pattern in patterns])
    return f"({limits})" if limits else ""


def _type(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return " ".join(filter(None, [_type(arguments[0]), _limits(annotation.__metadata__)]))
    if origin is Literal:
        return " or ".join(f"`{json.dumps(value)}`" for value in arguments)
    if origin in (Union, types.UnionType):
        return _UNIONS.get(arguments[0]) or " or ".join(map(_type, arguments))
    if origin is tuple:
        return f"list of {_type(arguments[0])}"
    plain = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "`null`"}
    return plain.get(annotation) or f"`{annotation.__name__}`"


def _members(union: Any) -> list[type[BaseModel]]:
    """The models of an annotated union, in its order; a union inside a union is flat."""
    return list(get_args(get_args(union)[0]))


def _close_codes() -> list[str]:
    codes = {name: value for name, value in vars(protocol).items() if name.startswith("CLOSE_")}
    rows = [f"| {value} | {name.removeprefix('CLOSE_').replace('_', ' ').lower()} |" for name, value in codes.items()]
    return ["| Code | Meaning |", "| --- | --- |", *rows]


if __name__ == "__main__":
    DOC.write_text(render())
