"""What a stranger, a broken page, a wrong link or a hurry gets over polls: a status, a code and words."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from clinic_under_test import Clinic, clinic
from hypothesis import given
from hypothesis import strategies as st
from poll_page import PollPage
from test_parse_anything import ALMOST, JSON

from clinic.records import NewSeat
from signaling import limits
from signaling import protocol as p
from signaling.parsing import ProtocolError, parse_poll
from valkey_process import ValkeyProcess


class Clock:
    """Of the limits; it stands still until the test moves it."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def office(redis_url: str, clock: Clock) -> AsyncIterator[Clinic]:
    async with clinic(redis_url, monotonic_s=clock, allowed_origins=("https://portal.example.org",)) as office:
        yield office


def body(page: PollPage, hello: dict[str, Any] | None = None, **changes: Any) -> str:
    return json.dumps({"hello": page.hello().model_dump() | (hello or {}), **changes})


BAD = [
    (b"", 400, "bad-message"),
    (b"{", 400, "bad-message"),
    (b"[]", 400, "bad-message"),
    (b"null", 400, "bad-message"),
    (b"\xff\xfe\x00", 400, "bad-message"),
    (b"[" * 3000, 400, "bad-message"),
    (b'{"hello":{}}', 400, "bad-message"),
    (b'{"hello":{"v":2}}', 200, "unsupported-version"),
    (b'{"hello":[],"messages":{}}', 400, "bad-message"),
    (b" " * (p.MAX_POLL_BYTES + 1), 413, "too-large"),
    (b" " * (p.MAX_POLL_BYTES + 400_000), 413, "too-large"),
]


@pytest.mark.parametrize(("sent", "status", "code"), BAD, ids=lambda value: str(value)[:24])
async def test_no_protocol(office: Clinic, sent: bytes, status: int, code: str) -> None:
    page = PollPage(office, "patient")
    [error] = await page.post(sent)
    assert isinstance(error, p.Error)
    assert (page.status, error.code, error.fatal) == (status, code, True)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"wait_s": 26}, "bad-message"),
        ({"wait_s": -1}, "bad-message"),
        ({"wait_s": float("nan")}, "bad-message"),
        ({"more": 1}, "bad-message"),
        ({"messages": [{"type": "ping"}]}, "bad-message"),
        ({"messages": [{"type": "dance"}]}, "unknown-type"),
        ({"messages": [{"type": "hello"}]}, "unknown-type"),
        ({"messages": [{"type": "ping", "n": 1}] * (p.MAX_POLL_MESSAGES + 1)}, "bad-message"),
    ],
)
async def test_no_poll(office: Clinic, changes: dict[str, Any], code: str) -> None:
    page = PollPage(office, "patient")
    [error] = await page.post(body(page, **changes))
    assert isinstance(error, p.Error)
    assert (page.status, error.code) == (400, code)
    page.client_id = "client-after"
    assert [message.type for message in await page.poll()] == ["welcome"]


HELLO = {"type": "hello", "v": 1, "token": "0123456789abcdefghijkl", "client_id": "client-1"}


@given(
    st.binary()
    | JSON.map(json.dumps)
    | st.fixed_dictionaries(
        {"hello": JSON | st.just(HELLO), "messages": st.lists(ALMOST, max_size=3) | JSON},
        optional={"wait_s": JSON, "welcome": JSON},
    ).map(json.dumps)
)
def test_anything(sent: bytes | str) -> None:
    try:
        parse_poll(sent if isinstance(sent, bytes) else sent.encode())
    except ProtocolError:
        return


async def test_foreign_and_listed_origins(office: Clinic) -> None:
    page = PollPage(office, "patient")
    assert await page.post(body(page), Origin="https://evil.example.org") == ()
    assert page.status == 403
    for origin in ("https://portal.example.org", office.urls[0]):
        assert await page.post(body(page), Origin=origin)
        assert page.status == 200


