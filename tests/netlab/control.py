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


class Count(Frozen):
    """Answered by `LinkCounters`."""

    type: Literal["count"] = "count"
    link: int


class Changed(Frozen):
    """The profile has been in force since `at_s` of this machine's `time.monotonic()`."""

    type: Literal["changed"] = "changed"
    at_s: float


class Ready(Frozen):
    """Said once, unasked: the devices exist."""

    type: Literal["ready"] = "ready"


Order: TypeAdapter[Change | Count] = TypeAdapter(Annotated[Change | Count, Field(discriminator="type")])
