"""The grammar of SDP: a text as blocks of attributes, one for the session and one for each m-line (RFC 8866)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

MAX_BYTES = 65_536

_CONTROL_OR_SURROGATE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class BadOffer(ValueError):
    """An offer that cannot be answered; `args[0]` is the reason in one hyphenated word, fit for a log."""


@dataclass(slots=True)
class Block:
    """The session's lines, or those of one m-line: attribute values by name."""

    media: str = ""
    attributes: dict[str, list[str]] = field(default_factory=dict)

    def all(self, name: str) -> Sequence[str]:
        """Values of `a=<name>:<value>` in their order; empty ones of `a=<name>`."""
        return self.attributes.get(name, ())

    def first(self, name: str) -> str | None:
        return next(iter(self.all(name)), None)


def blocks(text: str) -> list[Block]:
    """The session's block and then one for each m-line. Raises `BadOffer` for what is no SDP."""
    if len(text) > MAX_BYTES:
        raise BadOffer("too-long")
    if _CONTROL_OR_SURROGATE.search(text.replace("\r\n", "\n")) or not text.startswith("v=0"):
        raise BadOffer("not-sdp")
    found = [Block()]
    for line in text.replace("\r\n", "\n").split("\n"):
        kind, _, value = line.partition("=")
        if kind == "m":
            found.append(Block(media=value))
        elif kind == "a":
            name, _, content = value.partition(":")
            found[-1].attributes.setdefault(name, []).append(content.strip(" \t"))
        elif len(kind) > 1:
            raise BadOffer("not-sdp")
    return found


def matches(pattern: re.Pattern[str], values: Sequence[str]) -> Iterator[tuple[str, re.Match[str]]]:
    """The values that match, each with its first group: what the browser says beyond our grammar is passed over."""
    for value in values:
        if match := pattern.fullmatch(value):
            yield match[1], match


def matching(pattern: re.Pattern[str], value: str | None, reason: str) -> str:
    """The value, when all of it matches; `BadOffer` with the reason when not, or when there is none."""
    if value is None or not pattern.fullmatch(value):
        raise BadOffer(reason)
    return value
