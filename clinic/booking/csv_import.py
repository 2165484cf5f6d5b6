"""CSV files of appointments: a preview that writes nothing, and the import, line by line, of those that are good.

The file is not kept between the two: who imports sends it again. Every line is booked under a key of its own, made of
the import's; so an import that was cut off is sent once more, the same file under the same key, and goes on where it
stopped: what is booked already answers `repeated`. Every method may raise `Unavailable`.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from redis.asyncio import Redis

from clinic.booking import appointment as a
from clinic.booking import keys
from clinic.booking.csv_line import Desk, Line
from clinic.booking.csv_sheet import Sheet, against_diary, against_patients, is_other, read_sheet
from clinic.booking.day import Span
from clinic.booking.diary import ANSWERS_KEPT, Diary
from clinic.booking.request import Author, Wanted
from clinic.booking.rules import Refusal, untimely
from clinic.booking.step import Done
from clinic.people.identifiers import Identifier
from clinic.people.patient import Patient
from clinic.people.patients import ErasedPatient, Patients
from clinic.people.request import Request
from clinic.privacy.vault import Vault
from clinic.unavailable import unavailable_when_down


class KeyReused(Exception):
    """Another file was imported under this idempotency key."""


@dataclass(frozen=True)
class Imported:
    """What became of one line."""

    line: int
    answer: Done | Refusal


class CsvImport:
    """Reads files for one clinic's diary. Stateless."""

    def __init__(self, redis: Redis, vault: Vault, diary: Diary, patients: Patients) -> None:
        self._redis = redis
        self._vault = vault
        self._diary = diary
        self._patients = patients

    async def preview(self, data: bytes, desk: Desk) -> Sheet:
        """What would be booked now, and each bad line with its reasons."""
        read = read_sheet(data, desk)
        patients = await self._known(read.good)
        sheet = against_patients(read, patients)
        known = {identifier: patient.id for identifier, patient in patients.items()}
        slots: dict[str, a.Slot] = {}
        for line in sheet.good:
            patient = next((known[each] for each in line.person.identifiers if each in known), None)
            taken = await self._diary.agenda.taken(line.physician, patient, Span(line.starts_at, line.ends_at))
            slots |= {slot.appointment: slot for slot in taken}
        return against_diary(sheet, slots.values(), known)

    async def run(self, data: bytes, desk: Desk, author: Author) -> AsyncGenerator[Imported, None]:
        """Book the good lines in their order, each as soon as the one before is told; nothing is booked ahead.

        What is wrong with a line by itself is in the preview, and not told again. Raises KeyReused.
        """
        await self._claim(data, author)
        for line in read_sheet(data, desk).lines:
            yield Imported(line.line, await self._book(line, author, desk.now))

    async def _claim(self, data: bytes, author: Author) -> None:
        blind = self._vault.blind("csv-import", hashlib.sha256(data).hexdigest())
        async with unavailable_when_down():
            key = keys.imported(author.key_sha256)
            before = await cast("Any", self._redis.set(key, blind, nx=True, get=True, px=ANSWERS_KEPT))
        if before is not None and before.decode() != blind:
            raise KeyReused

    async def _book(self, line: Line, author: Author, now: datetime) -> Done | Refusal:
        """An untimely line takes in no new patient; of a known one the diary says whether it was booked before."""
        wrong = untimely(line.starts_at, line.ends_at, now)
        if wrong and not await self._known([line]):
            return Refusal(wrong)
        own = replace(author, key=f"{author.key}/{line.line}")
        request = Request(own.key_sha256, author.by, author.role, now)
        try:
            made = await self._patients.create(line.person, request)
        except ErasedPatient:
            return Refusal("patient-erased")
        if is_other(line.person, made.patient):
            return Refusal("other-person")
        wanted = Wanted(
            made.patient.id, line.physician, line.starts_at, line.ends_at, a.Reason(line.reason), source="import"
        )
        return await self._diary.book(wanted, own, now)

    async def _known(self, lines: Iterable[Line]) -> dict[Identifier, Patient]:
        """The lines' patients who are in the clinic's records."""
        known: dict[Identifier, Patient] = {}
        for identifier in dict.fromkeys(each for line in lines for each in line.person.identifiers):
            patient = await self._patients.with_identifier(identifier)
            if patient is not None:
                known[identifier] = patient
        return known