@pytest.mark.parametrize(
    ("hello", "code", "words"),
    [
        ({"token": "0123456789abcdefghijkl"}, "unknown-token", "Este enlace no es válido"),
        ({"token": "0123456789abcdefghijkl", "lang": "en"}, "unknown-token", "This link is not valid"),
        ({"v": 2}, "unsupported-version", "Esta página es de otra versión"),
    ],
)
async def test_wrong_hello_is_answered_as_on_a_socket(
    office: Clinic, hello: dict[str, Any], code: str, words: str
) -> None:
    page = PollPage(office, "patient")
    [error] = await page.post(body(page, hello))
    assert isinstance(error, p.Error)
    assert (page.status, error.code, error.fatal) == (200, code, True)
    assert error.message.startswith(words)


async def test_expired_token(office: Clinic) -> None:
    past = datetime.now(UTC) - timedelta(hours=3)
    made = await office.store.create_consultation(
        starts_at=past, ends_at=past + timedelta(minutes=20), reason="", seats=[NewSeat("patient", "Ana")]
    )
    page = PollPage(office, "patient")
    page.token = await office.store.issue_link(made.consultation, made.seats[0].id)
    [error] = await page.poll()
    assert isinstance(error, p.Error)
    assert (error.code, error.fatal) == ("token-expired", True)


async def test_guessing_tokens_ends_at_the_door(office: Clinic) -> None:
    page = PollPage(office, "patient")
    for _ in range(int(limits.BAD_TOKENS.burst)):
        await page.post(body(page, {"token": "0123456789abcdefghijkl"}))
        assert page.status == 200
    await page.poll()
    assert (page.status, page.headers["Retry-After"]) == (429, "1")


async def test_hurry_of_one_seat(office: Clinic, clock: Clock) -> None:
    page, other = PollPage(office, "patient"), PollPage(office, "physician")
    for _ in range(int(limits.SEAT_POLLS.burst)):
        await page.poll()
        assert page.status == 200
    [error] = await page.poll()
    assert isinstance(error, p.Error)
    assert (page.status, error.code, error.fatal) == (429, "too-many", False)
    await other.poll()
    assert other.status == 200
    clock.now_s += float(page.headers["Retry-After"])
    await page.poll()
    assert page.status == 200


async def test_everything_typed_offline_arrives_in_time(office: Clinic, clock: Clock) -> None:
    """More than the chat's burst: the page says it all again after each wait, and none of it is refused or doubled."""
    page = PollPage(office, "physician")
    chats = [p.SendChat(id=f"command-{n}", text=str(n)) for n in range(int(limits.CHAT.burst) + 10)]
    await page.poll(*chats)
    turns = 1
    while page.status == 429:
        clock.now_s += float(page.headers["Retry-After"])
        said = await page.poll(*chats)
        turns += 1
    assert turns == 2
    assert [message.type for message in said] == ["ack"] * len(chats) + ["welcome"]
    assert page.chats() == [chat.text for chat in chats]


async def test_store_away(own_valkey: ValkeyProcess) -> None:
    async with clinic(own_valkey.url) as office:
        page = PollPage(office, "physician")
        await page.poll()
        own_valkey.kill()
        chat = p.SendChat(id="command-1", text="hola")
        [error] = await page.poll(chat)
        assert isinstance(error, p.Error)
        assert (page.status, error.code, error.fatal) == (503, "unavailable", False)
        own_valkey.start()
        await page.poll(chat)
        assert page.chats() == ["hola"]


async def test_polls_are_counted_without_names(office: Clinic) -> None:
    page = PollPage(office, "patient")
    await page.poll()
    await page.post(b"{")
    async with office.http.get(f"{office.urls[0]}/metrics") as response:
        text = await response.text()
    assert 'hilo_polls_total{outcome="ok"} 1.0' in text
    assert 'hilo_polls_total{outcome="bad-message"} 1.0' in text
    assert page.client_id not in text


@pytest.mark.parametrize(
    "sent",
    [
        b"POST /poll HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n{",
        b"POST /poll HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n{",
        b"POST /poll HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nContent-Encoding: gzip\r\n\r\nnope",
    ],
    ids=["cut", "cut chunk", "no gzip"],
)
async def test_broken_request_is_no_error_of_ours(
    office: Clinic, sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    host, port = office.urls[0].removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(sent)
    writer.write_eof()
    await reader.read()
    writer.close()
    await writer.wait_closed()
    page = PollPage(office, "patient")
    await page.poll()
    assert page.status == 200
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
