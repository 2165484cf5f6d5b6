"""What a link is like, as data: one direction (`Path`) and both (`Profile`). Nothing here knows how it is emulated."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Bursts(_Frozen):
    """Gilbert-Elliott loss: a good state that loses nothing and a bad one that loses `bad_loss`, in packets."""

    share: float = Field(gt=0, lt=1)
    """Of all packets lost, in the long run."""
    mean_packets: float = Field(default=4.0, ge=1)
    """Mean stay in the bad state."""
    bad_loss: float = Field(default=1.0, gt=0, le=1)


class Path(_Frozen):
    """One direction of a link."""

    delay_ms: float = Field(default=0.0, ge=0)
    """One way, on top of queueing and serialisation."""
    jitter_ms: float = Field(default=0.0, ge=0)
    """Standard deviation of an extra delay (its absolute value); packets keep their order."""
    rate_bps: int | None = Field(default=None, gt=0)
    """Bottleneck; None: as fast as the machine."""
    queue_ms: float = Field(default=200.0, gt=0)
    """Drop-tail buffer before the bottleneck: a packet that would wait longer is dropped. Unused without a rate."""
    loss: float = Field(default=0.0, ge=0, le=1)
    """Share of packets dropped at random, each on its own."""
    bursts: Bursts | None = None
    """Loss that comes in bursts, beside `loss`."""
    duplicate: float = Field(default=0.0, ge=0, le=1)
    """Share of packets that come twice."""
    reorder: float = Field(default=0.0, ge=0, le=1)
    """Share of packets that overtake those before them, by up to `reorder_ms`."""
    reorder_ms: float = Field(default=30.0, ge=0)
    down: bool = False
    """Nothing passes: an outage."""
    udp_blocked: bool = False
    websocket_blocked: bool = False
    """TCP segments that carry an HTTP upgrade are answered by nobody: what some mobile proxies do."""


class Profile(_Frozen):
    """A link seen from the patient's side: `up` leaves the patient."""

    up: Path = Path()
    down: Path = Path()

    @classmethod
    def both(cls, path: Path) -> Profile:
        return cls(up=path, down=path)


PERFECT = Profile()
UDP_BLOCKED = Profile.both(Path(udp_blocked=True))
OUTAGE = Profile.both(Path(down=True))
SATELLITE = Profile.both(Path(delay_ms=300))
"""600 ms there and back without any loss: a geostationary satellite."""
