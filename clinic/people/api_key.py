"""A key of the clinic's own system: what it may do, and the token that stands for it. Pure but for secrets."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from clinic.people.staff import Capability

PREFIX: Final = "hilo"
"""Tokens begin so: who searches a repository for leaked secrets finds them."""

SECRET_BYTES: Final = 32
MAX_LABEL: Final = 80
ROLE: Final = "integration"
"""In which role a key acts, for the audit."""

GRANTABLE: Final[frozenset[Capability]] = frozenset(
    {"appointments.read", "appointments.write", "patients.read", "patients.write"}
)
"""Booking, and nothing clinical."""

_TOKEN: Final = re.compile(rf"{PREFIX}_([0-9a-f]{{16}})_([A-Za-z0-9_-]{{40,60}})")


@dataclass(frozen=True)
class ApiKey:
    """It opens nothing by itself: only the hash of its token is kept. Times are aware."""

    id: str
    label: str = field(repr=False)
    """What the administrator calls it."""
    capabilities: frozenset[Capability]
    created_at: datetime
    created_by: str
    revoked_at: datetime | None = None
    used_at: datetime | None = None
    """To the minute."""

    def may(self, capability: Capability) -> bool:
        return self.revoked_at is None and capability in self.capabilities


def new_secret() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)


def token_of(key_id: str, secret: str) -> str:
    """What the system sends: `hilo_<id>_<256 random bits>`."""
    return f"{PREFIX}_{key_id}_{secret}"


def id_of(token: str) -> str:
    """Which key a token claims to be; empty for what is no token."""
    found = _TOKEN.fullmatch(token)
    return found[1] if found else ""
