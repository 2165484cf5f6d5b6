"""What a physician or coordinator says to all who wait: rules, pure, for what may be said and who is shown it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from clinic.intake.permission import role_may
from clinic.people.request import Request

MAX_CHARS: Final = 300
LONGEST: Final = timedelta(hours=4)
SHOWN: Final = 3
"""At a time: a waiting page is no notice board."""

RefusalCode = Literal["not-allowed", "empty", "too-long", "not-a-span"]


@dataclass(frozen=True)
class QueueMessage:
    """`physician`: whose line; empty for all. It must not tell of a person: every one who waits reads it."""

    id: str
    physician: str
    text: str = field(repr=False)
    by: str
    at: datetime
    until: datetime


@dataclass(frozen=True)
class Refusal:
    code: RefusalCode


def post(physician: str, text: str, until: datetime, request: Request) -> QueueMessage | Refusal:
    """The message, or why not. A physician speaks to the own line only."""
    own = request.role != "physician" or physician == request.actor
    if not own or not role_may(request.role, "queue.message"):
        return Refusal("not-allowed")
    words = " ".join(text.split())
    if not words:
        return Refusal("empty")
    if len(words) > MAX_CHARS:
        return Refusal("too-long")
    if not request.at < until <= request.at + LONGEST:
        return Refusal("not-a-span")
    return QueueMessage(f"{request.actor}/{request.id}", physician, words, request.actor, request.at, until)


def take_back(message_id: str, request: Request) -> Refusal | None:
    """May it be taken back? A physician takes back only the own words."""
    own = request.role != "physician" or message_id.startswith(f"{request.actor}/")
    return None if own and role_may(request.role, "queue.message") else Refusal("not-allowed")


def shown(messages: Iterable[QueueMessage], physician: str, now: datetime) -> tuple[QueueMessage, ...]:
    """To one line now, newest first; also to who came after it was said."""
    held = [each for each in messages if each.physician in ("", physician) and each.at <= now < each.until]
    return tuple(sorted(held, key=lambda each: (each.at, each.id), reverse=True)[:SHOWN])
