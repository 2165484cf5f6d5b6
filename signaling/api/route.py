"""What a route is: who may use it, what it takes, what it answers. gate.py holds requests to it.

A handler gets one `Asked` and returns a model (200 as JSON), None (204), or an aiohttp response of its own; it raises
`Fault` for whatever else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeVar, cast

from aiohttp import web
from pydantic import BaseModel

from clinic.booking.request import Author
from clinic.people.request import Request
from clinic.people.staff import Capability, Member
from clinic.records import Actor, SeatLink
from signaling.api.fault import Fault
from signaling.office import Office
from signaling.texts import Lang

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Open = Literal["anyone", "link", "seat", "staff"]
"""`anyone`: no proof of who asks. `link`: who has a join link (`Authorization: Join <token>`). `seat`: the same, where
the link's second check was passed (`Join <token>.<proof>`). `staff`: any member."""

Who = Capability | Open
Answer = BaseModel | web.StreamResponse | None
MAX_BODY_BYTES = 256 * 1024

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True)
class Asked:
    """One request, judged: whoever asks may. Exactly one of member, key and link is set, none for `anyone`."""

    office: Office
    request: web.Request
    now: datetime
    lang: Lang
    id: str
    """The idempotency key that the client sent, or a fresh id."""
    member: Member | None = None
    session: str = ""
    """The member's session token."""
    key: str = ""
    """The id of an API key."""
    link: SeatLink | None = None
    role: str = ""
    """In which role, for rules and audit: the member's that gives the capability, or `integration`, or `seat`."""
    body_model: BaseModel | None = None
    query_model: BaseModel | None = None

    @property
    def actor(self) -> str:
        """Whose id the audit names."""
        if self.member:
            return self.member.id
        return self.key or (self.link.seat if self.link else "nobody")

    @property
    def staff(self) -> Member:
        """The member who asks; only on routes that no API key may use."""
        if self.member is None:
            raise Fault(403, "not-allowed")
        return self.member

    @property
    def seat(self) -> SeatLink:
        """Of a route for seats."""
        if self.link is None:
            raise Fault(401, "link-unknown")
        return self.link

    @property
    def as_request(self) -> Request:
        """For stores of people, intake and record."""
        return Request(self.id, self.actor, self.role, self.now)

    @property
    def as_actor(self) -> Actor:
        """For the store of consultations."""
        return Actor(self.actor, self.role)

    @property
    def as_author(self) -> Author:
        """For the diary."""
        return Author(self.actor, self.role, self.id)

    def path(self, name: str) -> str:
        """A variable of the route's path."""
        return self.request.match_info[name]

    def body(self, model: type[_Model]) -> _Model:
        """What the route's `body` says the body is."""
        return cast("_Model", self.body_model)

    def query(self, model: type[_Model]) -> _Model:
        """What the route's `query` says the query is."""
        return cast("_Model", self.query_model)


Handler = Callable[[Asked], Awaitable[Answer]]


@dataclass(frozen=True)
class Route:
    """One entry of the table that requests, the OpenAPI document and the test of all roles are held to."""

    method: Method
    path: str
    """With aiohttp's variables: `/api/v1/appointments/{id}`. Ids only, never a token or a name."""
    name: str
    """What the access log shows, and the operation's id in the document: `appointments.book`."""
    who: Who
    handler: Handler
    summary: str
    """One line of English for the document."""
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    answer: type[BaseModel] | None = None
    status: int = 200
    """Of success."""
    keys: bool = False
    """The clinic's own systems may use it, with an API key whose role has the capability."""
    needs_key: bool = False
    """It creates something: `Idempotency-Key` must be there."""
    max_body_bytes: int = MAX_BODY_BYTES
    raw_body: str = ""
    """The media type of a body that the handler reads by itself; empty: JSON, or none."""
    raw_answer: str = ""
    """The media type of an answer that the handler makes by itself; empty: JSON of `answer`, or none."""
    faults: tuple[str, ...] = ()
    """Codes that this route may refuse with, besides those of all routes, for the document."""
