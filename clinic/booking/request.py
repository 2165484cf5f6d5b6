"""What is asked of the diary, and by whom."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

from clinic.booking import appointment as a
from clinic.privacy.sealing import Sealer


@dataclass(frozen=True)
class Author:
    """Who asks, and under which idempotency key: one key of one author is one command, however often it is sent."""

    by: str
    """The id of a member of staff or of an API key."""
    role: str
    """For the audit."""
    key: str

    @property
    def key_sha256(self) -> str:
        """Names the command: the key itself is a client's, and may hold anything."""
        return hashlib.sha256(f"{self.by}\0{self.key}".encode()).hexdigest()


@dataclass(frozen=True)
class Wanted:
    """An appointment to be made. Times are aware."""

    patient: str
    physician: str
    starts_at: datetime
    ends_at: datetime
    reason: a.Reason
    companions: tuple[str, ...] = field(default=(), repr=False)
    """Their names."""
    source: a.Source = "staff"

    def made(self, by: str) -> a.Appointment:
        """The appointment, with new ids."""
        return a.Appointment(
            id=_new_id(),
            patient=self.patient,
            physician=self.physician,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            reason=self.reason,
            patient_seat=_new_id(),
            physician_seat=_new_id(),
            created_by=by,
            source=self.source,
            companions=tuple(a.Companion(_new_id(), name) for name in self.companions),
        )


@dataclass(frozen=True)
class Asked:
    """One command on its way, the same in every attempt. The ids are of the appointment and its two people."""

    command: a.Command
    author: Author
    body: str
    """A blind index of `canonical`."""
    appointment: str
    physician: str
    patient: str
    sealer: Sealer


def canonical(wanted: Wanted, may_overbook: bool) -> str:
    """The same for the same wish: two spellings of one instant are equal, and new ids are not in it."""
    return _text("Book", {**asdict(wanted), "may_overbook": may_overbook})


def canonical_change(appointment: str, command: a.Change) -> str:
    """The same for the same change of the same appointment."""
    return _text(type(command).__name__, {**asdict(command), "appointment": appointment})


def _text(kind: str, fields: dict[str, object]) -> str:
    return json.dumps([kind, fields], sort_keys=True, default=_instant)


def _instant(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    raise TypeError(f"{type(value).__name__} in a command")


def _new_id() -> str:
    return secrets.token_hex(8)
