"""From a stranger's bytes to a message of the protocol, or a code for what is wrong with them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeVar

from pydantic import ValidationError

from signaling import protocol as p

T = TypeVar("T")


class ProtocolError(Exception):
    """The page did something that ends or, where not fatal, only spoils this message."""

    def __init__(self, code: p.ErrorCode, *, fatal: bool = True) -> None:
        super().__init__(code)
        self.code: p.ErrorCode = code
        self.fatal = fatal


def parse(data: str | bytes) -> p.FromPage:
    """One message of a page. Raises ProtocolError, and nothing else, for any input."""
    if len(data) > p.MAX_MESSAGE_BYTES or (isinstance(data, str) and len(data.encode()) > p.MAX_MESSAGE_BYTES):
        raise ProtocolError("too-large")
    return _validated(data, p.from_page.validate_json, _is_hello)


def parse_poll(data: bytes) -> p.Poll:
    """The body of a poll. Raises ProtocolError, and nothing else, for any input; one bad message spoils it all."""
    if len(data) > p.MAX_POLL_BYTES:
        raise ProtocolError("too-large")
    return _validated(data, p.Poll.model_validate_json, lambda poll: poll.get("hello"))


def _validated(
    data: str | bytes, validate: Callable[[str | bytes], T], hello_in: Callable[[dict[str, object]], object]
) -> T:
    try:
        return validate(data)
    except ValidationError as error:
        raise _why(error, _claimed_version(data, hello_in)) from None


def _why(error: ValidationError, version: object) -> ProtocolError:
    """Tells a page of another version, and a message that we do not know, from plain nonsense."""
    if version not in (None, p.VERSION):
        return ProtocolError("unsupported-version")
    kinds = {detail["type"] for detail in error.errors(include_url=False, include_input=False)}
    if kinds & {"union_tag_invalid", "union_tag_not_found"}:
        return ProtocolError("unknown-type", fatal=False)
    return ProtocolError("bad-message")


def _is_hello(message: dict[str, object]) -> object:
    return message if message.get("type") == "hello" else None


def _claimed_version(data: str | bytes, hello_in: Callable[[dict[str, object]], object]) -> object:
    try:
        message = json.loads(data)
    except (ValueError, RecursionError):
        return None
    hello = hello_in(message) if isinstance(message, dict) else None
    return hello.get("v") if isinstance(hello, dict) else None
