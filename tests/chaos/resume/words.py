"""Numbered chat messages, and what became of them on a page. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """What somebody wrote; the text is nobody else's."""

    by: str
    text: str


def faults(said: Sequence[Message], page: Sequence[str], whose: str) -> Iterator[str]:
    """What is missing, doubled or out of its sender's order on the page of `whose`, told for a human."""
    counted = Counter(page)
    for message in said:
        if counted[message.text] != 1:
            yield f"{message.text!r} is {counted[message.text]} times on {whose}'s page"
    for sender in sorted({message.by for message in said}):
        if not _in_order([message.text for message in said if message.by == sender], page):
            yield f"what {sender} wrote is out of order on {whose}'s page"


def differing(pages: Iterable[Sequence[str]]) -> Iterator[str]:
    """After a reload all pages show the timeline's one order."""
    if len({tuple(page) for page in pages}) > 1:
        yield "the pages show the messages in different orders"


def _in_order(texts: Sequence[str], page: Sequence[str]) -> bool:
    """Those that are there, each where it is first."""
    places = [page.index(text) for text in texts if text in page]
    return places == sorted(places)
