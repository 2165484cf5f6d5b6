"""The clinic's own profile: what stands over its pages and papers, and the few choices that shape a visit.

Editions, as what patients are asked: none is changed, the newest holds. Before the first there is the setting's name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Final, Literal
from unicodedata import category, normalize

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from redis.asyncio import Redis

from clinic import keys
from clinic.intake.editions import Edition, Editions, NotPublished
from clinic.people.request import Request
from clinic.people.second_check import Question
from clinic.privacy.audit import Audit

MAX_NAME: Final = 200
MAX_LINE: Final = 300
_RIF: Final = re.compile(r"([VEJPGC])-?([0-9]{8})-?([0-9])")

FaultField = Literal["name", "rif"]
FaultCode = Literal["missing", "unreadable"]


def _one_line(text: str) -> str:
    """NFC, on one line. Raises ValueError for what cannot be printed."""
    line = " ".join(normalize("NFC", text).split())
    if any(category(character) in ("Cc", "Cf", "Cs", "Co", "Cn") for character in line):
        raise ValueError("not a line of text")
    return line


Line = Annotated[str, Field(max_length=MAX_LINE), AfterValidator(_one_line)]


class ClinicProfile(BaseModel):
    """What an administrator writes. Nothing in it is of a patient."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: Annotated[str, Field(max_length=MAX_NAME), AfterValidator(_one_line)]
    address: Line = ""
    phone: Line = ""
    """As it is to be read; for people, not for machines."""
    rif: Line = ""
    """The tax number, as J-12345678-9."""
    urgent_first: bool = False
    """Whoever answered that they have a warning sign is put first in the line."""
    second_check: Question | None = None
    """What a join link asks before it opens a seat."""

    @property
    def lines(self) -> tuple[str, ...]:
        """Under the name on paper: RIF, address and phone, as far as they are given."""
        return tuple(line for line in (f"RIF {self.rif}" if self.rif else "", self.address, self.phone) if line)


@dataclass(frozen=True)
class Fault:
    field: FaultField
    code: FaultCode


@dataclass(frozen=True)
class Published:
    """`version` 0: nothing was published yet."""

    version: int
    profile: ClinicProfile


def parse(profile: ClinicProfile) -> ClinicProfile | tuple[Fault, ...]:
    """The profile in its one spelling, or all that is wrong with it."""
    rif = _RIF.fullmatch(profile.rif.upper().replace(" ", "").replace(".", ""))
    found = (
        *((Fault("name", "missing"),) if not profile.name else ()),
        *((Fault("rif", "unreadable"),) if profile.rif and not rif else ()),
    )
    return found or profile.model_copy(update={"rif": "-".join(rif.groups()) if rif else ""})


class Profiles:
    """The editions in Redis. Stateless; every method may raise `Unavailable`."""

    def __init__(self, redis: Redis, audit: Audit, name: str) -> None:
        """`name`: of the clinic until it has published a profile."""
        self._editions = Editions(redis, audit, keys.PROFILE, "publish_profile")
        self._first = Published(0, ClinicProfile(name=name))

    async def newest(self) -> Published:
        edition = await self._editions.newest()
        return _published(edition) if edition else self._first

    async def publish(
        self, profile: ClinicProfile, base: int, request: Request
    ) -> Published | tuple[Fault, ...] | NotPublished:
        """Make this the profile from now on, if `base` is still the newest version."""
        parsed = parse(profile)
        if isinstance(parsed, tuple):
            return parsed
        edition = await self._editions.publish(parsed.model_dump_json(), base, request)
        return edition if isinstance(edition, NotPublished) else _published(edition)


def _published(edition: Edition) -> Published:
    return Published(edition.number, ClinicProfile.model_validate_json(edition.content))
