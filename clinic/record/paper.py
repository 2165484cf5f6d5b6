"""What prescription and instructions say on paper. What draws them (document.py) is loaded with the first
one: it takes longer to load than all else that a process needs to start, and after a power cut each second counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from clinic.record.events import Version
from clinic.record.printed_words import Lang


@dataclass(frozen=True)
class Letterhead:
    """The clinic, as it stands over every page."""

    name: str
    lines: tuple[str, ...] = ()
    """RIF, address, phone: as the clinic wants them, one line each."""


@dataclass(frozen=True)
class Signer:
    """The physician who signed."""

    name: str
    licence: str
    """Number of the MPPS."""
    speciality: str = ""
    more: tuple[str, ...] = ()
    """Other numbers or titles, one line each."""


@dataclass(frozen=True)
class PatientOnPaper:
    """Whom it is for."""

    name: str
    identifier: str
    """As people write it: V-12.345.678."""
    born: date | None = None


@dataclass(frozen=True)
class Document:
    """All that one printed document says."""

    letterhead: Letterhead
    signer: Signer
    patient: PatientOnPaper
    version: Version
    seen_at: datetime
    """When the consultation began. Aware."""
    zone: ZoneInfo
    """The clinic's."""
    lang: Lang = "es"


def printed(document: Document) -> bytes:
    """The PDF. Some 0.4 s of CPU, and more for long records: call it in a thread."""
    from clinic.record.document import render

    return render(document)
