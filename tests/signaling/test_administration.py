"""The administrator's commands, over real servers: the audit, a backup that is really restored, links for staff."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from redis.asyncio import Redis

from clinic import keys
from clinic.commands import SendChat
from clinic.events import Words
from clinic.people.request import Request
from clinic.people.session import token_sha256
from clinic.people.staff import Member, Profile
from clinic.privacy.audit import Audit
from clinic.privacy.audit_entry import CONSULTATION, AuditKeys
from clinic.privacy.master_key import MasterKey
from clinic.privacy.vault import Vault
from clinic.records import NewSeat
from clinic.sealed import ERASED
from clinic.store import Store
from signaling import announcement
from signaling.cli import main
from signaling.office import open_office
from signaling.settings import Settings
from stores import sealed_store
from valkey_process import ValkeyProcess

NOW = datetime(2037, 11, 23, 14, 0, tzinfo=UTC)
T = TypeVar("T")


class Terminal:
    """Commands over one data directory with its master key, and the Redis that they are pointed to."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.master = MasterKey.load_or_create(folder / "master.key")
        self._monkeypatch = monkeypatch

    def at(self, redis_url: str) -> None:
        self._monkeypatch.setenv("HILO_REDIS_URL", redis_url)
        self.url = redis_url

    def run(self, *words: str | Path) -> int:
        return main([*map(str, words), "--data-dir", str(self.folder), "--public-url", "https://hilo.example"])

    def do(self, work: Callable[[Redis], Awaitable[T]]) -> T:
        async def connected() -> T:
            async with Redis.from_url(self.url) as redis:
                return await work(redis)

        return asyncio.run(connected())

    def store(self, redis: Redis) -> Store:
        return sealed_store(redis, self.master)

    async def talk(self, redis: Redis, text: str) -> str:
        """A consultation in which this was said."""
        store = self.store(redis)
        made = await store.create_consultation(
            starts_at=NOW, ends_at=NOW + timedelta(hours=1), reason="", seats=[NewSeat("physician", "Dr. Paz")]
        )
        await store.execute(made.consultation, SendChat("command-1", made.seats[0].id, text), NOW)
        return made.consultation

    async def said(self, redis: Redis, consultation: str) -> list[str]:
        page = await self.store(redis).events_after(consultation, None, 10)
        return [stored.event.text for stored in page.events if isinstance(stored.event, Words)]


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, redis_url: str) -> Terminal:
    made = Terminal(tmp_path, monkeypatch)
    made.at(redis_url)
    return made


async def everything(redis: Redis) -> dict[bytes, object]:
    """All of the clinic's keys by their content; the commands' own audit entries are left out."""
    found: dict[bytes, object] = {}
    for key in await redis.keys("{clinic}:*"):
        kind = await redis.type(key)
        if kind == b"hash":
            found[key] = await redis.hgetall(key)
        elif kind == b"stream":
            found[key] = await redis.xrange(key)
        else:
            found[key] = await redis.dump(key)
    for own in (keys.AUDIT, "{clinic}:audit:heads", "{clinic}:id"):
        found.pop(own.encode(), None)
    return found


