"""Who may come in, by socket or by poll: judged by origin, address and join token, and not while the process drains."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address

from aiohttp import web

from clinic.records import SeatLink
from signaling import protocol as p
from signaling.parsing import ProtocolError
from signaling.services import Services


class Shut(Exception):
    """This request is not let in."""

    def __init__(self, why: str, status: int) -> None:
        super().__init__(why)
        self.why = why
        self.status = status


class Door:
    """The one door of a process."""

    def __init__(self, services: Services, origins: frozenset[str]) -> None:
        self._services = services
        self._origins = origins
        self.draining = False

    @contextmanager
    def entered(self, request: web.Request, count: Callable[[str, float], bool]) -> Iterator[str]:
        """The page's address, counted for as long as it is inside. Raises Shut."""
        origin = request.headers.get("Origin")
        if origin is not None and origin not in self._origins:
            raise Shut("origin", 403)
        if self.draining:
            raise Shut("draining", 503)
        remote = remote_of(request)
        if not count(remote, self._services.monotonic_s()):
            raise Shut("address", 429)
        try:
            yield remote
        finally:
            self._services.addresses.close(remote)


async def seat_of(services: Services, hello: p.Hello, remote: str) -> SeatLink:
    """The seat that a hello's token opens. Raises ProtocolError."""
    if hello.v != p.VERSION:
        raise ProtocolError("unsupported-version")
    link = await services.store.seat_of_token(hello.token)
    if link is None:
        services.addresses.bad_token(remote, services.monotonic_s())
        raise ProtocolError("unknown-token")
    if link.expires_at <= services.now():
        raise ProtocolError("token-expired")
    if link.check:
        raise ProtocolError("check-needed")
    return link


def remote_of(request: web.Request) -> str:
    """The page's address. Behind a TLS front on this machine or in its private network, what that front says."""
    remote = request.remote or "127.0.0.1"
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    if not forwarded or ip_address(remote.partition("%")[0]).is_global:
        return remote
    try:
        return str(ip_address(forwarded))
    except ValueError:
        return remote
