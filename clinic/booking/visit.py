"""The consultation's half of a change in the diary: it is created, moved or ended in the same step. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from typing import Final

from pydantic import TypeAdapter

from clinic import commands as c
from clinic import consultation as consultations
from clinic.booking.agenda import milliseconds
from clinic.booking.appointment import Appointment
from clinic.booking.rules import Fact, Refusal
from clinic.booking.step import Visit
from clinic.consultation import Consultation, Seat
from clinic.events import Event
from clinic.records import Snapshot
from clinic.store import LINKS_KEPT

MOVING: Final = frozenset[Fact]({"rescheduled", "cancelled"})
"""What happens to the consultation too; its own events tell of the rest."""

_DIARY: Final = "diary"
"""For a command's id: the diary has its own, and writes these in its own step."""

_consultation: Final = TypeAdapter(Consultation)


def planned(appointment: Appointment) -> Visit:
    """The new consultation. Neither names nor the reason are in it: they stay sealed with the people and the
    appointment, and whoever shows them opens them there."""
    seats = (
        Seat(appointment.patient_seat, "patient", ""),
        Seat(appointment.physician_seat, "physician", ""),
        *(Seat(companion.seat, "companion", "") for companion in appointment.companions),
    )
    state = Consultation(appointment.id, appointment.starts_at, appointment.ends_at, "", seats)
    return _visit(state, "", None, ())


def changed(
    snapshot: Snapshot, appointment: Appointment, fact: Fact, links: Iterable[str], now: datetime
) -> Visit | Refusal | None:
    """None when the consultation already is so."""
    state = snapshot.consultation
    command = (
        c.Cancel(_DIARY) if fact == "cancelled" else c.Reschedule(_DIARY, appointment.starts_at, appointment.ends_at)
    )
    decision = consultations.decide(state, command, now)
    if isinstance(decision, consultations.Refusal):
        return Refusal("consultation-ended")
    if not decision:
        return None
    [event] = decision
    after = reduce(consultations.apply, decision, state)
    return _visit(after, str(snapshot.version), event, tuple(links))


def _visit(state: Consultation, version_read: str, event: Event | None, links: tuple[str, ...]) -> Visit:
    return Visit(
        version_read=version_read,
        state=_consultation.dump_json(state).decode(),
        event=event.model_dump_json() if event is not None else None,
        starts=state.starts_at.isoformat(),
        ends=state.ends_at.isoformat(),
        closes_ms=str(milliseconds(state.closes_at)),
        links_until_ms=str(milliseconds(state.closes_at + LINKS_KEPT)),
        links=links,
        over=state.status == "ended",
    )
