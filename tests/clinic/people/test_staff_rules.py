"""Who may do what, which passwords are taken, how long to wait, when a session ends: tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.people.faults import Fault
from clinic.people.lockout import ACCOUNT, ADDRESS, FORGOTTEN_AFTER, Failures, Patience, failed, wait
from clinic.people.passwords import MAX_LENGTH, MIN_LENGTH, normalised, password_fault
from clinic.people.session import Limits, Session, csrf_fits, csrf_of, new_token, staff_of
from clinic.people.staff import CLINICAL, MAY, Capability, Member, Profile, Role, may, parse_sign_in, profile_faults
from clinic.people.totp import (
    STEP_S,
    code_at,
    matching_step,
    new_recovery_codes,
    new_secret,
    recovery_sha256,
    step_of,
    uri,
)

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
PAZ = Profile("Ana María Paz", "ana.paz@clinic.example", ("physician",), licence="98765")


def member(*roles: Role, active: bool = True) -> Member:
    return Member("m", 1, Profile("Eva Gil", "eva", roles), active)


# Roles


@pytest.mark.parametrize("role", ["coordinator", "administrator"])
@pytest.mark.parametrize("capability", sorted(CLINICAL))
def test_only_who_treats_sees_clinical_text(role: Role, capability: Capability) -> None:
    assert not may(member(role), capability)
    assert may(member("physician"), capability)
    assert may(member(role, "physician"), capability)


@pytest.mark.parametrize(
    ("role", "may_not"),
    [
        ("physician", {"staff.manage", "clinic.configure", "audit.read", "patient.erase", "api-keys.manage"}),
        ("coordinator", {"staff.manage", "clinic.configure", "audit.read", "patient.erase", "processing.export"}),
    ],
)
def test_only_administrators_administer(role: Role, may_not: set[Capability]) -> None:
    assert not any(may(member(role), capability) for capability in may_not)
    assert all(may(member("administrator"), capability) for capability in may_not)


def test_every_capability_is_somebodys_and_nobody_elses_may_do_anything() -> None:
    assert frozenset().union(*MAY.values()) == set(get_args(Capability))
    assert set(MAY) == set(get_args(Role))
    assert not any(may(member(), capability) for capability in get_args(Capability))
    assert not any(may(member("administrator", active=False), capability) for capability in get_args(Capability))


@pytest.mark.parametrize(
    ("typed", "sign_in"),
    [
        (" Ana.Paz@Clinic.Example ", "ana.paz@clinic.example"),
        ("ＡＮＡ", "ana"),
        ("", Fault("sign_in", "missing")),
        ("ab", Fault("sign_in", "too-short")),
        ("ana paz", Fault("sign_in", "unreadable")),
        ("анa", Fault("sign_in", "unreadable")),
        ("a" * 100_000, Fault("sign_in", "unreadable")),
    ],
)
def test_a_sign_in_has_one_spelling(typed: str, sign_in: str | Fault) -> None:
    assert parse_sign_in(typed) == sign_in


def test_a_profile_without_a_role_is_refused() -> None:
    assert profile_faults(PAZ) == ()
    assert profile_faults(Profile("Eva", "eva", ())) == (Fault("roles", "missing"),)
    assert profile_faults(Profile("Eva", "eva", ("physician",) * 2)) == (Fault("roles", "repeated"),)
    assert profile_faults(Profile("Eva", "eva", ("physician",), licence="9" * 81)) == (Fault("licence", "too-long"),)


# Passwords


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "missing"),
        ("corta-9x!", "too-short"),
        ("x" * 50 + "yzkwv" * 40, "too-long"),
        ("aaaaaaaaaaaa", "too-simple"),
        ("abcabcabcabc", "too-simple"),
        ("1234567890", "too-simple"),
        ("0987654321", "too-simple"),
        ("qwertyuiop123", "too-simple"),
        ("password12", "too-common"),
        ("P@ssw0rd2024!", "too-common"),
        ("Contraseña1234", "too-common"),
        ("V3n3zu3l4-2024", "too-common"),
        ("Cl1n1ca-Salud", "too-common"),
        ("anapaz1980!", "like-the-name"),
        ("AnaMaríaPaz2026", "like-the-name"),
        ("ana.paz@clinic1", "like-the-name"),
    ],
)
def test_guessable_passwords_are_refused(password: str, code: str) -> None:
    assert password_fault(password, PAZ.name, PAZ.sign_in) == Fault("password", code)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "tr4nsv3rs4l", "bolívar-arepa-cielo", "4829105736", "jk3$Lq9!zZ"],
)
def test_good_passwords_are_taken(password: str) -> None:
    assert password_fault(password, PAZ.name, PAZ.sign_in) is None


@given(st.text(max_size=2 * MAX_LENGTH), st.text(max_size=40))
def test_no_password_makes_the_rule_fail(password: str, name: str) -> None:
    fault = password_fault(password, name, "eva")
    assert fault is not None or MIN_LENGTH <= len(normalised(password)) <= MAX_LENGTH


# Waiting


@pytest.mark.parametrize(
    ("count", "seconds"), [(0, 0), (4, 0), (5, 2), (6, 4), (7, 8), (10, 64), (13, 512), (14, 900), (10_000, 900)]
)
def test_the_wait_doubles_up_to_a_quarter_of_an_hour(count: int, seconds: int) -> None:
    assert wait(Failures(count, NOW), ACCOUNT, NOW) == timedelta(seconds=seconds)


@given(st.integers(0, 1_000_000), st.integers(-(10**6), 10**6), st.sampled_from([ACCOUNT, ADDRESS]))
def test_nobody_is_locked_out_for_good_whatever_the_clock_does(count: int, offset_s: int, patience: Patience) -> None:
    failures = Failures(count, NOW + timedelta(seconds=offset_s))
    delay = wait(failures, patience, NOW)
    assert timedelta(0) <= delay <= patience.longest
    assert not wait(failures, patience, max(NOW, NOW + timedelta(seconds=offset_s)) + patience.longest)


def test_failures_are_forgotten_after_a_day() -> None:
    many = Failures(50, NOW)
    assert failed(many, NOW + timedelta(hours=1)).count == 51
    assert failed(many, NOW + FORGOTTEN_AFTER) == Failures(1, NOW + FORGOTTEN_AFTER)


# Sessions


def minutes(number: float) -> datetime:
    return NOW + timedelta(minutes=number)


@pytest.mark.parametrize(
    ("seen", "held", "now", "alive"),
    [
        (0, None, 29, True),
        (0, None, 30, False),
        (700, None, 719, True),
        (719, None, 720, False),
        (719, 719, 748, True),
        (719, 719, 749, False),
        (100, 10, 131, False),
        (0, 800, 829, True),
    ],
)
def test_a_session_ends_when_idle_or_old_but_not_in_a_consultation(
    seen: int, held: int | None, now: int, alive: bool
) -> None:
    session = Session("s", "m", NOW, minutes(seen), None if held is None else minutes(held))
    assert session.is_alive(Limits(), minutes(now)) == alive


def test_a_csrf_token_is_of_one_session() -> None:
    token, other = new_token("0123abcd"), new_token("0123abcd")
    assert staff_of(token) == "0123abcd"
    assert csrf_fits(token, csrf_of(token))
    assert not csrf_fits(token, csrf_of(other))
    assert not csrf_fits(token, "")
    assert token not in csrf_of(token)


@given(st.text(max_size=300))
def test_nothing_that_a_cookie_holds_makes_a_token_fail(token: str) -> None:
    assert ":" not in staff_of(token)
    assert not csrf_fits(token, token)


# Second factor


def test_codes_are_those_of_rfc_6238() -> None:
    assert code_at(b"12345678901234567890", 59 // STEP_S) == "287082"
    assert code_at(b"12345678901234567890", 1111111109 // STEP_S) == "081804"


@pytest.mark.parametrize(("drift", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_phone_may_be_one_step_off(drift: int, taken: bool) -> None:
    secret, step = new_secret(), step_of(NOW) + drift
    assert matching_step(secret, code_at(secret, step), NOW, -1) == (step if taken else None)


def test_a_code_is_taken_once_and_none_before_it() -> None:
    secret, step = new_secret(), step_of(NOW)
    code = code_at(secret, step)
    assert matching_step(secret, f" {code[:3]} {code[3:]}", NOW, step - 1) == step
    assert matching_step(secret, code, NOW, step) is None
    assert matching_step(secret, code_at(secret, step - 1), NOW, step) is None


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "0" * 1000])
def test_what_is_no_code_is_not_taken(typed: str) -> None:
    assert matching_step(new_secret(), typed, NOW, -1) is None


def test_recovery_codes_are_read_in_any_grouping() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == 10
    assert recovery_sha256(codes[0].lower().replace("-", " ")) == recovery_sha256(codes[0])


def test_the_uri_names_account_and_clinic() -> None:
    link = uri(b"12345678901234567890", "ana.paz@clinic.example", "Clínica")
    assert link.startswith("otpauth://totp/Cl%C3%ADnica:ana.paz%40clinic.example?")
    assert "secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" in link
