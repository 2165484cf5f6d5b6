"""The audit for those who must look: who did what, and whether it is whole. It holds ids and codes only."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import Field

from clinic.privacy.audit import Logged
from clinic.privacy.audit_check import Finding, FindingKind
from signaling.api.profile import Model
from signaling.api.route import Asked, Route

if TYPE_CHECKING:
    from signaling.api.gate import ApiGate

_ID = r"^[A-Za-z0-9._:/@+-]{0,100}$"
_STREAM_ID = r"^([0-9]{1,20}-[0-9]{1,20})?$"


class Wanted(Model):
    """Empty: any."""

    before: str = Field(default="", pattern=_STREAM_ID)
    """The `before` of the page that was read: older ones than that."""
    limit: int = Field(default=50, ge=1, le=200)
    actor: str = Field(default="", pattern=_ID)
    patient: str = Field(default="", pattern=_ID)
    consultation: str = Field(default="", pattern=_ID)
    action: str = Field(default="", pattern=_ID)


class EntryView(Model):
    id: str
    at: str
    """By the clock of the process that wrote it."""
    scope: str
    action: str
    actor: str
    role: str
    purpose: str
    patient: str
    consultation: str
    outcome: str
    facts: str


class AuditList(Model):
    """Newest first. May be short, even empty, with more to come."""

    entries: tuple[EntryView, ...]
    before: str | None
    """For the next page; null: there is nothing older."""


class FindingView(Model):
    kind: FindingKind
    entry: str
    """The damaged entry's id; empty: the stored head shows it."""
    scope: str
    first: int
    last: int


class Verdict(Model):
    whole: bool
    findings: tuple[FindingView, ...]
    verified_at: datetime


def routes(gate: ApiGate) -> tuple[Route, ...]:
    """All of this file."""
    return (
        Route("GET", "/api/v1/audit", "audit.read", "audit.read", _read, "Who did what, newest first.",
              query=Wanted, answer=AuditList),
        Route("POST", "/api/v1/audit/verify", "audit.verify", "audit.read", _verify,
              "Is the audit whole? Reads all of it.", answer=Verdict),
    )  # fmt: skip


async def _read(asked: Asked) -> AuditList:
    wanted = asked.query(Wanted)
    names = ("actor", "patient", "consultation", "action")
    filters = {name: value for name in names if (value := getattr(wanted, name))}
    page = await asked.office.audit.page(wanted.before or None, wanted.limit, **filters)
    return AuditList(entries=tuple(map(_entry, page.entries)), before=page.before)


async def _verify(asked: Asked) -> Verdict:
    findings = await asked.office.audit.verify()
    return Verdict(whole=not findings, findings=tuple(map(_finding, findings)), verified_at=asked.now)


def _entry(logged: Logged) -> EntryView:
    shown = {name: _printable(logged.fields.get(name, "")) for name in EntryView.model_fields if name != "id"}
    return EntryView(id=logged.id, **shown)


def _finding(finding: Finding) -> FindingView:
    return FindingView(
        kind=finding.kind, entry=finding.entry, scope=_printable(finding.scope), first=finding.first, last=finding.last
    )


def _printable(text: str) -> str:
    """A damaged entry may hold any bytes."""
    return text.encode(errors="backslashreplace").decode()
