"""What an administrator does at the terminal beside `hilo serve`: the audit, backups, and staff who cannot sign in."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final

from redis.exceptions import RedisError

from clinic.people.credentials import INVITATION_VALID, RESET_VALID
from clinic.people.faults import Fault
from clinic.people.names import parse_name
from clinic.people.request import Request
from clinic.people.staff import Member, Profile, parse_sign_in, profile_faults
from clinic.privacy.audit_entry import CONSULTATION, Head
from clinic.privacy.backup import DamagedBackup
from clinic.privacy.master_key import MasterKey, MasterKeyError
from clinic.privacy.snapshot import CutShort, DataThere
from clinic.unavailable import Unavailable
from signaling import backup, embedded, programs, supervisor
from signaling.office import Office, open_office
from signaling.redis_client import connect
from signaling.settings import Settings, SettingsError

DONE: Final = 0
NOT_DONE: Final = 1
BY: Final = "terminal"
"""The actor, as the audit has it: whoever may read the master key's file."""


def audited(settings: Settings, arguments: argparse.Namespace) -> int:
    async def verify(office: Office) -> int:
        findings = await office.audit.verify(Head.read(head) for head in arguments.kept)
        for finding in findings:
            print(finding)
        if findings:
            print(f"hilo: the audit is damaged; findings: {len(findings)}", file=sys.stderr)
            return NOT_DONE
        newest = await office.audit.newest_anchor()
        print(f"the audit is whole; its newest anchor, to be kept elsewhere: {newest or 'none yet'}")
        return DONE

    return _in_office(settings, verify)


def backed_up(settings: Settings, arguments: argparse.Namespace) -> int:
    async def write(office: Office) -> int:
        count = await backup.write(office.redis, _master(settings), arguments.file, office.now())
        print(f"{arguments.file}: {count} keys; keep the master key ({settings.master_key_path}) elsewhere")
        return DONE

    return _in_office(settings, write)


def restored(settings: Settings, arguments: argparse.Namespace) -> int:
    if settings.redis_url is None and embedded.running_url(settings.data_dir) is not None:
        raise SettingsError("`hilo serve` runs on this data: end it first, with `hilo drain`")
    if not settings.master_key_path.exists():
        raise SettingsError(f"no master key at {settings.master_key_path}: put the clinic's there first")

    async def put_back(office: Office) -> int:
        try:
            done = await backup.restore(
                office.redis, _master(settings), arguments.file, office.now(),
                newer=arguments.erased_in, replace=arguments.force,
            )  # fmt: skip
        except DataThere:
            print("hilo: there is data already; --force replaces it all", file=sys.stderr)
            return NOT_DONE
        for subject in done.erased:
            if not subject.startswith(CONSULTATION):
                await office.erasing.again(subject, _request(office))
        print(f"{done.keys} keys of {done.made_at.isoformat()} are back; erased again: {len(done.erased)}")
        return DONE

    return _in_office(settings, put_back, claim=False)


def added(settings: Settings, arguments: argparse.Namespace) -> int:
    name = parse_name(arguments.name)
    if isinstance(name, Fault):
        raise SettingsError(_explained((name,)))
    profile = Profile(name, _sign_in(arguments), tuple(arguments.role), arguments.licence)
    if faults := profile_faults(profile):
        raise SettingsError(_explained(faults))

    async def add(office: Office) -> int:
        request = _request(office)
        member = await office.roster.add(profile, request)
        if not isinstance(member, Member):
            taken = f"{arguments.sign_in} is somebody's already; `hilo staff reset` gives a new link"
            print(f"hilo: {taken}", file=sys.stderr)
            return NOT_DONE
        token = await office.credentials.issue_link(member.id, INVITATION_VALID, request)
        print(f"{settings.base_url}/password#{token}\nvalid for 3 days, once")
        return DONE

    return _in_office(settings, add)


def reset(settings: Settings, arguments: argparse.Namespace) -> int:
    async def reset(office: Office) -> int:
        member = await office.roster.with_sign_in(_sign_in(arguments))
        if member is None:
            print(f"hilo: nobody signs in as {arguments.sign_in}", file=sys.stderr)
            return NOT_DONE
        request = _request(office)
        await office.sessions.end_everywhere(member.id, request)
        if arguments.second_factor:
            await office.credentials.drop_totp(member.id, request)
        token = await office.credentials.issue_link(member.id, RESET_VALID, request)
        print(f"{settings.base_url}/password#{token}\nvalid for 2 hours, once; the old password works until it is used")
        return DONE

    return _in_office(settings, reset)


def _in_office(settings: Settings, work: Callable[[Office], Awaitable[int]], *, claim: bool = True) -> int:
    """Run it over the clinic's data, whether or not `hilo serve` runs."""

    async def run() -> int:
        async with _redis_url(settings) as url, connect(url) as redis:
            office = open_office(settings, redis, lambda: datetime.now(UTC))
            try:
                if claim:
                    await office.vault.claim()
                return await work(office)
            finally:
                office.hasher.close()

    try:
        return asyncio.run(run())
    except (MasterKeyError, DamagedBackup, CutShort, OSError, RedisError, Unavailable) as error:
        print(f"hilo: {error}", file=sys.stderr)
        return NOT_DONE


@asynccontextmanager
async def _redis_url(settings: Settings) -> AsyncIterator[str]:
    """The Redis that is there; else the embedded one, for as long as it is needed."""
    url = settings.redis_url or embedded.running_url(settings.data_dir)
    if url is not None:
        yield url
        return
    stop = asyncio.Event()
    with embedded.prepare(settings.data_dir) as store:
        running = asyncio.create_task(supervisor.supervise([[programs.valkey(store)]], stop))
        try:
            await embedded.wait_ready(store.url)
            yield store.url
        finally:
            stop.set()
            await running


def _master(settings: Settings) -> MasterKey:
    return MasterKey.load(settings.master_key_path)


def _sign_in(arguments: argparse.Namespace) -> str:
    parsed = parse_sign_in(arguments.sign_in)
    if isinstance(parsed, Fault):
        raise SettingsError(_explained((parsed,)))
    return parsed


def _request(office: Office) -> Request:
    return Request(secrets.token_hex(8), BY, "administrator", office.now())


def _explained(faults: tuple[Fault, ...]) -> str:
    return "; ".join(f"{fault.field}: {fault.code}" for fault in faults)
