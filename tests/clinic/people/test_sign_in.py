"""Signing in against a real Valkey and real (cheap) argon2id: right, wrong, too often, and while somebody attacks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from argon2 import Parameters, Type
from redis.asyncio import Redis

from clinic.people import hashing, totp
from clinic.people.attempts import Attempts, Wait
from clinic.people.credentials import Credentials, Secrets
from clinic.people.hashing import Busy, Hasher
from clinic.people.lockout import ACCOUNT
from clinic.people.request import Request
from clinic.people.roster import Roster
from clinic.people.session import csrf_fits
from clinic.people.sessions import MAX_SESSIONS, Sessions
from clinic.people.sign_in import Attempt, SignedIn, SignIn
from clinic.people.staff import Member, Profile
from clinic.privacy.audit import Audit
from clinic.privacy.vault import Vault

NOW = datetime(2037, 11, 24, 14, 0, tzinfo=UTC)
CHEAP = Parameters(Type.ID, 19, 16, 32, time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "arepa-cielo-puente"
PAZ = Profile("Ana María Paz", "ana.paz", ("physician", "administrator"))
RIGHT = Attempt("Ana.Paz", PASSWORD, "190.0.0.1", "Firefox")
WRONG = replace(RIGHT, password="arepa-cielo-puerta")


class World:
    """A clinic with one member."""

    def __init__(self, redis: Redis, vault: Vault, audit: Audit, hasher: Hasher) -> None:
        self.audit, self.hasher = audit, hasher
        self.roster = Roster(redis, vault, audit)
        self.credentials = Credentials(redis, vault, audit)
        self.sessions = Sessions(redis, vault, audit)
        self.door = SignIn(
            vault,
            audit,
            hasher,
            roster=self.roster,
            credentials=self.credentials,
            attempts=Attempts(redis),
            sessions=self.sessions,
        )

    async def founded(self) -> Member:
        token = await self.roster.issue_setup_link(NOW)
        assert token
        member = await self.roster.found(token, PAZ, await self.hasher.hash(PASSWORD), asked("found"))
        assert isinstance(member, Member)
        return member

    async def try_in(self, attempt: Attempt = RIGHT, now: datetime = NOW) -> Any:
        return await self.door.sign_in(attempt, "request", now)

    async def signed_in(self, attempt: Attempt = RIGHT, now: datetime = NOW) -> SignedIn:
        outcome = await self.try_in(attempt, now)
        assert isinstance(outcome, SignedIn), outcome
        return outcome


def asked(request: str, at: datetime = NOW) -> Request:
    return Request(request, "staff-1", "administrator", at)


@pytest.fixture
def hasher() -> Iterator[Hasher]:
    hasher = Hasher(CHEAP)
    yield hasher
    hasher.close()


@pytest.fixture
def world(redis: Redis, vault: Vault, audit: Audit, hasher: Hasher) -> World:
    return World(redis, vault, audit, hasher)


async def test_who_knows_the_password_gets_a_session(world: World) -> None:
    member = await world.founded()
    outcome = await world.signed_in()
    session = await world.sessions.find(outcome.token, NOW)
    assert outcome.member == member
    assert session
    assert session.staff == member.id
    assert csrf_fits(outcome.token, outcome.csrf)
    assert outcome.token not in repr(outcome)


@pytest.mark.parametrize(
    "attempt", [WRONG, replace(RIGHT, sign_in="nobody"), replace(RIGHT, sign_in="?"), replace(RIGHT, password="")]
)
async def test_every_other_answer_is_wrong_whatever_was(world: World, attempt: Attempt) -> None:
    await world.founded()
    assert await world.try_in(attempt) == "wrong"
    assert (await world.audit.page(limit=1)).entries[0].fields["outcome"] == "wrong"


async def test_a_name_that_nobody_has_is_hashed_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.founded()
    verified = []
    verify = Hasher._matches

    def counted(self: Hasher, phc: str, typed: str) -> bool:
        verified.append(phc)
        return verify(self, phc, typed)

    monkeypatch.setattr(Hasher, "_matches", counted)
    for attempt in (WRONG, replace(WRONG, sign_in="nobody")):
        assert await world.try_in(attempt) == "wrong"
    assert len({phc.rpartition("$")[0].rpartition("$")[0] for phc in verified}) == 1
    assert len(verified) == 2


async def test_a_closed_account_opens_no_more(world: World) -> None:
    member = await world.founded()
    await world.roster.add(Profile("Eva", "eva", ("administrator",)), asked("add"))
    outcome = await world.signed_in()
    await world.roster.change(member.id, 1, PAZ, asked("close"), active=False)
    assert await world.sessions.find(outcome.token, NOW) is None
    assert await world.try_in() == "wrong"


async def test_guesses_at_once_are_counted_before_any_is_looked_at(world: World) -> None:
    await world.founded()
    outcomes = await asyncio.gather(*(world.try_in(WRONG) for _ in range(12)))
    assert outcomes.count("wrong") == ACCOUNT.free + 1
    assert all(outcome == "wrong" or isinstance(outcome, Wait) for outcome in outcomes)
    assert isinstance(await world.try_in(RIGHT), Wait)
    assert isinstance(await world.try_in(RIGHT, NOW + ACCOUNT.longest), SignedIn)


async def test_the_wait_is_the_same_for_a_name_that_nobody_has(world: World) -> None:
    await world.founded()
    known = [await world.try_in(WRONG) for _ in range(7)]
    unknown = [await world.try_in(replace(WRONG, sign_in="nobody", address="190.0.0.2")) for _ in range(7)]
    assert known == unknown
    assert isinstance(known[-1], Wait)


async def test_one_address_cannot_try_many_names(world: World) -> None:
    outcomes = [await world.try_in(replace(WRONG, sign_in=f"name{n}")) for n in range(22)]
    assert outcomes[20] == "wrong"
    assert isinstance(outcomes[21], Wait)


async def test_a_right_password_clears_the_account_and_not_the_address(world: World) -> None:
    await world.founded()
    for n in range(20):
        assert await world.try_in(replace(WRONG, sign_in=f"name{n}")) == "wrong"
    await world.signed_in()
    assert await world.try_in(replace(WRONG, sign_in="more")) == "wrong"
    assert isinstance(await world.try_in(RIGHT), Wait)
    assert isinstance(await world.try_in(replace(RIGHT, address="190.0.0.9")), SignedIn)


async def test_an_attacker_cannot_lock_out_who_is_signed_in(world: World) -> None:
    member = await world.founded()
    token = (await world.signed_in()).token
    for n in range(12):
        await world.try_in(replace(WRONG, address=f"190.0.1.{n}"))
    assert isinstance(await world.try_in(), Wait)
    mine = replace(RIGHT, session=token)
    assert await world.sessions.find(token, NOW)
    assert isinstance(await world.door.reprove(member, mine, "request", NOW), Secrets)
    again = await world.signed_in(mine)
    assert await world.sessions.find(token, NOW) is None
    assert await world.sessions.find(again.token, NOW)


async def test_a_stolen_session_does_not_give_free_guesses(world: World) -> None:
    await world.founded()
    token = (await world.signed_in()).token
    outcomes = [await world.try_in(replace(WRONG, session=token)) for _ in range(7)]
    assert isinstance(outcomes[-1], Wait)


async def test_the_second_factor_is_asked_for_and_taken_once(world: World) -> None:
    member = await world.founded()
    secret = await world.credentials.begin_totp(member.id, asked("begin"))
    first = totp.code_at(secret, totp.step_of(NOW))
    codes = await world.credentials.confirm_totp(member.id, first, asked("confirm"))
    assert codes
    assert await world.try_in() == "code-needed"
    assert await world.try_in(WRONG) == "wrong"
    assert await world.try_in(replace(RIGHT, code=first)) == "wrong"
    later = NOW + timedelta(minutes=1)
    second = totp.code_at(secret, totp.step_of(later))
    assert isinstance(await world.try_in(replace(RIGHT, code=second), later), SignedIn)
    assert await world.try_in(replace(RIGHT, code=second), later) == "wrong"
    assert isinstance(await world.try_in(replace(RIGHT, code=codes[3]), later), SignedIn)


async def test_asking_for_the_code_again_gives_no_more_guesses(world: World) -> None:
    member = await world.founded()
    secret = await world.credentials.begin_totp(member.id, asked("begin"))
    await world.credentials.confirm_totp(member.id, totp.code_at(secret, totp.step_of(NOW)), asked("confirm"))
    for _ in range(ACCOUNT.free + 1):
        assert await world.try_in() == "code-needed"
        assert await world.try_in(replace(RIGHT, code="000000")) == "wrong"
    assert isinstance(await world.try_in(), Wait)


async def test_a_hash_of_older_parameters_is_made_anew(world: World, redis: Redis, vault: Vault, audit: Audit) -> None:
    member = await world.founded()
    stronger = Hasher(replace(CHEAP, time_cost=2))
    newer = World(redis, vault, audit, stronger)
    await newer.signed_in()
    phc = (await world.credentials.load(member.id)).phc
    assert phc
    assert "t=2" in phc
    assert not stronger.outdated(phc)
    await newer.signed_in()
    stronger.close()


async def test_hashing_refuses_when_too_many_wait(hasher: Hasher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "MAX_WAITING", 2)
    outcomes = await asyncio.gather(*(hasher.hash(PASSWORD) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(outcome, Busy) for outcome in outcomes) == 3
    assert await hasher.verify(await hasher.hash("ｆｕｌｌwidth-pass"), "fullwidth-pass")


# Sessions


async def session_of(world: World, agent: str = "Firefox", now: datetime = NOW) -> str:
    return (await world.signed_in(replace(RIGHT, agent=agent), now)).token


async def test_sessions_are_listed_and_ended_one_by_one(world: World) -> None:
    member = await world.founded()
    first, second = await session_of(world, "Firefox"), await session_of(world, "Chrome", NOW + timedelta(minutes=1))
    views = await world.sessions.listing(member.id, NOW + timedelta(minutes=2))
    assert [(view.agent, view.address) for view in views] == [("Chrome", "190.0.0.1"), ("Firefox", "190.0.0.1")]
    assert await world.sessions.end(member.id, views[1].session.id, asked("end"))
    assert not await world.sessions.end(member.id, views[1].session.id, asked("end"))
    assert await world.sessions.find(first, NOW) is None
    assert await world.sessions.find(second, NOW)


async def test_signing_out_everywhere_keeps_only_who_asks(world: World) -> None:
    member = await world.founded()
    tokens = [await session_of(world) for _ in range(3)]
    mine = await world.sessions.find(tokens[0], NOW)
    assert mine
    assert await world.sessions.end_everywhere(member.id, asked("out"), but=mine.id) == 2
    assert [await world.sessions.find(token, NOW) for token in tokens] == [mine, None, None]
    assert await world.sessions.end_everywhere(member.id, asked("out")) == 1


async def test_use_keeps_a_session_and_a_consultation_keeps_it_past_its_end(world: World) -> None:
    await world.founded()
    token = await session_of(world)
    now = NOW
    while now < NOW + timedelta(hours=11, minutes=30):
        now += timedelta(minutes=25)
        assert await world.sessions.touch(token, now)
    for _ in range(5):
        now += timedelta(minutes=5)
        assert await world.sessions.touch(token, now, in_consultation=True)
    assert now > NOW + timedelta(hours=12)
    assert await world.sessions.touch(token, now + timedelta(minutes=29))
    assert await world.sessions.touch(token, now + timedelta(minutes=30)) is None


async def test_an_idle_session_ends(world: World) -> None:
    await world.founded()
    token = await session_of(world)
    assert await world.sessions.touch(token, NOW + timedelta(minutes=30)) is None


async def test_use_is_written_once_a_minute(world: World, redis: Redis) -> None:
    await world.founded()
    token = await session_of(world)
    before = (await redis.info("stats"))["total_commands_processed"]
    session = await world.sessions.touch(token, NOW + timedelta(seconds=30))
    assert session
    assert session.seen_at == NOW
    assert (await redis.info("stats"))["total_commands_processed"] - before == 2
    session = await world.sessions.touch(token, NOW + timedelta(seconds=60))
    assert session
    assert session.seen_at == NOW + timedelta(seconds=60)


async def test_the_longest_unused_session_makes_room(world: World) -> None:
    member = await world.founded()
    tokens = [await session_of(world, now=NOW + timedelta(seconds=n)) for n in range(MAX_SESSIONS + 2)]
    now = NOW + timedelta(minutes=1)
    assert len(await world.sessions.listing(member.id, now)) == MAX_SESSIONS
    assert [bool(await world.sessions.find(token, now)) for token in tokens[:3]] == [False, False, True]


async def test_a_session_does_not_begin_with_a_password_that_was_just_changed(world: World) -> None:
    member = await world.founded()
    proved = await world.credentials.load(member.id)
    await world.credentials.set_password(member.id, proved, await world.hasher.hash("otro-cielo-lejano"), asked("set"))
    assert await world.sessions.begin(member.id, proved, asked("late"), address="a", agent="b") is None


async def test_only_hashes_and_sealed_text_are_stored(world: World, redis: Redis) -> None:
    await world.founded()
    token = await session_of(world)
    stored = b""
    async for key in redis.scan_iter():
        stored += key + (await redis.dump(key) or b"")
    for plain in (token, token.partition(".")[2], PASSWORD, "argon2", "Ana", "ana.paz", "190.0.0.1", "Firefox"):
        assert plain.encode() not in stored
    assert await world.audit.verify() == ()
