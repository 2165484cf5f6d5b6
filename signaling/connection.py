"""One WebSocket from its first byte to its close code: reads, judges what cannot be a message, writes in order.

The task that runs `serve` owns it; whatever else runs for the socket is in its TaskGroup.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Final

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

from clinic.records import SeatLink
from clinic.store import Superseded
from clinic.unavailable import Unavailable
from signaling import protocol as p
from signaling.door import seat_of
from signaling.limits import MAX_SOCKETS_PER_SEAT, MESSAGES, Bucket
from signaling.outgoing import Close, Outgoing
from signaling.parsing import ProtocolError, parse
from signaling.redis_client import RETRY_DELAY_S
from signaling.services import Services
from signaling.session import Session
from signaling.texts import Lang, text
from signaling.timeline import Timeline

HELLO_TIMEOUT_S: Final = 10.0
HEARTBEAT_S: Final = 40.0
"""WebSocket ping; no pong for half of it closes. Pages find out sooner by their own `ping`; a 2G queue holds 10 s."""

STORE_WAIT_S: Final = 3.0
"""For a store that is away when a page says hello. About as long as a page waits for its welcome."""

MAX_UNKNOWN_TYPES: Final = 20

_CODE_OF: Final[dict[p.ErrorCode, int]] = {
    "bad-message": p.CLOSE_BAD_MESSAGE,
    "unknown-type": p.CLOSE_BAD_MESSAGE,
    "too-large": p.CLOSE_BAD_MESSAGE,
    "hello-first": p.CLOSE_BAD_MESSAGE,
    "unsupported-version": p.CLOSE_BAD_VERSION,
    "unknown-token": p.CLOSE_UNKNOWN_TOKEN,
    "token-expired": p.CLOSE_UNKNOWN_TOKEN,
    "seat-revoked": p.CLOSE_UNKNOWN_TOKEN,
    "check-needed": p.CLOSE_UNKNOWN_TOKEN,
    "too-many": p.CLOSE_TOO_MANY,
    "unavailable": p.CLOSE_TRY_LATER,
}

log = logging.getLogger(__name__)


class Connection:
    """A socket that was accepted by origin and address; `serve` returns when it is closed."""

    def __init__(self, services: Services, socket: web.WebSocketResponse, remote: str) -> None:
        self._services = services
        self._socket = socket
        self._remote = remote
        self._outgoing = Outgoing()
        self._rate = Bucket(MESSAGES)
        self._early: deque[WSMessage] = deque()
        """Said before our welcome."""
        self._session: Session | None = None
        self._lang: Lang = "es"
        self._unknown_types = 0
        self._reads = True
        """The page takes what we write."""

    async def serve(self) -> None:
        """Until the socket is closed by either side."""
        try:
            code = await self._talk()
        except Exception:
            log.exception("a connection failed")
            code = WSCloseCode.INTERNAL_ERROR
        await self._socket.close(code=code, drain=self._reads)

    async def drain(self, code: int) -> None:
        """Answer the commands that came, unless the store is away, then close with this code."""
        if self._session is not None:
            await self._session.finish()
        self._outgoing.close(code)

    async def _talk(self) -> int:
        """Read and write until there is nothing more to say; the code to close with.

        Nobody may be in `receive` when the socket is closed, else aiohttp does not wait for the page's close frame, and
        what the page sent meanwhile resets the connection before our code gets there.
        """
        async with asyncio.TaskGroup() as group:
            reader = group.create_task(self._read(group))
            writer = group.create_task(self._write())
            overflow = group.create_task(self._outgoing.overflowed.wait())
            stuck = group.create_task(self._outgoing.stuck())
            await asyncio.wait([writer, overflow, stuck], return_when=asyncio.FIRST_COMPLETED)
            self._reads = writer.done()
            if self._session is not None:
                await self._session.finish()
            for task in (reader, writer, overflow, stuck):
                task.cancel()
        if self._outgoing.overflowed.is_set():
            self._services.metrics.refused_sockets.labels("slow-reader").inc()
            return p.CLOSE_SLOW_READER
        return stuck.result() if writer.cancelled() else writer.result()

    async def _read(self, group: asyncio.TaskGroup) -> None:
        """Greet and serve the page until it goes or must go."""
        try:
            session = await self._greet(group)
            if session is not None:
                await self._converse(session, group)
                await session.finish()
        except ProtocolError as error:
            self._say(error)
        except Superseded:
            self._outgoing.send(p.TakenOver())
            self._outgoing.close(p.CLOSE_TAKEN_OVER)
        except Unavailable:
            self._services.metrics.unavailable.inc()
            self._say(ProtocolError("unavailable"))
        finally:
            self._forget()
        self._outgoing.close(p.CLOSE_NORMAL)

    async def _greet(self, group: asyncio.TaskGroup) -> Session | None:
        """From hello to welcome; None when the socket went away before."""
        try:
            async with asyncio.timeout(HELLO_TIMEOUT_S):
                hello = await self._next()
        except TimeoutError:
            raise ProtocolError("hello-first") from None
        if hello is None:
            return None
        if not isinstance(hello, p.Hello):
            raise ProtocolError("hello-first")
        self._lang = hello.lang
        session = await self._admitted(hello)
        if session is not None:
            session.start(group, hello.offer)
        return session

    async def _admitted(self, hello: p.Hello) -> Session | None:
        """Admit the page, or wait a little for a store that is away: it may come back sooner than the page."""
        gives_up_at = asyncio.get_running_loop().time() + STORE_WAIT_S
        while True:
            try:
                if not await self._has_turn():
                    return None
                try:
                    return await self._admit(hello, await seat_of(self._services, hello, self._remote))
                finally:
                    self._services.greetings.release()
            except Unavailable:
                if asyncio.get_running_loop().time() > gives_up_at:
                    raise
            await asyncio.sleep(RETRY_DELAY_S)

    async def _has_turn(self) -> bool:
        """Wait in line to be greeted; False for a page that gave up meanwhile."""
        turn = asyncio.ensure_future(self._services.greetings.acquire())
        word = asyncio.ensure_future(self._socket.receive())
        has = False
        try:
            await asyncio.wait((turn, word), return_when=asyncio.FIRST_COMPLETED)
            if word.done():
                self._early.append(word.result())
            has = not word.done() or word.result().type is WSMsgType.TEXT
            return has and await turn
        finally:
            word.cancel()
            await asyncio.wait((word,))  # one receives at a time
            if not has and not turn.cancel():
                self._services.greetings.release()

    async def _admit(self, hello: p.Hello, link: SeatLink) -> Session:
        """Claim the seat, and read what the page is to be told, at once: the store is asked in one turn."""
        s = self._services
        if len(s.hub.of_seat(link.consultation, link.seat)) >= MAX_SOCKETS_PER_SEAT:
            raise ProtocolError("too-many")
        timeline = Timeline(s, link, hello.lang, hello.after)
        session, welcomed = await asyncio.gather(
            self._claim(hello, link, timeline), timeline.welcome(), return_exceptions=True
        )
        if isinstance(session, BaseException):
            raise session
        if isinstance(welcomed, BaseException):
            self._forget()
            raise welcomed
        session.greet(*welcomed)
        return session

    async def _claim(self, hello: p.Hello, link: SeatLink, timeline: Timeline) -> Session:
        """The hub knows the session as soon as it holds the seat, so that no newer claim is missed."""
        s = self._services
        claim = await s.presence.claim(link.consultation, link.seat, hello.client_id, s.now().timestamp())
        self._session = Session(s, self._outgoing, link, hello, claim, timeline)
        s.hub.add(self._session)
        s.metrics.sockets.inc()
        return self._session

    def _forget(self) -> None:
        """End the session, if there is one."""
        session, self._session = self._session, None
        if session is not None:
            self._services.hub.remove(session)
            self._services.metrics.sockets.dec()
            session.stop()

    async def _converse(self, session: Session, group: asyncio.TaskGroup) -> None:
        while True:
            try:
                message = await self._next()
                if message is None or self._outgoing.closing:
                    return
                await session.take(message, group)
            except ProtocolError as error:
                self._say(error)
                if error.fatal:
                    return

    async def _next(self) -> p.FromPage | None:
        """The next message; None when the socket is closed. Raises ProtocolError."""
        received: WSMessage = self._early.popleft() if self._early else await self._socket.receive()
        if received.type is WSMsgType.BINARY:
            raise ProtocolError("bad-message")
        if received.type is not WSMsgType.TEXT:
            return None
        if not self._rate.take(self._services.monotonic_s()):
            raise ProtocolError("too-many")
        try:
            return parse(received.data)
        except ProtocolError as error:
            self._unknown_types += not error.fatal
            if self._unknown_types > MAX_UNKNOWN_TYPES:
                raise ProtocolError("unknown-type") from None
            raise

    def _say(self, error: ProtocolError) -> None:
        """Tell the page in its language, and where fatal close with the code of the error."""
        self._outgoing.send(p.Error(code=error.code, message=text(self._lang, error.code), fatal=error.fatal))
        if error.fatal:
            self._services.metrics.refused_sockets.labels(error.code).inc()
            self._outgoing.close(_CODE_OF[error.code])

    async def _write(self) -> int:
        """Write what is queued, in order, up to a close; its code."""
        while True:
            entry = await self._outgoing.next()
            if isinstance(entry, Close):
                return entry.code
            try:
                await self._socket.send_str(entry)
            except ConnectionError:
                return p.CLOSE_NORMAL
