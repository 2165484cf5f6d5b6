"""What a seat's media session is asked of its node: makes the contract's commands, for `MediaLink.ask` and `tell`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypedDict

from media import contract
from signaling import protocol as p

Make = Callable[[str, str], contract.MediaCommand]
"""The command under a request id, with the process that the reply goes to."""


class _Address(TypedDict):
    request_id: str
    reply_to: str
    room: str
    participant: str
    generation: int


@dataclass(frozen=True)
class MediaSession:
    """A room is a consultation, a participant a seat."""

    consultation: str
    seat: str
    generation: int

    def join(self, offer: p.Offer, policy: contract.Policy) -> Make:
        return lambda request_id, reply_to: contract.Join(
            **self._address(request_id, reply_to), offer=offer.sdp, policy=policy, rtt_ms=offer.rtt_ms,
            start=offer.start,
        )  # fmt: skip

    def restart(self, offer: p.Offer) -> Make:
        return lambda request_id, reply_to: contract.Restart(**self._address(request_id, reply_to), offer=offer.sdp)

    def leave(self) -> Make:
        return lambda request_id, reply_to: contract.Leave(**self._address(request_id, reply_to))

    def set_policy(self, policy: contract.Policy) -> Make:
        return lambda request_id, reply_to: contract.SetPolicy(**self._address(request_id, reply_to), policy=policy)

    def report(self, report: p.Report) -> Make:
        """Wants no reply."""
        told = report.model_dump(exclude={"type"})
        return lambda request_id, _: contract.Report(**self._address(request_id, ""), **told)

    def _address(self, request_id: str, reply_to: str) -> _Address:
        return _Address(
            request_id=request_id,
            reply_to=reply_to,
            room=self.consultation,
            participant=self.seat,
            generation=self.generation,
        )


def close_room(consultation: str) -> Make:
    """Of all sessions of a consultation."""
    return lambda request_id, reply_to: contract.CloseRoom(
        request_id=request_id, reply_to=reply_to, room=consultation, participant="", generation=0
    )
