"""The lines between the lab and its emulator process: orders in, one reply to each out, as JSON."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from netlab.profile import Frozen, Profile


class Change(Frozen):
    """Put a profile in force on one link; answered by `Changed`."""

    type: Literal["change"] = "change"
    link: int
    profile: Profile


class Renumber(Frozen):
    """From now on one link's patient has this IPv4 address for everybody outside; answered by `Changed`."""

    type: Literal["renumber"] = "renumber"
    link: int
    ip: str


class Count(Frozen):
    """Answered by `LinkCounters`."""

    type: Literal["count"] = "count"
    link: int


class Changed(Frozen):
    """What was ordered has been in force since `at_s` of this machine's `time.monotonic()`."""

    type: Literal["changed"] = "changed"
    at_s: float


class Ready(Frozen):
    """Said once, unasked: the devices exist."""

    type: Literal["ready"] = "ready"


Order: TypeAdapter[Change | Renumber | Count] = TypeAdapter(
    Annotated[Change | Renumber | Count, Field(discriminator="type")]
)