def test_a_backup_is_restored_into_a_fresh_server(
    terminal: Terminal, own_valkey: ValkeyProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    consultation = terminal.do(lambda redis: terminal.talk(redis, "hola secreta"))
    terminal.do(lambda redis: redis.set("{clinic}:passing", "x", ex=3600))
    file = terminal.folder / "hilo.backup"
    assert terminal.run("backup", file) == 0
    before = terminal.do(everything)
    assert b"hola" not in file.read_bytes()
    assert b"clinic}:" not in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600

    terminal.at(own_valkey.url)
    assert terminal.run("restore", file) == 0
    assert terminal.do(everything) == before
    assert 0 < terminal.do(lambda redis: redis.ttl("{clinic}:passing")) <= 3600
    assert terminal.do(lambda redis: terminal.said(redis, consultation)) == ["hola secreta"]
    assert terminal.run("audit", "verify") == 0
    assert "the audit is whole" in capsys.readouterr().out


def test_data_is_replaced_only_where_it_was_said(
    terminal: Terminal, own_valkey: ValkeyProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    file = terminal.folder / "hilo.backup"
    assert terminal.run("backup", file) == 0
    terminal.at(own_valkey.url)
    later = terminal.do(lambda redis: terminal.talk(redis, "later"))
    before = terminal.do(everything)
    assert terminal.run("restore", file) == 1
    assert "--force" in capsys.readouterr().err
    assert terminal.do(everything) == before
    assert terminal.run("restore", file, "--force") == 0
    assert keys.state(later).encode() not in terminal.do(everything)


@pytest.mark.parametrize("how", ["in this Redis", "in a newer backup"])
def test_who_was_erased_since_stays_erased(terminal: Terminal, own_valkey: ValkeyProcess, how: str) -> None:
    old, newer = terminal.folder / "old.backup", terminal.folder / "newer.backup"
    consultation = terminal.do(lambda redis: terminal.talk(redis, "secreto"))
    assert terminal.run("backup", old) == 0
    terminal.do(lambda redis: Vault(redis, terminal.master).destroy(CONSULTATION + consultation, NOW))
    assert terminal.run("backup", newer) == 0
    if how == "in this Redis":
        assert terminal.run("restore", old, "--force") == 0
    else:
        terminal.at(own_valkey.url)
        assert terminal.run("restore", old, "--erased-in", newer) == 0
        assert terminal.do(lambda redis: redis.keys("{clinic-restore}*")) == []
    assert terminal.do(lambda redis: terminal.said(redis, consultation)) == [ERASED]
    assert terminal.run("audit", "verify") == 0


def test_a_damaged_backup_changes_nothing(
    terminal: Terminal, own_valkey: ValkeyProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    file = terminal.folder / "hilo.backup"
    terminal.do(lambda redis: terminal.talk(redis, "hola"))
    assert terminal.run("backup", file) == 0
    whole = file.read_bytes()
    terminal.at(own_valkey.url)
    for damaged in (whole[:-1], whole[:-20] + b"x" + whole[-19:], b"", b"hello\n"):
        file.write_bytes(damaged)
        assert terminal.run("restore", file) == 1
        assert terminal.do(lambda redis: redis.dbsize()) == 0
    file.write_bytes(whole)
    (terminal.folder / "master.key").write_bytes(b"other" + bytes(27))
    assert terminal.run("restore", file) == 1
    assert terminal.do(lambda redis: redis.dbsize()) == 0
    assert "a backup of the clinic" in capsys.readouterr().err


def test_a_byte_changed_in_the_audit_is_named(terminal: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    terminal.do(lambda redis: terminal.talk(redis, "hola"))
    assert terminal.run("audit", "verify") == 0

    async def change(redis: Redis) -> str:
        entry, fields = (await redis.xrange(keys.AUDIT))[1]
        fields[b"actor"] = bytes([fields[b"actor"][0] ^ 1]) + fields[b"actor"][1:]
        rest = (await redis.xrange(keys.AUDIT))[2:]
        for old, _ in [(entry, None), *rest]:
            await redis.xdel(keys.AUDIT, old)
        length = await redis.xlen(keys.AUDIT)
        await redis.rename(keys.AUDIT, "{clinic}:whole")
        for each, kept in [*(await redis.xrange("{clinic}:whole")), (entry, fields), *rest]:
            await redis.xadd(keys.AUDIT, kept, id=each)
        assert await redis.xlen(keys.AUDIT) == length + 1 + len(rest)
        return str(entry.decode())

    entry = terminal.do(change)
    assert terminal.run("audit", "verify") == 1
    told = capsys.readouterr()
    assert (
        [line for line in told.out.splitlines() if line.startswith("changed")]
        == [line for line in told.out.splitlines() if entry in line and line.startswith("changed")]
        != []
    )
    assert "findings: 1" in told.err


def test_a_kept_anchor_finds_a_cut_tail(terminal: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    audit_keys = AuditKeys.of(terminal.master)
    terminal.do(lambda redis: terminal.talk(redis, "hola"))
    head = terminal.do(lambda redis: Audit(redis, audit_keys).anchor(NOW))
    assert terminal.run("audit", "verify", "--kept", str(head)) == 0
    assert str(head) in capsys.readouterr().out

    async def cut(redis: Redis) -> None:
        await redis.delete(keys.AUDIT, "{clinic}:audit:heads", *(await redis.keys("{clinic}:consultation:*")))

    terminal.do(cut)
    assert terminal.run("audit", "verify") == 0
    assert terminal.run("audit", "verify", "--kept", str(head)) == 1


def test_staff_are_added_and_reset_by_a_link(terminal: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    add = ("staff", "add", "Ana.Paz", "--name", "Dra. Ana Paz", "--role", "physician", "--role", "administrator")
    assert terminal.run(*add) == 0
    first = link(capsys)
    assert terminal.run(*add) == 1
    assert terminal.run("staff", "reset", "nobody") == 1
    assert terminal.run("staff", "reset", "ana.paz") == 0
    second = link(capsys)
    assert terminal.do(links) == {token_sha256(second)}
    assert first != second


def test_a_bad_sign_in_is_told(terminal: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    assert terminal.run("staff", "add", "a b", "--name", "Ana", "--role", "physician") == 2
    assert "sign_in: unreadable" in capsys.readouterr().err


async def links(redis: Redis) -> set[str]:
    found = [await redis.hget(key, "link") for key in await redis.keys("{clinic}:staff:*:credentials")]
    return {sha256.decode() for sha256 in found if sha256}


def link(capsys: pytest.CaptureFixture[str]) -> str:
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("https:"))
    assert line.startswith("https://hilo.example/password#")
    return line.partition("#")[2]


async def test_the_first_start_links_to_the_set_up(redis_url: str, redis: Redis, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, public_url="https://hilo.example")
    told = await announcement.setup_link(settings, redis_url)
    assert told is not None
    assert told.startswith("https://hilo.example/setup#")
    office = open_office(settings, redis, lambda: NOW)
    assert await office.roster.opens_setup(told.partition("#")[2])
    assert told in announcement.text(told)
    phc = await office.hasher.hash("una clave bien larga")
    request = Request("request-1", "setup", "administrator", NOW)
    profile = Profile("Ana", "ana", ("administrator",))
    assert isinstance(await office.roster.found(told.partition("#")[2], profile, phc, request), Member)
    assert await announcement.setup_link(settings, redis_url) is None
    office.hasher.close()
