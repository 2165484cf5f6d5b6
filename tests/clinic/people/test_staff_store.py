"""Accounts, credentials and links against a real Valkey."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from redis.asyncio import Redis

from clinic.people import totp
from clinic.people.credentials import INVITATION_VALID, Credentials, Secrets
from clinic.people.request import Request
from clinic.people.roster import SETUP_VALID, Roster, UnknownMember
from clinic.people.sessions import Sessions
from clinic.people.staff import Member, Profile
from clinic.privacy.audit import Audit
from clinic.privacy.vault import Vault

NOW = datetime(2037, 11, 24, 14, 0, tzinfo=UTC)
PAZ = Profile("Ana María Paz", "ana.paz@clinic.example", ("physician",), licence="98765")
GIL = Profile("Eva Gil", "eva", ("coordinator",))


def asked(request: str, at: datetime = NOW) -> Request:
    return Request(request, "staff-1", "administrator", at)


@pytest.fixture
def roster(redis: Redis, vault: Vault, audit: Audit) -> Roster:
    return Roster(redis, vault, audit)


@pytest.fixture
def credentials(redis: Redis, vault: Vault, audit: Audit) -> Credentials:
    return Credentials(redis, vault, audit)


@pytest.fixture
def sessions(redis: Redis, vault: Vault, audit: Audit) -> Sessions:
    return Sessions(redis, vault, audit)


async def founded(roster: Roster) -> Member:
    token = await roster.issue_setup_link(NOW)
    assert token
    member = await roster.found(token, PAZ, "hash", asked("found"))
    assert isinstance(member, Member)
    return member


async def added(roster: Roster, profile: Profile = GIL, request: str = "add") -> Member:
    member = await roster.add(profile, asked(request))
    assert isinstance(member, Member)
    return member


# Founding


async def test_the_setup_link_makes_the_first_administrator_once(roster: Roster, credentials: Credentials) -> None:
    token = await roster.issue_setup_link(NOW)
    assert token
    assert await roster.opens_setup(token)
    member = await roster.found(token, PAZ, "hash", asked("found"))
    assert isinstance(member, Member)
    assert member.is_administrator
    assert member.profile.roles == ("physician", "administrator")
    assert (await credentials.load(member.id)).phc == "hash"
    assert not await roster.opens_setup(token)
    assert await roster.found(token, GIL, "hash", asked("again")) == "link-used"
    assert await roster.issue_setup_link(NOW) is None


async def test_a_newer_setup_link_replaces_the_older(roster: Roster) -> None:
    old, new = await roster.issue_setup_link(NOW), await roster.issue_setup_link(NOW)
    assert old
    assert new
    assert await roster.found(old, PAZ, "hash", asked("found")) == "link-used"
    assert isinstance(await roster.found(new, PAZ, "hash", asked("found")), Member)


async def test_a_setup_link_expires(roster: Roster) -> None:
    token = await roster.issue_setup_link(datetime.now(UTC) - SETUP_VALID)
    assert token
    assert await roster.found(token, PAZ, "hash", asked("found")) == "link-used"


async def test_of_two_founders_at_once_one_founds(roster: Roster) -> None:
    token = await roster.issue_setup_link(NOW)
    assert token
    made = await asyncio.gather(
        *(roster.found(token, replace(GIL, sign_in=f"eva{n}"), "hash", asked(f"f{n}")) for n in range(5))
    )
    assert sum(isinstance(outcome, Member) for outcome in made) == 1
    assert len(await roster.all()) == 1


# Accounts


async def test_a_member_is_found_by_id_and_sign_in(roster: Roster) -> None:
    member = await added(roster)
    assert await roster.load(member.id) == member
    assert await roster.with_sign_in("eva") == member
    assert await roster.with_sign_in("nobody") is None
    with pytest.raises(UnknownMember):
        await roster.load("nobody")


async def test_a_sign_in_is_one_persons(roster: Roster) -> None:
    await added(roster)
    other = await added(roster, replace(GIL, sign_in="other"), "other")
    assert await roster.add(GIL, asked("twice")) == "taken"
    assert await roster.change(other.id, 1, GIL, asked("rename")) == "taken"


async def test_a_request_sent_again_adds_nobody(roster: Roster) -> None:
    assert await added(roster) == await added(roster)
    assert len(await roster.all()) == 1


async def test_a_new_sign_in_frees_the_old_one(roster: Roster) -> None:
    member = await added(roster)
    changed = await roster.change(member.id, 1, replace(GIL, sign_in="eva.gil"), asked("rename"))
    assert isinstance(changed, Member)
    assert await roster.with_sign_in("eva") is None
    assert await roster.with_sign_in("eva.gil") == changed
    assert await roster.change(member.id, 1, GIL, asked("late")) == "changed"


async def test_the_last_administrator_stays(roster: Roster) -> None:
    first = await founded(roster)
    plain = replace(first.profile, roles=("physician",))
    assert await roster.change(first.id, 1, first.profile, asked("close"), active=False) == "last-administrator"
    assert await roster.change(first.id, 1, plain, asked("lower")) == "last-administrator"
    await added(roster, replace(GIL, roles=("administrator",)))
    assert isinstance(await roster.change(first.id, 1, plain, asked("lower-2")), Member)


async def test_two_administrators_who_close_each_other_at_once_leave_one(roster: Roster) -> None:
    first = await founded(roster)
    second = await added(roster, replace(GIL, roles=("administrator",)))
    await asyncio.gather(
        roster.change(first.id, 1, first.profile, asked("a"), active=False),
        roster.change(second.id, 1, second.profile, asked("b"), active=False),
    )
    assert sum(member.is_administrator for member in await roster.all()) == 1


async def test_a_closed_account_is_kept_and_can_be_opened(roster: Roster) -> None:
    member = await added(roster)
    closed = await roster.change(member.id, 1, GIL, asked("close"), active=False)
    assert await roster.load(member.id) == closed
    assert isinstance(closed, Member)
    assert not closed.active
    opened = await roster.change(member.id, 2, GIL, asked("open"))
    assert isinstance(opened, Member)
    assert opened.active


# Links


async def test_an_invitation_sets_a_password_once(roster: Roster, credentials: Credentials) -> None:
    member = await added(roster)
    token = await credentials.issue_link(member.id, INVITATION_VALID, asked("invite"))
    assert await credentials.staff_of_link(token, NOW) == member.id
    assert await credentials.redeem_link(token, "hash", asked("set")) == member.id
    assert (await credentials.load(member.id)).phc == "hash"
    assert await credentials.redeem_link(token, "other", asked("again")) is None


async def test_a_link_ends_by_time_and_by_the_next_one(roster: Roster, credentials: Credentials) -> None:
    member = await added(roster)
    old = await credentials.issue_link(member.id, INVITATION_VALID, asked("invite"))
    assert await credentials.staff_of_link(old, NOW + INVITATION_VALID) is None
    new = await credentials.issue_link(member.id, INVITATION_VALID, asked("invite-2"))
    assert await credentials.redeem_link(old, "hash", asked("set")) is None
    assert await credentials.redeem_link(new, "hash", asked("set")) == member.id


@pytest.mark.parametrize("token", ["", ".", "nobody.secret", "a:b.c", "no dot", "é.x"])
async def test_what_is_no_link_opens_nothing(credentials: Credentials, token: str) -> None:
    assert await credentials.staff_of_link(token, NOW) is None


async def test_a_reset_ends_every_session(roster: Roster, credentials: Credentials, sessions: Sessions) -> None:
    member = await founded(roster)
    token = await sessions.begin(member.id, await credentials.load(member.id), asked("s"), address="a", agent="b")
    assert token
    link = await credentials.issue_link(member.id, timedelta(hours=1), asked("reset"))
    await credentials.redeem_link(link, "new", asked("set"))
    assert await sessions.find(token, NOW) is None


async def test_a_password_is_changed_only_by_who_proved_the_present_one(
    roster: Roster, credentials: Credentials
) -> None:
    member = await founded(roster)
    proved = await credentials.load(member.id)
    assert await credentials.set_password(member.id, proved, "new", asked("change"))
    assert not await credentials.set_password(member.id, proved, "newer", asked("late"))
    assert (await credentials.load(member.id)).phc == "new"


# Second factor


async def confirmed(credentials: Credentials, staff: str) -> tuple[bytes, tuple[str, ...]]:
    secret = await credentials.begin_totp(staff, asked("begin"))
    code = totp.code_at(secret, totp.step_of(NOW))
    codes = await credentials.confirm_totp(staff, code, asked("confirm"))
    assert codes
    return secret, codes


async def test_a_second_factor_counts_from_its_first_right_code(roster: Roster, credentials: Credentials) -> None:
    member = await founded(roster)
    secret = await credentials.begin_totp(member.id, asked("begin"))
    assert (await credentials.load(member.id)).totp is None
    wrong = totp.code_at(secret, totp.step_of(NOW) + 5)
    assert await credentials.confirm_totp(member.id, wrong, asked("wrong")) is None
    assert await credentials.confirm_totp(member.id, totp.code_at(secret, totp.step_of(NOW)), asked("right"))
    assert (await credentials.load(member.id)).totp == secret
    assert await credentials.recovery_codes_left(member.id) == totp.RECOVERY_CODES


async def test_a_code_is_taken_once_even_by_two_at_once(roster: Roster, credentials: Credentials) -> None:
    member = await founded(roster)
    secret, _ = await confirmed(credentials, member.id)
    later = asked("code", NOW + timedelta(minutes=1))
    known, code = await credentials.load(member.id), totp.code_at(secret, totp.step_of(later.at))
    taken = await asyncio.gather(*(credentials.take_code(member.id, known, code, later) for _ in range(5)))
    assert sorted(taken) == [False] * 4 + [True]


async def test_a_recovery_code_is_taken_once(roster: Roster, credentials: Credentials) -> None:
    member = await founded(roster)
    _, codes = await confirmed(credentials, member.id)
    known = await credentials.load(member.id)
    taken = await asyncio.gather(
        *(credentials.take_code(member.id, known, codes[0].lower(), asked("code")) for _ in range(3))
    )
    assert sorted(taken) == [False, False, True]
    assert await credentials.recovery_codes_left(member.id) == totp.RECOVERY_CODES - 1


async def test_a_dropped_second_factor_leaves_nothing(roster: Roster, credentials: Credentials) -> None:
    member = await founded(roster)
    await confirmed(credentials, member.id)
    await credentials.drop_totp(member.id, asked("drop"))
    known = await credentials.load(member.id)
    assert (known.totp, known.phc) == (None, "hash")
    assert await credentials.recovery_codes_left(member.id) == 0


async def test_nobody_has_no_secrets(credentials: Credentials) -> None:
    assert await credentials.load("nobody") == Secrets()


async def test_every_change_is_in_the_audit_and_the_audit_is_whole(
    roster: Roster, credentials: Credentials, audit: Audit
) -> None:
    member = await founded(roster)
    await confirmed(credentials, member.id)
    actions = [entry.fields["action"] for entry in (await audit.page()).entries]
    assert actions == ["confirm_totp", "begin_totp", "found_clinic", "issue_setup_link"]
    assert await audit.verify() == ()
