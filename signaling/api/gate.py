"""Holds a request to its route: who asks, may they, and is what they sent what the route takes?

Cookies and keys are told apart: a request with a cookie that changes something must come from our own origin and carry
the session's CSRF token; one with a bearer key has no cookie to be abused.
"""

from __future__ import annotations

import logging
import re
import secrets
import traceback
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final, get_args

from aiohttp import web
from aiohttp.typedefs import LooseHeaders
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from clinic.people.api_key import ROLE
from clinic.people.hashing import Busy
from clinic.people.session import csrf_fits
from clinic.people.staff import MAY, Capability, Member, may
from clinic.unavailable import Unavailable
from signaling.api import fault as f
from signaling.api.fault import Fault, FieldFault
from signaling.api.route import Answer, Asked, Open, Route
from signaling.door import remote_of
from signaling.limits import Addresses, KeyRates
from signaling.office import Office
from signaling.services import Services
from signaling.texts import Lang

log = logging.getLogger(__name__)

CSRF_HEADER: Final = "X-CSRF-Token"
KEY_HEADER: Final = "Idempotency-Key"
MAX_KEY_CHARS: Final = 100
_IN_PATH: Final = re.compile(r"[A-Za-z0-9._-]{1,100}")
"""What any of our ids is made of; whatever else stands in a path is nobody's."""

_PRIVATE: Final[LooseHeaders] = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_CODES: Final = {
    "missing": "missing", "extra_forbidden": "unexpected", "string_too_long": "too-long", "too_long": "too-many",
    "string_too_short": "too-short", "too_short": "missing", "greater_than_equal": "out-of-range",
    "less_than_equal": "out-of-range", "greater_than": "out-of-range", "less_than": "out-of-range",
}  # fmt: skip
"""pydantic's error types; whatever else is `malformed`."""


@dataclass(frozen=True)
class Proof:
    """Who asks, as far as the request proves it."""

    member: Member | None = None
    session: str = ""
    key: str = ""
    role: str = ""


