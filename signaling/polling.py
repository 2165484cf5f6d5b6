"""`POST /poll`: the protocol for pages that no WebSocket reaches. HTTP only; what is said is poll.py's.

200 means that every message of the body was answered. Anything else leaves the page with all of it to say again, which
is harmless, because commands have ids. What holds between two polls is in Redis; limits count in each process.
"""

from __future__ import annotations

import asyncio
import math
from typing import Final

from aiohttp import web

from clinic.records import SeatLink
from clinic.store import Superseded
from clinic.unavailable import Unavailable
from signaling import protocol as p
from signaling.door import Door, Shut, seat_of
from signaling.execution import TooFast
from signaling.limits import CHAT, MAX_SOCKETS_PER_SEAT, Bucket
from signaling.parsing import ProtocolError, parse_poll
from signaling.poll import Poll
from signaling.presence import POLL_LEASE_S
from signaling.services import Services
from signaling.texts import Lang, text

BODY_TIMEOUT_S: Final = 60.0
"""For a body of many messages over 2G."""

MIN_GZIP_BYTES: Final = 400
_STATUS: Final[dict[p.ErrorCode, int]] = {"bad-message": 400, "unknown-type": 400, "too-large": 413}
"""What is no protocol at all; other refusals are answers, as on a socket."""


class Later(Exception):
    """Not now: the page shall say all of it again, after so long."""

    def __init__(self, code: p.ErrorCode, status: int, after_s: float) -> None:
        super().__init__(code)
        self.code: p.ErrorCode = code
        self.status = status
        self.after_s = after_s


class Polling:
    """The polls of one process."""

    def __init__(self, services: Services, door: Door) -> None:
        self._services = services
        self._door = door
        self._waiting: set[Poll] = set()

    async def accept(self, request: web.Request) -> web.Response:
        """The handler of `/poll`."""
        try:
            with self._door.entered(request, self._services.addresses.open_poll) as remote:
                return await self._serve(request, remote)
        except Shut as shut:
            return self._shut(shut)

    async def drain(self) -> None:
        """Every waiting poll is answered with what there is; the page's next one goes to another process."""
        for poll in self._waiting:
            poll.release()

    async def _serve(self, request: web.Request, remote: str) -> web.Response:
        lang: Lang = "es"
        try:
            asked = parse_poll(await _body(request))
            lang = asked.hello.lang
            said = await self._answer(asked, remote)
        except ProtocolError as error:
            return self._respond(
                request, _error(lang, error.code, fatal=True), error.code, _STATUS.get(error.code, 200)
            )
        except Later as later:
            return self._later(request, lang, later)
        except Unavailable:
            self._services.metrics.unavailable.inc()
            return self._later(request, lang, Later("unavailable", 503, 1))
        return self._respond(request, said, "ok")

    async def _answer(self, asked: p.Poll, remote: str) -> tuple[p.ToPage, ...]:
        link = await seat_of(self._services, asked.hello, remote)
        limits = self._services.polling_seats.of(link.seat)
        self._take(limits.polls, 1)
        self._take(limits.messages, len(asked.messages))
        claim = await self._hold(link, asked)
        if claim is None:
            return (p.TakenOver(),)
        poll = Poll(self._services, link, asked, claim, limits.chat)
        try:
            return await self._listened(poll) if asked.wait_s else await poll.answer()
        except TooFast:
            tokens = min(poll.chats_left, int(CHAT.burst))
            raise Later("too-many", 429, limits.chat.wait_s(self._services.monotonic_s(), tokens)) from None
        finally:
            now_s = self._services.now().timestamp()
            await self._services.presence.refresh([(link.consultation, link.seat)], now_s, POLL_LEASE_S)

    async def _hold(self, link: SeatLink, asked: p.Poll) -> int | None:
        """The page's claim of its seat, taken once; None when a newer page holds the seat."""
        presence, client_id = self._services.presence, asked.hello.client_id
        claim, holds = await presence.claim_of(link.consultation, link.seat, client_id)
        if holds:
            return claim
        try:
            return await presence.claim(link.consultation, link.seat, client_id, self._services.now().timestamp())
        except Superseded:
            return None

    async def _listened(self, poll: Poll) -> tuple[p.ToPage, ...]:
        """The answer of a poll that may wait. A page has one of them: an older one was given up by it."""
        hub = self._services.hub
        for older in self._waiting:
            if (older.seat, older.client_id) == (poll.seat, poll.client_id):
                older.release()
        if len(hub.of_seat(poll.consultation, poll.seat)) >= MAX_SOCKETS_PER_SEAT:
            raise Later("too-many", 429, 1)
        hub.add(poll)
        self._waiting.add(poll)
        if self._door.draining:
            poll.release()
        try:
            return await poll.answer()
        finally:
            self._waiting.discard(poll)
            hub.remove(poll)

    def _take(self, bucket: Bucket, tokens: int) -> None:
        now = self._services.monotonic_s()
        if not bucket.take(now, tokens):
            raise Later("too-many", 429, bucket.wait_s(now, tokens))

    def _shut(self, shut: Shut) -> web.Response:
        self._services.metrics.polls.labels(shut.why).inc()
        headers = {} if shut.status == 403 else {"Retry-After": "1"}
        return web.Response(status=shut.status, headers=headers)

    def _later(self, request: web.Request, lang: Lang, later: Later) -> web.Response:
        response = self._respond(request, _error(lang, later.code, fatal=False), later.code, later.status)
        response.headers["Retry-After"] = str(max(1, math.ceil(later.after_s)))
        return response

    def _respond(
        self, request: web.Request, said: tuple[p.ToPage, ...], outcome: str, status: int = 200
    ) -> web.Response:
        self._services.metrics.polls.labels(outcome).inc()
        body = p.Polled(messages=said).model_dump_json().encode()
        response = web.Response(
            body=body, status=status, content_type="application/json", headers={"Cache-Control": "no-store"}
        )
        if len(body) >= MIN_GZIP_BYTES and "gzip" in request.headers.get("Accept-Encoding", ""):
            response.enable_compression(web.ContentCoding.gzip)
        return response


async def _body(request: web.Request) -> bytes:
    """All of it, or as much as shows that it is too large."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > p.MAX_POLL_BYTES:
                    break
    except TimeoutError:
        raise Later("too-many", 429, 1) from None
    except (web.RequestPayloadError, ConnectionError):  # cut off, or not packed as its headers say
        raise ProtocolError("bad-message") from None
    return bytes(body)


def _error(lang: Lang, code: p.ErrorCode, *, fatal: bool) -> tuple[p.Error]:
    return (p.Error(code=code, message=text(lang, code), fatal=fatal),)
