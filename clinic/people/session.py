"""When a staff member's session is alive, and the token that stands for it. Pure but for secrets."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

TOKEN_BYTES: Final = 32


@dataclass(frozen=True)
class Limits:
    """`idle`: without any request. `absolute`: since the sign-in. Only a consultation goes on past them."""

    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)


DEFAULT_LIMITS: Final = Limits()


@dataclass(frozen=True)
class Session:
    """A sign-in of a staff member on one browser."""

    id: str
    """SHA-256 of the token, hex. It opens nothing."""
    staff: str
    began_at: datetime
    seen_at: datetime
    held_at: datetime | None = None
    """When its consultation was last known to run."""

    def ends_at(self, limits: Limits) -> datetime:
        """When it is over if nothing more comes. A consultation holds it open past both limits."""
        ends = min(self.seen_at + limits.idle, self.began_at + limits.absolute)
        return max(ends, self.held_at + limits.idle) if self.held_at else ends

    def is_alive(self, limits: Limits, now: datetime) -> bool:
        return now < self.ends_at(limits)


@dataclass(frozen=True)
class SessionView:
    """A session as its owner sees it in the list."""

    session: Session
    address: str
    agent: str


def new_token(staff: str) -> str:
    """`<staff id>.<256 random bits>`: the id says where to look, so that no step must search."""
    return f"{staff}.{secrets.token_urlsafe(TOKEN_BYTES)}"


def staff_of(token: str) -> str:
    """Whom a token claims to be of; empty for what is no token."""
    staff, dot, secret = token[:200].partition(".")
    return staff if dot and secret and staff.isascii() and staff.isalnum() else ""


def token_sha256(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def csrf_of(token: str) -> str:
    """The token that forms and requests carry beside the cookie: bound to the session, and nothing to store."""
    return hmac.digest(token.encode(errors="replace"), b"hilo csrf", "sha256").hex()


def csrf_fits(token: str, given: str) -> bool:
    return hmac.compare_digest(csrf_of(token).encode(), given.encode(errors="replace"))