class ApiGate:
    """The gate of one process."""

    def __init__(
        self,
        office: Office,
        origins: frozenset[str],
        addresses: Addresses,
        monotonic_s: Callable[[], float],
        *,
        secure: bool,
        services: Services | None = None,
    ) -> None:
        self.office = office
        self._origins = origins
        self._addresses = addresses
        self._key_rates = KeyRates()
        self._monotonic_s = monotonic_s
        self.cookie = "__Host-hilo" if secure else "hilo"
        """A `__Host-` cookie is ours alone, but browsers take it over TLS only."""
        self._secure = secure
        self._services = services

    @property
    def services(self) -> Services:
        """Calls and waiting rooms, for routes that need them. A gate that only lists its routes has none."""
        if self._services is None:
            raise RuntimeError("this gate serves nobody")
        return self._services

    def add_routes(self, app: web.Application, routes: Iterable[Route]) -> None:
        """Put every route of the table on the application."""
        for route in routes:
            app.router.add_route(route.method, route.path, self._guarded(route), name=route.name)

    def keep(self, response: web.StreamResponse, token: str) -> None:
        """Set the session's cookie."""
        response.set_cookie(self.cookie, token, path="/", httponly=True, secure=self._secure, samesite="Strict")

    def drop(self, response: web.StreamResponse) -> None:
        """Take the session's cookie away."""
        response.del_cookie(self.cookie, path="/", httponly=True, secure=self._secure, samesite="Strict")

    def _guarded(self, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            lang = language_of(request)
            try:
                return respond(await route.handler(await self._asked(route, request, lang)), route)
            except Fault as fault:
                return f.answer(fault, lang)
            except Busy:
                return f.answer(Fault(503, "busy"), lang)
            except Unavailable:
                return f.answer(Fault(503, "unavailable"), lang)
            except web.HTTPException:
                raise
            except Exception as error:
                return f.answer(_bug(route, error), lang)

        return serve

    async def _asked(self, route: Route, request: web.Request, lang: Lang) -> Asked:
        """The request as its handler gets it. Raises Fault."""
        self._same_origin(request)
        asked = Asked(self.office, request, self.office.now(), lang, _id(route, request))
        asked = await self._known(route, asked)
        if not all(_IN_PATH.fullmatch(value) for value in request.match_info.values()):
            raise Fault(404, "not-found")
        return replace(asked, body_model=await _body(route, request), query_model=_query(route, request))

    async def _known(self, route: Route, asked: Asked) -> Asked:
        """With whoever asks, if they may."""
        if route.who == "anyone":
            return asked
        if route.who in ("link", "seat"):
            asked = await self._with_link(asked)
            if route.who == "seat" and asked.seat.check:
                raise Fault(403, "check-needed")
            return asked
        scheme, _, token = asked.request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return await self._with_key(route, asked, token.strip())
        session = asked.request.cookies.get(self.cookie, "")
        found = await self.office.sessions.touch(session, asked.now) if session else None
        if found is None:
            raise Fault(401, "sign-in-first")
        if asked.request.method != "GET" and not csrf_fits(session, asked.request.headers.get(CSRF_HEADER, "")):
            raise Fault(403, "stale-page")
        member = await self.office.roster.load(found.staff)
        return replace(asked, member=member, session=session, role=role_for(member, route))

    async def _with_key(self, route: Route, asked: Asked, token: str) -> Asked:
        """Of a system of the clinic: no cookie, so no page can misuse it."""
        remote, now = remote_of(asked.request), self._monotonic_s()
        if wait := self._addresses.guess_wait_s(remote, now):
            raise _too_many(wait)
        key = await asked.office.api_keys.find(token, asked.now)
        if key is None:
            self._addresses.bad_token(remote, now)
            raise Fault(401, "key-unknown")
        if wait := self._key_rates.wait_s(key.id, now):
            raise _too_many(wait)
        if not route.keys:
            raise Fault(403, "not-for-keys")
        if route.who not in get_args(Open) and not key.may(_capability(route)):
            raise Fault(403, "not-allowed")
        return replace(asked, key=key.id, role=ROLE)

    async def _with_link(self, asked: Asked) -> Asked:
        scheme, _, token = asked.request.headers.get("Authorization", "").partition(" ")
        link = await self.office.store.seat_of_token(token) if scheme == "Join" and token else None
        if link is None:
            self._addresses.bad_token(remote_of(asked.request), self._monotonic_s())
            raise Fault(401, "link-unknown")
        if link.expires_at <= asked.now:
            raise Fault(410, "link-expired")
        return replace(asked, link=link, role="seat")

    def _same_origin(self, request: web.Request) -> None:
        origin = request.headers.get("Origin")
        if origin is not None and origin not in self._origins:
            raise Fault(403, "forbidden-origin")


def _bug(route: Route, error: Exception) -> Fault:
    """Where it happened, without the error's words: they may hold what somebody typed."""
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("a route failed", extra={"route": route.name, "error": type(error).__name__, "where": where})
    return Fault(500, "broken")


def _too_many(wait_s: float) -> Fault:
    return Fault(429, "too-many", more={"retry_s": str(max(1, round(wait_s)))})


def role_for(member: Member, route: Route) -> str:
    """The role in which the member may use the route. Raises Fault."""
    if route.who in get_args(Open):
        if not member.active or not member.profile.roles:
            raise Fault(403, "not-allowed")
        return member.profile.roles[0]
    for role in member.profile.roles:
        if may(member, _capability(route)) and route.who in MAY[role]:
            return role
    raise Fault(403, "not-allowed")


def respond(answer: Answer, route: Route) -> web.StreamResponse:
    """What a handler returned, as HTTP. Nothing of the API is kept by a browser or proxy."""
    if answer is None:
        return web.Response(status=204, headers=_PRIVATE)
    if isinstance(answer, BaseModel):
        text = answer.model_dump_json(by_alias=True)
        return web.Response(status=route.status, text=text, content_type="application/json", headers=_PRIVATE)
    answer.headers.setdefault("Cache-Control", "no-store")
    return answer


def language_of(request: web.Request) -> Lang:
    """Spanish, unless the browser would rather have English."""
    asked = request.headers.get("Accept-Language", "")
    return "en" if asked.strip().lower().startswith("en") else "es"


def _capability(route: Route) -> Capability:
    if route.who in get_args(Open):
        raise TypeError(f"{route.name} asks for no capability")
    return route.who  # type: ignore[return-value]


def _id(route: Route, request: web.Request) -> str:
    given = request.headers.get(KEY_HEADER, "")
    if route.needs_key and not given:
        raise Fault(400, "key-missing")
    if len(given) > MAX_KEY_CHARS or not given.isascii() or not all(c.isalnum() or c in "._:/@+-" for c in given):
        raise Fault(400, "key-missing")
    return given or secrets.token_hex(8)


async def _body(route: Route, request: web.Request) -> BaseModel | None:
    if route.body is None:
        return None
    raw = await read(request, route.max_body_bytes)
    if request.content_type != "application/json":
        raise Fault(415, "not-json")
    try:
        return route.body.model_validate_json(raw)
    except ValidationError as error:
        raise _invalid(error.errors(include_url=False, include_input=False, include_context=False)) from None


async def read(request: web.Request, limit: int) -> bytes:
    """The whole body. Raises Fault for one over `limit` bytes."""
    raw = bytearray()
    async for chunk in request.content.iter_any():
        raw += chunk
        if len(raw) > limit:
            raise Fault(413, "too-large", more={"limit_bytes": str(limit)})
    return bytes(raw)


def _query(route: Route, request: web.Request) -> BaseModel | None:
    if route.query is None:
        return None
    try:
        return route.query.model_validate(dict(request.query))
    except ValidationError as error:
        raise _invalid(error.errors(include_url=False, include_input=False, include_context=False)) from None


def _invalid(errors: Iterable[ErrorDetails]) -> Fault:
    listed = list(errors)
    if any(error["type"] == "json_invalid" for error in listed):
        return Fault(400, "not-json")
    return Fault(422, "invalid", [_field(error) for error in listed])


def _field(error: ErrorDetails) -> FieldFault:
    return FieldFault(".".join(map(str, error["loc"])), _CODES.get(error["type"], "malformed"))
