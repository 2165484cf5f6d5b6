"""The consultation's half of a change in the diary: it is created, moved or ended in the same step. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from typing import Final

from clinic import commands as c
from clinic import consultation as consultations
from clinic.booking import appointment as a
from clinic.booking.agenda import milliseconds
from clinic.booking.appointment import Appointment
from clinic.booking.rules import Fact, Refusal, RefusalCode
from clinic.booking.step import Visit
from clinic.consultation import Consultation, Seat
from clinic.events import Event
from clinic.privacy.sealing import Sealer
from clinic.sealed import Reading, sealed_state
from clinic.store import LINKS_KEPT

MOVING: Final = frozenset[Fact]({"rescheduled", "cancelled", "invited", "sent-away", "handed-over"})
"""What happens to the consultation too; its own events tell of the rest."""

_DIARY: Final = "diary"
"""For a command's id: the diary has its own, and writes these in its own step."""

_REFUSALS: Final[dict[consultations.RefusalCode, RefusalCode]] = {
    "full": "call-full", "unknown-seat": "unknown-guest", "not-allowed": "closed",
}  # fmt: skip
"""In the diary's words; whatever else has ended."""


def planned(appointment: Appointment, sealer: Sealer) -> Visit:
    """The new consultation. Neither names nor the reason are in it: they stay sealed with the people and the
    appointment, and whoever shows them opens them there."""
    seats = (
        Seat(appointment.patient_seat, "patient", ""),
        Seat(appointment.physician_seat, "physician", ""),
        *(Seat(companion.seat, "companion", "") for companion in appointment.companions),
    )
    state = Consultation(appointment.id, appointment.starts_at, appointment.ends_at, "", seats)
    return _visit(state, sealed_state(state, sealer), sealer, "", None, ())


def changed(
    reading: Reading, before: Appointment, after: Appointment, change: a.Command, links: Iterable[str], now: datetime
) -> Visit | Refusal | None:
    """None when the consultation already is so. Raises Shredded where a seat's name cannot be kept any more."""
    state = reading.snapshot.consultation
    decision = consultations.decide(state, _command(before, after, change), now)
    if isinstance(decision, consultations.Refusal):
        return Refusal(_REFUSALS.get(decision.code, "consultation-ended"))
    if not decision:
        return None
    [event] = decision
    changed_state = reduce(consultations.apply, decision, state)
    text, version = reading.state(changed_state), str(reading.snapshot.version)
    return _visit(changed_state, text, reading.sealer, version, event, tuple(links))


def _command(before: Appointment, after: Appointment, change: a.Command) -> c.ClinicCommand:
    match change:
        case a.Cancel():
            return c.Cancel(_DIARY)
        case a.Invite():
            return c.Invite(_DIARY, change.guest.seat, change.language)
        case a.SendAway():
            return c.Revoke(_DIARY, change.seat)
        case a.HandOver():
            return c.HandOver(_DIARY, before.physician_seat, change.seat)
    return c.Reschedule(_DIARY, after.starts_at, after.ends_at)


def _visit(
    state: Consultation, text: str, sealer: Sealer, version_read: str, event: Event | None, links: tuple[str, ...]
) -> Visit:
    return Visit(
        version_read=version_read,
        state=text,
        subject=sealer.subject,
        event=event.model_dump_json() if event is not None else None,
        starts=state.starts_at.isoformat(),
        ends=state.ends_at.isoformat(),
        closes_ms=str(milliseconds(state.closes_at)),
        links_until_ms=str(milliseconds(state.closes_at + LINKS_KEPT)),
        links=links,
        over=state.status == "ended",
    )
