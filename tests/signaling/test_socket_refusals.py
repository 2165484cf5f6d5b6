"""What a stranger, a broken page or a wrong link gets: a code, words and a close; the others' consultation goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from clinic_under_test import Clinic, clinic, consent

from clinic.records import NewSeat
from signaling import protocol as p
from signaling.limits import BAD_TOKENS, CHAT, MESSAGES


@pytest.fixture
async def office(redis_url: str) -> AsyncIterator[Clinic]:
    """Its limits' clock stands still."""
    async with clinic(redis_url, monotonic_s=lambda: 0.0, allowed_origins=("https://portal.example.org",)) as office:
        yield office


async def test_unknown_token(office: Clinic) -> None:
    page = await office.open("patient")
    page.token = "0123456789abcdefghijkl"
    await page.raw({"type": "hello", "v": 1, "token": page.token, "client_id": page.client_id, "lang": "en"})
    assert (await page.get(p.Error)).code == "unknown-token"
    assert await page.closed() == p.CLOSE_UNKNOWN_TOKEN


async def test_revoked_token(office: Clinic) -> None:
    await office.store.revoke(office.consultation, office.seats["patient"])
    page = await office.open("patient")
    with pytest.raises(AssertionError):
        await page.hello()
    assert page.inbox[0] == p.Error(code="unknown-token", message=page.inbox[0].message, fatal=True)  # type: ignore[attr-defined]


async def test_expired_token(office: Clinic) -> None:
    past = datetime.now(UTC) - timedelta(hours=3)
    made = await office.store.create_consultation(
        starts_at=past, ends_at=past + timedelta(minutes=20), reason="", seats=[NewSeat("patient", "Ana")]
    )
    page = await office.open("patient")
    page.token = await office.store.issue_link(made.consultation, made.seats[0].id)
    with pytest.raises(AssertionError):
        await page.hello()
    assert await page.closed() == p.CLOSE_UNKNOWN_TOKEN
    error = page.inbox[0]
    assert isinstance(error, p.Error)
    assert error.code == "token-expired"


async def test_token_of_another_room_opens_nothing_here(office: Clinic) -> None:
    first, first_seats = office.consultation, office.seats
    await office.seed()
    stranger = await office.open("physician")
    assert (await stranger.hello()).consultation.id != first
    refused = await stranger.do(lambda id: p.Admit(id=id, seat=first_seats["patient"]))
    assert isinstance(refused, p.Refused)
    assert refused.code == "unknown-seat"


async def test_wrong_version(office: Clinic) -> None:
    page = await office.open("patient")
    await page.raw({"type": "hello", "v": 2, "token": page.token, "client_id": page.client_id})
    assert (await page.get(p.Error)).code == "unsupported-version"
    assert await page.closed() == p.CLOSE_BAD_VERSION


async def test_something_else_before_hello(office: Clinic) -> None:
    page = await office.open("patient")
    await page.send(p.Ping(n=1))
    assert (await page.get(p.Error)).code == "hello-first"
    assert await page.closed() == p.CLOSE_BAD_MESSAGE


async def test_silence_instead_of_hello(office: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signaling.connection.HELLO_TIMEOUT_S", 0.01)
    page = await office.open("patient")
    assert (await page.get(p.Error)).code == "hello-first"


async def test_unknown_type_spoils_only_itself(office: Clinic) -> None:
    page = await office.page("physician")
    await page.raw({"type": "dance"})
    error = await page.get(p.Error)
    assert (error.code, error.fatal) == ("unknown-type", False)
    await page.send(p.Ping(n=7))
    assert (await page.get(p.Pong)).n == 7


@pytest.mark.parametrize("garbage", ["{", "[" * 3000, '{"type":"ping","n":"x"}', "\x00"])
async def test_garbage(office: Clinic, garbage: str) -> None:
    page = await office.page("physician")
    await page.raw(garbage)
    assert (await page.get(p.Error)).code == "bad-message"
    assert await page.closed() == p.CLOSE_BAD_MESSAGE


async def test_binary(office: Clinic) -> None:
    page = await office.page("physician")
    await page.socket.send_bytes(b"\x00\x01")
    assert (await page.get(p.Error)).code == "bad-message"


async def test_oversized(office: Clinic) -> None:
    page = await office.page("physician")
    await page.raw("x" * (p.MAX_MESSAGE_BYTES + 1))
    assert (await page.get(p.Error)).code == "too-large"
    assert await page.closed() == p.CLOSE_BAD_MESSAGE


async def test_far_oversized_is_not_even_read(office: Clinic) -> None:
    page = await office.page("physician")
    await page.raw("x" * (4 * p.MAX_MESSAGE_BYTES))
    assert await page.closed() == aiohttp.WSCloseCode.MESSAGE_TOO_BIG


async def test_little_that_unpacks_to_much(office: Clinic) -> None:
    page = await office.open("physician", compress=15)
    await page.raw(" " * 20_000_000)
    assert await page.closed() == aiohttp.WSCloseCode.MESSAGE_TOO_BIG


async def test_flood_closes_the_flooder_only(office: Clinic) -> None:
    patient = await office.page("patient")
    flooder = await office.page("physician")
    for n in range(int(MESSAGES.burst) + 50):
        await flooder.send(p.Ping(n=n))
    assert await flooder.closed() == p.CLOSE_TOO_MANY
    await patient.send(p.Ping(n=1))
    assert (await patient.get(p.Pong)).n == 1


async def test_chat_flood_is_refused_and_told(office: Clinic) -> None:
    patient = await office.page("patient")
    await consent(patient)
    answers = [await patient.do(lambda id: p.SendChat(id=id, text="hola")) for _ in range(int(CHAT.burst) + 3)]
    assert isinstance(answers[0], p.Ack)
    assert isinstance(answers[-1], p.Refused)
    assert answers[-1].code == "too-fast"


async def test_guessing_tokens_ends_at_the_door(office: Clinic) -> None:
    for _ in range(int(BAD_TOKENS.burst)):
        page = await office.open("patient")
        page.token = "0123456789abcdefghijkl"
        with pytest.raises(AssertionError):
            await page.hello()
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await office.open("patient")
    assert refused.value.status == 429


async def test_foreign_origin(office: Clinic) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await office.socket(origin="https://evil.example.org")
    assert refused.value.status == 403


async def test_listed_and_own_origins(office: Clinic) -> None:
    for origin in ("https://portal.example.org", office.urls[0]):
        await (await office.open("patient", origin=origin)).hello()


async def test_slow_reader(office: Clinic) -> None:
    slow = await office.page("patient")
    [session] = office.services[0].hub.of_seat(office.consultation, office.seats["patient"])
    for n in range(1000):
        session.send(p.Pong(n=n))
    assert await slow.closed() == p.CLOSE_SLOW_READER
