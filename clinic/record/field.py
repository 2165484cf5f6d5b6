"""One field of a record that several pages write, also offline: which texts stand beside each other, and their order.

A multi-value register: a save names the text that it was made from (`base`), and follows that one text, nothing else.
What stays beside it is a conflict, and both are shown until a physician chooses. So a text goes out of sight only when
somebody who saw it wrote on from it, or chose another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from clinic.record.content import Value

MAX_HEADS: Final = 16
"""Texts beside each other in one field."""


@dataclass(frozen=True)
class Head:
    """A text of a field that nothing has followed yet."""

    revision: int
    """Its number in the record; unique over all fields."""
    value: Value
    author: str
    """The physician's id."""
    client: str
    """The page (a tab of a browser) that it was written on."""
    edit: int
    """That page's own count of its changes."""
    at: datetime
    authors: tuple[str, ...] = ()
    """All whose texts it was made from, and its own; sorted ids."""


Heads = tuple[Head, ...]
"""Oldest first. None: nothing was written yet. Several: a conflict."""


@dataclass(frozen=True)
class Merged:
    """What a save makes of a field."""

    heads: Heads
    replaced: Heads
    """What it followed."""


def merge(heads: Heads, new: Head, base: int) -> Merged | None:
    """The field with one more text; None when that text changes nothing.

    `base`: the revision of the text which `new` was made from; 0: the empty field. Where it was followed already, the
    page's own last one is meant: its answer was lost on the way. A page that sends an older text of its own late
    (`edit` not above the last) changes nothing: its later text was made from it.
    """
    own = tuple(head for head in heads if head.client == new.client)
    if any(head.edit >= new.edit for head in own):
        return None
    followed = tuple(head for head in heads if head.revision == base) or own[-1:]
    return _follow(heads, new, followed)


def choose(heads: Heads, new: Head, seen: frozenset[int]) -> Merged | None:
    """The field after a physician who saw the texts `seen` settled for one, or wrote one out of them.

    A text that came meanwhile stays beside the choice. None when all that were seen are gone: the choice is void.
    """
    followed = tuple(head for head in heads if head.revision in seen)
    return _follow(heads, new, followed) if followed else None


def _follow(heads: Heads, new: Head, followed: Heads) -> Merged | None:
    beside = tuple(head for head in heads if head not in followed)
    if any(head.value == new.value for head in beside):
        return Merged(beside, followed) if followed else None
    if [head.value for head in followed] == [new.value]:
        return None
    return Merged((*beside, replace(new, authors=_authors(new, followed))), followed)


def _authors(new: Head, followed: Heads) -> tuple[str, ...]:
    """Who takes a text over as it is, has not written it."""
    taken = [head for head in followed if head.value == new.value]
    if taken:
        return taken[0].authors
    return tuple(sorted({new.author, *(author for head in followed if head.value for author in head.authors)}))


def grew(old: str, new: str) -> bool:
    """Whether the new text is the old one with something put in at one place: then nothing is lost with the old one."""
    return _same_start(old, new) + _same_start(old[::-1], new[::-1]) >= len(old) <= len(new)


def _same_start(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
