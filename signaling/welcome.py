"""The answer to `hello`: what a seat may see of its consultation, in the protocol's words. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from clinic import consultation as clinic
from clinic.records import Page, Snapshot, Stored
from media.contract import MAX_PARTICIPANTS, Level
from signaling import protocol as p


def welcome(
    snapshot: Snapshot,
    seat: clinic.Seat,
    page: Page,
    consent: p.ConsentText | None,
    place: Place,
    ice: tuple[p.IceServer, ...],
) -> p.Welcome:
    """Everything a page needs to show the consultation and to make an offer."""
    seats = snapshot.consultation.held
    return p.Welcome(
        seat=seat.id,
        consultation=_consultation(snapshot, seat, place),
        consent=consent,
        ice_servers=ice,
        slots=min(MAX_PARTICIPANTS, max(len(seats), 2)) - 1,
        events=stored_events(page.events),
        more=page.more,
    )


def stored_events(events: Iterable[Stored]) -> tuple[p.StoredEvent, ...]:
    return tuple(p.StoredEvent(id=stored.id, at_ms=stored.at_ms, event=stored.event) for stored in events)


def is_video(level: Level) -> bool:
    """Whether the rung has video."""
    return level.startswith("V")


@dataclass(frozen=True)
class Place:
    """The clinic's name and time zone."""

    name: str
    zone: ZoneInfo

    def named(self, name: str) -> Place:
        """As its profile says now."""
        return replace(self, name=name)

    def local(self, at: datetime) -> str:
        """RFC 3339 in the clinic's time zone."""
        return at.astimezone(self.zone).isoformat(timespec="seconds")


def _consultation(snapshot: Snapshot, seat: clinic.Seat, place: Place) -> p.Consultation:
    state = snapshot.consultation
    return p.Consultation(
        id=state.id,
        status=state.status,
        starts_at=place.local(state.starts_at),
        ends_at=place.local(state.ends_at),
        clinic=place.name,
        reason=state.reason if seat.is_physician else "",
        note=state.note if seat.is_physician else "",
        note_id=state.note_id if seat.is_physician else "",
        seats=tuple(map(_seat, state.seats)),
        upto=snapshot.upto,
    )


def _seat(seat: clinic.Seat) -> p.Seat:
    return p.Seat(
        id=seat.id,
        role=seat.role,
        name=seat.name,
        consented=seat.consent_sha256 is not None,
        arrived=seat.arrived,
        admitted=seat.admitted,
        present=seat.present,
        path_lost=seat.path_lost,
        audio=seat.audio,
        video=seat.video,
        problem=seat.problem,
        up_level=seat.up_level,
        down_level=seat.down_level,
        level_reason=seat.level_reason,
        hold=seat.hold,
        save_data=seat.save_data,
        language=seat.language,
        handed=seat.handed,
        revoked=seat.revoked,
    )
