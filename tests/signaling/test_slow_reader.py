"""A page whose TCP window is shut: it is cut off while little is kept for it, and nobody else notices."""

from __future__ import annotations

import asyncio
import base64
import os
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
from clinic_under_test import Clinic, clinic
from eventually import eventually
from socket_page import Page

from clinic.commands import SendChat
from signaling import protocol as p

MAX_QUEUED = 40
CHARS = 4000
MOST_HANDED_OVER = 512 * 1024
"""To aiohttp and the kernel, beside our own queue."""


@asynccontextmanager
async def mute_page(office: Clinic, role: str) -> AsyncIterator[socket.socket]:
    """Says hello and never reads a byte of what comes after the handshake."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    sock.setblocking(False)
    loop = asyncio.get_running_loop()
    at = urlsplit(office.urls[0])
    await loop.sock_connect(sock, (at.hostname, at.port))
    key = base64.b64encode(os.urandom(16)).decode()
    await loop.sock_sendall(
        sock,
        f"GET /ws HTTP/1.1\r\nHost: {at.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode(),
    )
    assert b"101" in await loop.sock_recv(sock, 64)
    hello = p.Hello(v=p.VERSION, token=office.tokens[role], client_id="mute-page")
    await loop.sock_sendall(sock, frame(hello.model_dump_json().encode()))
    await eventually(lambda: bool(office.services[0].hub.of(office.consultation)), "the mute page's session")
    try:
        yield sock
    finally:
        sock.close()


def frame(text: bytes) -> bytes:
    """A client's text frame of 126 to 65535 bytes, masked with zeros (RFC 6455 5.2)."""
    return struct.pack("!BBH", 0x81, 0x80 | 126, len(text)) + bytes(4) + text


async def test_a_page_that_never_reads_is_cut_off_and_the_others_get_everything(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signaling.outgoing.MAX_QUEUED", MAX_QUEUED)
    async with clinic(redis_url) as office, mute_page(office, "patient"):
        hub, seat = office.services[0].hub, office.seats["patient"]
        physician = await office.page("physician")
        reading = asyncio.create_task(read_to(physician, "last"))
        said = 0
        while hub.of_seat(office.consultation, seat):
            await say(office, f"{said:0{CHARS}}")
            said += 1
            assert (said - MAX_QUEUED) * CHARS < MOST_HANDED_OVER
        await say(office, "last")
        assert await reading == [*(f"{n:0{CHARS}}" for n in range(said)), "last"]
        assert said >= MAX_QUEUED
        await eventually(lambda: office.services[0].addresses._of("127.0.0.1").sockets == 1, "its socket is gone")


async def test_a_dead_link_does_not_hold_a_seat_that_was_taken_over(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was to be written before the close does not fit into its window any more."""
    monkeypatch.setattr("signaling.outgoing.LINGER_S", 0.1)
    async with clinic(redis_url) as office, mute_page(office, "patient"):
        hub, seat = office.services[0].hub, office.seats["patient"]
        [mute] = hub.of_seat(office.consultation, seat)
        for n in range(2 * MAX_QUEUED):
            await say(office, f"{n:0{CHARS}}")
        await office.page("patient")
        await eventually(lambda: mute not in hub.of_seat(office.consultation, seat), "the mute page's session is gone")
        assert len(hub.of_seat(office.consultation, seat)) == 1


async def test_a_page_that_went_without_a_word_keeps_its_seat_no_longer_than_the_heartbeat(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No pong comes, and nobody keeps up the lease any more. Any byte of the page would do for a pong."""
    monkeypatch.setattr("signaling.app.HEARTBEAT_S", 0.2)
    async with clinic(redis_url) as office, mute_page(office, "patient"):
        hub, seat = office.services[0].hub, office.seats["patient"]
        physician = await office.page("physician")
        reading = asyncio.create_task(read_to(physician, "last"))
        await eventually(lambda: not hub.of_seat(office.consultation, seat), "the mute page's session is gone")
        assert hub.of_seat(office.consultation, office.seats["physician"])
        await say(office, "last")
        await reading


async def say(office: Clinic, text: str) -> None:
    chat = SendChat(f"chat-{text[-8:]}", office.seats["physician"], text)
    await office.store.execute(office.consultation, chat, office.services[0].now())


async def read_to(page: Page, last: str) -> list[str]:
    texts: list[str] = []
    while last not in texts:
        events = await page.get(p.Events)
        texts += [getattr(stored.event, "text", "") for stored in events.events]
    return texts
