"""What may be asked of a consultation: a frozen dataclass per command, of a page or of our processes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from clinic.events import Hold, Level, LevelReason


@dataclass(frozen=True)
class _Command:
    id: str
    """Made by the sender; under one id a command is applied at most once."""
    seat: str
    """Who asks, or whom a report is about."""


@dataclass(frozen=True)
class Consent(_Command):
    text_version: str
    text_sha256: str
    lang: str


@dataclass(frozen=True)
class Withdraw(_Command):
    """Take the consent back; who is inside leaves."""


@dataclass(frozen=True)
class Arrive(_Command):
    """Enter the waiting room."""


@dataclass(frozen=True)
class Admit(_Command):
    target: str
    """The seat to let in."""


@dataclass(frozen=True)
class SendChat(_Command):
    text: str


@dataclass(frozen=True)
class SaveNote(_Command):
    text: str
    base: str
    """The command whose text this one was made from; empty for none."""


@dataclass(frozen=True)
class SetMedia(_Command):
    audio: bool
    video: bool
    problem: Literal["denied", "busy", "absent", "unsupported"] | None = None


@dataclass(frozen=True)
class SetPreference(_Command):
    """What a human wants of the ladder; clinic/limit.py says what follows for each seat."""

    hold: Hold
    save_data: bool


@dataclass(frozen=True)
class Join(_Command):
    """Begin a media session, or take it over: the seat's generation grows by one."""


@dataclass(frozen=True)
class Leave(_Command):
    """Hang up, or leave the waiting room."""


@dataclass(frozen=True)
class End(_Command):
    reason: Literal["completed", "interrupted"]


@dataclass(frozen=True)
class ReportPathLost(_Command):
    """The media of this generation is silent."""

    generation: int


@dataclass(frozen=True)
class ReportPathBack(_Command):
    generation: int


@dataclass(frozen=True)
class ReportLevel(_Command):
    """A ladder of this generation's media moved."""

    generation: int
    direction: Literal["up", "down"]
    level: Level
    reason: LevelReason


@dataclass(frozen=True)
class ReportGone(_Command):
    """The seat has had neither a socket nor media for the grace period, or never got the media it joined for."""

    generation: int


@dataclass(frozen=True)
class Expire:
    """The clock: it is long after the appointment."""

    id: str
    seat: Literal["clock"] = "clock"


@dataclass(frozen=True)
class Reschedule:
    """The clinic: the appointment has other times. The diary executes this, together with its own change."""

    id: str
    starts_at: datetime
    ends_at: datetime
    seat: Literal["clinic"] = "clinic"


@dataclass(frozen=True)
class Cancel:
    """The clinic: the appointment will not take place. The diary executes this, together with its own change."""

    id: str
    seat: Literal["clinic"] = "clinic"


@dataclass(frozen=True)
class Invite:
    """The clinic: one more seat. The diary executes this, which keeps the guest's name."""

    id: str
    guest: str
    """The new seat."""
    language: str = ""
    seat: Literal["clinic"] = "clinic"


@dataclass(frozen=True)
class Revoke:
    """The clinic: a companion's seat is taken back. The diary executes this."""

    id: str
    guest: str
    seat: Literal["clinic"] = "clinic"


@dataclass(frozen=True)
class HandOver:
    """The clinic: another physician has it. The diary executes this, together with its own change."""

    id: str
    giver: str
    taker: str
    """The new seat."""
    seat: Literal["clinic"] = "clinic"


ClinicCommand = Reschedule | Cancel | Invite | Revoke | HandOver
SeatCommand = (
    Consent
    | Withdraw
    | Arrive
    | Admit
    | SendChat
    | SaveNote
    | SetMedia
    | SetPreference
    | Join
    | Leave
    | End
    | ReportPathLost
    | ReportPathBack
    | ReportLevel
    | ReportGone
)
Command = SeatCommand | Expire | ClinicCommand
