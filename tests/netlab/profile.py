"""What a link is like, as data: one direction (`Path`) and both (`Profile`). Nothing here knows how it is emulated."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Frozen(BaseModel):
    """What the lab passes between its processes: unchangeable, and nothing in it that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Bursts(Frozen):
    """Gilbert-Elliott loss: a good state that loses nothing and a bad one that loses `bad_loss`, in packets."""

    share: float = Field(gt=0, lt=1)
    """Of all packets lost, in the long run."""
    mean_packets: float = Field(default=4.0, ge=1)
    """Mean stay in the bad state."""
    bad_loss: float = Field(default=1.0, gt=0, le=1)

    @property
    def bad_share(self) -> float:
        """Of all packets, those that meet the bad state."""
        return self.share / self.bad_loss

    @property
    def turns_bad(self) -> float:
        """The chance that the packet after one in the good state meets the bad one."""
        return self.bad_share / (1 - self.bad_share) / self.mean_packets

    @model_validator(mode="after")
    def _can_be_had(self) -> Self:
        """Bad stays must leave room for a good packet between two of them."""
        if self.bad_share >= 1 or self.turns_bad > 1:
            raise ValueError(f"a share of {self.share} needs longer bursts or a higher loss in them")
        return self


class Path(Frozen):
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
    """Share of packets dropped at random, each on its own. What is lost has used the bottleneck, as on a radio."""
    bursts: Bursts | None = None
    """Loss that comes in bursts, beside `loss`."""
    duplicate: float = Field(default=0.0, ge=0, le=1)
    """Share of packets that come twice."""
    reorder: float = Field(default=0.0, ge=0, le=1)
    """Share of packets that overtake those before them, by up to `reorder_ms`; never faster than without a delay."""
    reorder_ms: float = Field(default=30.0, ge=0)
    down: bool = False
    """Nothing passes: an outage. What is past the bottleneck still arrives."""
    udp_blocked: bool = False
    websocket_blocked: bool = False
    """TCP segments that carry an HTTP upgrade are answered by nobody: what some mobile proxies do."""


class Profile(Frozen):
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
