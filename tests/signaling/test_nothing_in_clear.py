"""After a day with every kind of data, what lies on the disk of Redis holds nothing that anybody said."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from clinic_day import SAID, Day, asked, day_of
from redis.asyncio import Redis

from clinic.events import Words
from clinic.holdings.erasing import Declined, Erased
from clinic.people.identifiers import Cedula
from clinic.people.patient import Demographics
from clinic.people.patients import ErasedPatient, Saved
from clinic.privacy.erasure import Erase, Refusal
from clinic.privacy.master_key import MasterKey
from clinic.privacy.retention import Held
from clinic.record.records import UnknownRecord
from signaling import backup
from signaling.cli import main
from signaling.office import Office, open_office
from signaling.settings import Settings
from throwaway import data_dir
from valkey_process import ValkeyProcess

NOW = datetime(2037, 11, 23, 14, 0, tzinfo=UTC)


class Clock:
    """What the office takes for now."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[ValkeyProcess]:
    """A server whose directory is the test's own."""
    server = ValkeyProcess(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture
async def office(disk: ValkeyProcess, clock: Clock) -> AsyncIterator[Office]:
    client = Redis.from_url(disk.url)
    made = open_office(Settings(data_dir=data_dir()), client, clock)
    yield made
    made.hasher.close()
    await client.aclose()


def spellings(text: str) -> Iterator[bytes]:
    """The text as any layer might have written it; base64 at each of its three alignments."""
    raw = text.encode()
    yield from (raw, json.dumps(text)[1:-1].encode(), quote(text).encode(), quote(text, safe="").encode())
    yield from (raw.hex().encode(), text.encode("utf-16-le"), text.casefold().encode())
    for shift in range(3):
        coded = b64encode(bytes(shift) + raw)
        whole = coded[4 if shift else 0 : -4]
        if len(whole) >= 8:
            yield whole
            yield whole.replace(b"+", b"-").replace(b"/", b"_")


def found_in(content: bytes) -> set[str]:
    return {what for what, text in SAID.items() if any(spelling in content for spelling in spellings(text))}


def files(folder: Path) -> bytes:
    parts = [each for each in folder.rglob("*") if each.is_file() and each.suffix in (".aof", ".rdb", ".manifest")]
    assert parts
    return b"".join(each.read_bytes() for each in parts)


async def test_the_files_of_redis_hold_nothing_that_was_said(office: Office, tmp_path: Path) -> None:
    day = await day_of(office)
    await office.redis.save()
    content = files(tmp_path)
    assert day.consultation.encode() in content
    assert found_in(content) == set()
    backed = tmp_path / "hilo.backup"
    await backup.write(office.redis, MasterKey.load(data_dir() / "master.key"), backed, NOW)
    assert found_in(backed.read_bytes()) == set()


@pytest.mark.parametrize("spelling", list(spellings(SAID["chat"]))[:6])
def test_the_search_finds_what_is_there(spelling: bytes) -> None:
    assert found_in(b"\x00\x01" + spelling + b"\xff") == {"chat"}


async def test_after_an_erasure_nothing_of_the_patient_can_be_read(office: Office, clock: Clock) -> None:
    day = await day_of(office)
    assert await office.store.seat_of_token(day.token) is not None
    clock.now = NOW + timedelta(days=2)
    request = asked(office, "chief", "administrator")
    may = await office.erasing.may(day.patient, clock.now)
    assert isinstance(may, Erase)
    assert may.early_by == NOW.replace(year=NOW.year + 10)
    early = await office.erasing.erase(day.patient, request)
    assert early == Declined("early", may.early_by)
    assert (await office.patients.load(day.patient)).demographics.name == SAID["patient"]
    assert await office.erasing.erase(day.patient, request, may.early_by) == Erased(2)
    await nothing_is_left(office, day)
    assert await office.erasing.erase(day.patient, request, may.early_by) == Erased(2)
    assert await office.audit.verify() == ()


async def test_a_restored_backup_does_not_bring_an_erased_patient_back(
    office: Office, clock: Clock, disk: ValkeyProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = await day_of(office)
    file = tmp_path / "hilo.backup"
    await backup.write(office.redis, MasterKey.load(data_dir() / "master.key"), file, NOW)
    clock.now = NOW + timedelta(days=2)
    erased = await office.erasing.erase(day.patient, asked(office, "chief", "administrator"), NOW.replace(year=3000))
    assert erased == Erased(2)
    monkeypatch.setenv("HILO_REDIS_URL", disk.url)
    command = ["restore", str(file), "--force", "--data-dir", str(data_dir())]
    assert await asyncio.to_thread(main, command) == 0
    await nothing_is_left(office, day)
    again = await office.patients.create(
        Demographics(SAID["patient"], date(1990, 4, 1), "female", (Cedula("V", 23987654),)),
        asked(office, "clerk", "coordinator"),
    )
    assert isinstance(again, Saved)
    assert await office.audit.verify() == ()


async def nothing_is_left(office: Office, day: Day) -> None:
    with pytest.raises(ErasedPatient):
        await office.patients.load(day.patient)
    with pytest.raises(UnknownRecord):
        await office.records.read(day.consultation, "chief", "physician", NOW)
    assert await office.consents.of(day.patient) == ()
    assert await office.store.seat_of_token(day.token) is None
    assert await office.redis.keys(f"*triage:{day.consultation}*") == []
    state = (await office.store.load(day.consultation)).consultation
    assert (state.status, state.reason, state.note) == ("ended", "", "")
    events = (await office.store.events_after(day.consultation, None, 100)).events
    assert not [stored for stored in events if isinstance(stored.event, Words)]
    for id in (day.consultation, day.cancelled):
        appointment = await office.diary.agenda.load(id)
        assert (appointment.reason.title, appointment.patient) == ("", day.patient)
        assert [companion.name for companion in appointment.companions] == [""]
    assert (await office.diary.agenda.load(day.cancelled)).cancellation is not None


async def test_an_erased_key_leaves_the_files_too(office: Office, clock: Clock, tmp_path: Path) -> None:
    day = await day_of(office)
    wrapped = await office.redis.hget("{clinic}:datakeys", day.patient)
    assert wrapped is not None
    assert wrapped in files(tmp_path)
    clock.now = NOW + timedelta(days=2)
    await office.erasing.erase(day.patient, asked(office, "chief", "administrator"), NOW.replace(year=3000))
    await office.keeping.forget()
    while (await office.redis.info("persistence"))["aof_rewrite_in_progress"]:
        pass
    assert await office.redis.exists("{clinic}:forget") == 0
    assert wrapped not in files(tmp_path)


async def test_who_still_has_something_open_is_not_erased(office: Office, clock: Clock) -> None:
    day = await day_of(office)
    assert await office.erasing.may(day.patient, NOW) == Refusal("appointment-open")
    clock.now = NOW + timedelta(days=2)
    await office.exports.acknowledged("another", NOW)
    assert await office.erasing.may(day.patient, clock.now) == Refusal("not-exported")
    await office.exports.acknowledged(day.consultation, NOW)
    assert isinstance(await office.erasing.may(day.patient, clock.now), Erase)


async def test_messages_and_records_go_when_their_time_is_over(office: Office, clock: Clock) -> None:
    day = await day_of(office)
    ten_years = NOW + timedelta(days=3660)
    done = await office.keeping.round(ten_years)
    assert {held.data_class for held in done.deleted} == {"consent"}, "nothing else was exported"
    await office.exports.acknowledged(day.consultation, NOW)
    assert (await office.keeping.round(NOW + timedelta(days=89))).deleted == ()
    [chat] = (await office.keeping.round(NOW + timedelta(days=91))).deleted
    assert chat == Held(day.consultation, "chat", NOW, NOW, NOW)
    kept = [stored.event for stored in (await office.store.events_after(day.consultation, None, 100)).events]
    assert [event.text for event in kept if isinstance(event, Words)] == [SAID["note"]]
    assert (await office.records.read(day.consultation, "paz", "physician", NOW)).content.reason
    assert (await office.keeping.round(NOW + timedelta(days=92))).deleted == ()
    [clinical] = (await office.keeping.round(ten_years)).deleted
    assert clinical.data_class == "clinical"
    with pytest.raises(UnknownRecord):
        await office.records.read(day.consultation, "paz", "physician", NOW)
    assert (await office.store.load(day.consultation)).consultation.note == ""
    assert (await office.diary.agenda.load(day.consultation)).reason.title == ""
    assert (await office.diary.agenda.load(day.cancelled)).reason.title == SAID["reason"]
    assert (await office.patients.load(day.patient)).demographics.name == SAID["patient"]
    assert await office.audit.verify() == ()


async def test_one_process_a_day_makes_the_round(office: Office) -> None:
    await day_of(office)
    first = await office.keeping.today(NOW)
    assert first is not None
    assert first.anchor == await office.audit.newest_anchor()
    assert await office.keeping.today(NOW) is None
