"""What a link is like, as data: one direction (`Path`) and both (`Profile`). Nothing here knows how it is emulated."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Path(_Frozen):
    """One direction of a link."""

    delay_ms: float = Field(default=0.0, ge=0)
    """One way, on top of queueing and serialisation."""
    rate_bps: int | None = Field(default=None, gt=0)
    """Bottleneck; None: as fast as the machine."""
    queue_ms: float = Field(default=200.0, gt=0)
    """Drop-tail buffer before the bottleneck: a packet that would wait longer is dropped. Unused without a rate."""
    loss: float = Field(default=0.0, ge=0, le=1)
    """Share of packets dropped at random, each on its own."""
    udp_blocked: bool = False


class Profile(_Frozen):
    """A link seen from the patient's side: `up` leaves the patient."""

    up: Path = Path()
    down: Path = Path()

    @classmethod
    def both(cls, path: Path) -> Profile:
        return cls(up=path, down=path)


PERFECT = Profile()
UDP_BLOCKED = Profile.both(Path(udp_blocked=True))
SATELLITE = Profile.both(Path(delay_ms=300))
"""600 ms there and back without any loss: a geostationary satellite."""
