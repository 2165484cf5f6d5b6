"""One step of a record, made ready for Lua: what is sealed, what the history keeps, and what the audit says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import TypeAdapter

from clinic import keys as clinic_keys
from clinic.privacy.audit_entry import CONSULTATION, Entry
from clinic.privacy.sealing import Sealer
from clinic.record import keys
from clinic.record.commands import Command
from clinic.record.events import Event, Saved
from clinic.record.record import Record, Refusal
from clinic.unavailable import unavailable_when_down

KEPT: Final = timedelta(days=30)
"""Command ids after the last command, drafts after the signature. A page that was away longer merges all the same."""

_record: Final = TypeAdapter(Record)
_event: Final[TypeAdapter[Event]] = TypeAdapter(Event)


@dataclass(frozen=True)
class Step:
    """The Lua step with all but its audit entry."""

    script: Any
    before: Record
    after: Record
    arguments: list[Any]

    async def __call__(self, audit: str) -> list[bytes] | None:
        """None: another entry of the audit came between."""
        consultation = self.before.consultation
        async with unavailable_when_down():
            answer: list[bytes] = await self.script(
                keys=[
                    keys.record(consultation),
                    keys.revisions(consultation),
                    keys.commands(consultation),
                    keys.tasks(self.before.treating),
                    keys.tasks(self.after.treating),
                    *audit_keys(consultation),
                ],
                args=[*self.arguments[:9], audit, *self.arguments[9:]],
            )
        return None if answer == [b"unchained"] else answer


def arguments(
    sealer: Sealer, state: Record, after: Record, command: Command, events: Sequence[Event], now: datetime
) -> list[Any]:
    """What scripts.EXECUTE takes, without the audit's entry."""
    since = milliseconds(after.closed_at) if after.is_open and after.closed_at else ""
    settled = after.signed is not None and after.content == after.signed.content and not after.conflicts
    forgotten = [number for event in events if isinstance(event, Saved) for number in event.forgotten]
    numbered = enumerate(events, start=state.revision + 1)
    kept = [part for number, event in numbered for part in (number, _seal_event(sealer, state, number, event))]
    until = milliseconds(now + KEPT)
    return [
        state.revision, seal_record(sealer, after), after.treating, after.status, f"{command.by}/{command.id}", until,
        state.consultation, since, until if settled else "", len(forgotten), *forgotten, *kept,
    ]  # fmt: skip


def seal_record(sealer: Sealer, state: Record) -> str:
    """Raises Shredded."""
    return sealer.seal(_place(state.consultation, state.revision), _record.dump_json(state).decode())


def open_record(sealer: Sealer, consultation: str, revision: int, text: str) -> Record:
    """Raises Shredded, Tampered."""
    return _record.validate_json(sealer.open(_place(consultation, revision), text))


def _seal_event(sealer: Sealer, state: Record, number: int, event: Event) -> str:
    return sealer.seal(_place(state.consultation, number) + ":event", _event.dump_json(event).decode())


def open_event(sealer: Sealer, consultation: str, number: int, text: str) -> Event:
    """A line of the history. Raises Shredded, Tampered."""
    return _event.validate_json(sealer.open(_place(consultation, number) + ":event", text))


def _place(consultation: str, revision: int) -> str:
    """The revision too: an older text under a newer number is no record."""
    return f"record:{consultation}:{revision}"


def audit_keys(consultation: str) -> tuple[str, str]:
    """The audit, and where the head of this scope is."""
    return clinic_keys.AUDIT, clinic_keys.state(consultation)


def opened_entry(state: Record, by: str, now: datetime) -> Entry:
    """What the audit says of a new record."""
    scope = CONSULTATION + state.consultation
    about = {"patient": state.patient, "consultation": state.consultation}
    return Entry(scope, "record-open", by, "physician", "TREAT", now, **about)


def command_entry(state: Record, command: Command, decision: Sequence[Event] | Refusal, now: datetime) -> Entry:
    """What the audit says of a command: which facts it made of which fields, or why it was refused."""
    entry = replace(opened_entry(state, command.by, now), action=f"record-{type(command).__name__.lower()}")
    if isinstance(decision, Refusal):
        return replace(entry, request=command.id, outcome=decision.code)
    return replace(entry, request=command.id, facts=" ".join(map(_fact, decision)))


def _fact(event: Event) -> str:
    return f"{event.type}:{event.field}" if isinstance(event, Saved) else event.type


def milliseconds(at: datetime) -> int:
    """Unix time."""
    return round(at.timestamp() * 1000)
